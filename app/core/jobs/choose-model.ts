/** Which model a translation uses, known before it begins: it is written into the origin of every segment. */
import type { Engine } from '../../../native-models/engine/engine.ts';
import { chainName, chooseChain } from '../../../native-models/catalog/choose-chain.ts';
import { modelsOfPair } from '../../../native-models/catalog/model-pairs.ts';
import { fromEngine } from './engine-errors.ts';

/**
 * The model that was asked for, or the one that the engine would take for the language pair; where no model serves the pair
 * the best chain of two. Null when there is none: the engine then says what is missing. Throws the engine's errors.
 */
export async function chooseModel(engine: Engine, { from, to, model }: { from: string; to: string; model?: string | undefined }): Promise<string | null> {
  let models;
  try {
    ({ models } = await engine.models());
  } catch (error) {
    throw fromEngine(error);
  }
  if (model !== undefined) return models.find(({ id, folder }) => id === model || folder === model)?.id ?? model;
  const [best] = modelsOfPair(models, { from, to });
  if (best !== undefined) return best.id;
  const chain = chooseChain(models, { from, to });
  return chain === null ? null : chainName(chain);
}
