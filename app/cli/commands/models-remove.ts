import { join } from 'node:path';
import { StudioError } from '../../contract/errors.ts';
import { removeModel } from '../../../native-models/catalog/remove-model.ts';
import { findModels } from '../../../native-models/catalog/find-models.ts';
import { fromEngine } from '../../core/jobs/engine-errors.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';

export const modelsRemove: Action<SharedOptions> = async ({ terminal, workspace }, [id]) => {
  const store = join(workspace, 'models');
  const model = (await findModels([store])).models.find((known) => known.id === id);
  if (!model) throw new StudioError('MODEL_MISSING', `There is no model ${id ?? ''} in ${store}.`, { advice: '`bitext models list` shows where each model lies.' });
  try {
    removeModel(model, store);
  } catch (error) {
    throw fromEngine(error);
  }
  terminal.note(`Removed ${model.folder}`);
  return EXIT.done;
};
