/** Models that were fine-tuned here lie beside the models they are based on; going back takes a word, and so does going forth. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ModelDescription, TunedModel } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { TuningTask } from '../training/finetune/finetune-job.ts';
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
 * What a new version's manifest says; it is chosen for what it learned from now on. Of a model of several languages or tasks
 * it stands for the `learned` ones alone: nobody measured the others. Absent: all that the model did.
 */
export function describeVersion(folder: string, id: string, model: ModelDescription, at: string, learned?: TuningTask): void {
  const { licence, alignment, prefix } = readManifest(model.folder);
  const { from, to } = learned === undefined || (learned.task === 'translate' && model.languages === undefined) ? model : learned.task === 'translate' ? learned : { from: 'und', to: 'und' };
  const tasks = model.tasks === undefined ? undefined : learned === undefined ? model.tasks : [learned.task];
  addToManifest(folder, {
    id, name: `${model.name}, fine-tuned`, from, to, ...(tasks === undefined ? {} : { tasks }), ...(prefix === undefined ? {} : { prefix }), tuned: { basedOn: model.id, at },
    source: `Fine-tuned in this studio from ${model.id}`, ...(licence === undefined ? {} : { licence }), ...(alignment === undefined ? {} : { alignment }),
  });
}

/**
 * Goes back from a fine-tuned model, or to it again: its files stay either way. Throws EngineError MODEL_MISSING for an
 * unknown id, INVALID_INPUT for a model that was not fine-tuned here.
 */
export function retireVersion({ models }: FoundModels, id: string, retired: boolean): ModelDescription {
  const model = models.find((each) => each.id === id);
  if (model === undefined) throw new EngineError('MODEL_MISSING', `There is no model named ${id}.`, 'Look at the list of models for what is installed.');
  if (model.tuned === undefined) throw new EngineError('INVALID_INPUT', `The model ${id} was not fine-tuned here: there is nothing to go back to.`, 'Choose a fine-tuned model; the list of models shows them.');
  const { basedOn, at } = model.tuned;
  const tuned: TunedModel = { basedOn, at, ...(retired ? { retired: true } : {}) };
  addToManifest(model.folder, { tuned });
  return { ...model, tuned };
}
