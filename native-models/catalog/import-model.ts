/** Taking a model folder into the studio's own store, and out of it again. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { EngineError, type ModelDescription } from '../engine/engine.ts';
import { describeModel } from './find-models.ts';
import { verifyModel } from './verify-model.ts';
import { readManifest } from './manifest.ts';

/**
 * Copies a model folder below `store`, under its id. The copy is looked at before it gets its name, links are followed into
 * copies, and hashes are compared where the manifest has them: what is in the store is whole.
 * Throws EngineError INVALID_INPUT when the id is taken, and as `describeModel` and `verifyModel` do.
 */
export async function importModel(folder: string, store: string): Promise<ModelDescription> {
  const { id } = await describeModel(folder);
  const target = path.join(store, id);
  if (!/^[\w.-]+$/.test(id)) throw new EngineError('INVALID_INPUT', `${id} can't be the name of a model.`, 'Give it an id of letters, digits, dots and dashes in its bitext.json.');
  if (existsSync(target)) throw new EngineError('INVALID_INPUT', `A model ${id} is there already: ${target}.`, `Remove it first with "bitext models remove ${id}".`);
  mkdirSync(store, { recursive: true });
  const temporary = mkdtempSync(path.join(store, '.importing-'));
  try {
    const copy = path.join(temporary, id);
    cpSync(folder, copy, { recursive: true, dereference: true });
    if (readManifest(copy).files !== undefined) await verifyModel(copy);
    await describeModel(copy);
    renameSync(copy, target);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return describeModel(target);
}

/** Deletes a model from `store`. Throws EngineError INVALID_INPUT for a model that lies elsewhere. */
export function removeModel(model: ModelDescription, store: string): void {
  if (path.dirname(path.resolve(model.folder)) !== path.resolve(store))
    throw new EngineError('INVALID_INPUT', `${model.id} lies in ${model.folder}, outside the studio's own store.`, 'Delete that folder yourself if nothing else uses it.');
  rmSync(model.folder, { recursive: true });
}
