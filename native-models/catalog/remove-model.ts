/** Taking a model out of the studio's own store. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { ModelDescription } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';

/** Deletes a model from `store`. Throws EngineError INVALID_INPUT for a model that lies elsewhere. */
export function removeModel(model: Pick<ModelDescription, 'id' | 'folder'>, store: string): void {
  if (path.dirname(path.resolve(model.folder)) !== path.resolve(store))
    throw new EngineError('INVALID_INPUT', `${model.id} lies in ${model.folder}, outside the studio's own store.`, 'Delete that folder yourself if nothing else uses it.');
  rmSync(model.folder, { recursive: true });
}
