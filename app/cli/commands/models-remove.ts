import { basename, join } from 'node:path';
import { StudioError } from '../../contract/errors.ts';
import { removeModel } from '../../../native-models/catalog/remove-model.ts';
import { findModels } from '../../../native-models/catalog/find-models.ts';
import { fromEngine } from '../../core/jobs/engine-errors.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';

/** `bitext models remove`: deletes a model from the studio's own store, also one that can't be used, by the name of its folder. */
export const modelsRemove: Action<SharedOptions> = async ({ terminal, workspace }, [id]) => {
  const store = join(workspace, 'models');
  const { models, unusable } = await findModels([store]);
  const broken = unusable.map(({ folder }) => ({ id: basename(folder), folder }));
  const model = [...models, ...broken].find((known) => known.id === id);
  if (!model) throw new StudioError('MODEL_MISSING', `There is no model ${id ?? ''} in ${store}.`, { advice: '`bitext models list` shows where each model lies.' });
  try {
    removeModel(model, store);
  } catch (error) {
    throw fromEngine(error);
  }
  terminal.note(`Removed ${model.folder}`);
  return EXIT.done;
};
