/** The model for a request: the one that is named, else the best of the pair. */
import path from 'node:path';
import type { ModelDescription } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import { describeModel, type FoundModels } from './find-models.ts';
import { languageName } from './languages.ts';
import { describeLanguages, modelsOfPair, translates } from './model-pairs.ts';
import { adviceForPair, wantedModels } from './wanted-models.ts';

export interface ModelWish {
  readonly from: string;
  readonly to: string;
  /** Id or folder. */
  readonly model?: string;
}

/**
 * Of several models of a pair the best (`modelsOfPair`). A named model is taken whatever its languages.
 * Throws EngineError PAIR_WITHOUT_MODEL, MODEL_MISSING, or why the named model can't be used.
 */
export async function chooseModel(found: FoundModels, wish: ModelWish): Promise<ModelDescription> {
  if (wish.model !== undefined) return namedModel(found, wish.model);
  const [best] = modelsOfPair(found.models, wish);
  if (best) return best;
  throw new EngineError('PAIR_WITHOUT_MODEL', `There is no model from ${languageName(wish.from)} to ${languageName(wish.to)}. ${available(found)}`,
    adviceForPair(wantedModels(found.models, wish)));
}

async function namedModel(found: FoundModels, name: string): Promise<ModelDescription> {
  const folder = path.resolve(name);
  const known = found.models.find((model) => model.id === name || model.folder === folder);
  if (known) return known;
  const unusable = found.unusable.find((model) => path.basename(model.folder) === name || model.folder === folder);
  if (unusable) throw new EngineError(unusable.code, unusable.reason);
  if (name.includes('/') || name.includes(path.sep)) return describeModel(folder);
  throw new EngineError('MODEL_MISSING', `There is no model named ${name}. ${named(found)}`, 'Look at the list of models for what is installed.');
}

function named({ models }: FoundModels): string {
  return models.length === 0 ? 'No model is installed.' : `Installed: ${models.map(({ id }) => id).join(', ')}.`;
}

function available(found: FoundModels): string {
  const pairs = [...new Set(found.models.filter(translates).map(describeLanguages))].sort();
  return pairs.length === 0 ? 'No model is installed.' : `Installed: ${pairs.join('; ')}.`;
}
