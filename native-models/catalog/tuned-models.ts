/** Models that were fine-tuned here lie beside the models they are based on; going back takes a word, and so does going forth. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ModelDescription, TunedModel } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { FoundModels } from './find-models.ts';
import { addToManifest, readManifest } from './manifest.ts';

/** A folder in `store` that is free for a new version of a model: `enpt.tuned-1`, `enpt.tuned-2`, ... */
export function freeVersion(store: string, basedOn: string): { readonly id: string; readonly folder: string } {
  const root = basedOn.replace(/\.tuned-\d+$/, '');
  for (let version = 1; ; version++) {
    const id = `${root}.tuned-${version}`;
    const folder = path.join(store, id);
    if (!existsSync(folder)) return { id, folder };
  }
}

/**
 * What a new version's manifest says; it is chosen for its pair from now on. `pair`: the languages that a model of several
 * learned, which are all that the version stands for: the others were not measured.
 */
export function describeVersion(folder: string, id: string, model: ModelDescription, at: string, pair: { readonly from: string; readonly to: string } | null = null): void {
  const { licence, alignment, prefix } = readManifest(model.folder);
  const { from, to } = model.languages === undefined || pair === null ? model : pair;
  addToManifest(folder, {
    id, name: `${model.name}, fine-tuned`, from, to, ...(model.tasks === undefined ? {} : { tasks: model.tasks }), ...(prefix === undefined ? {} : { prefix }), tuned: { basedOn: model.id, at },
    source: `Fine-tuned in this studio from ${model.id}`, ...(licence === undefined ? {} : { licence }), ...(alignment === undefined ? {} : { alignment }),
  });
}

/**
 * Goes back from a fine-tuned model, or to it again: its files stay either way. Throws EngineError MODEL_MISSING for an
 * unknown id, INVALID_INPUT for a model that was not fine-tuned here.
 */
export function retireVersion({ models }: FoundModels, id: string, retired: boolean): ModelDescription {
  const model = models.find((each) => each.id === id);
  if (model === undefined) throw new EngineError('MODEL_MISSING', `There is no model named ${id}.`, 'See "bitext models list" for what is installed.');
  if (model.tuned === undefined) throw new EngineError('INVALID_INPUT', `The model ${id} was not fine-tuned here: there is nothing to go back to.`, 'Name a fine-tuned model; "bitext models list" shows them.');
  const { basedOn, at } = model.tuned;
  const tuned: TunedModel = { basedOn, at, ...(retired ? { retired: true } : {}) };
  addToManifest(model.folder, { tuned });
  return { ...model, tuned };
}
