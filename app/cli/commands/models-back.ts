import { findModels } from '../../../native-models/catalog/find-models.ts';
import { retireVersion } from '../../../native-models/catalog/tuned-models.ts';
import { fromEngine } from '../../core/jobs/engine-errors.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { modelFolders } from '../workspace.ts';

interface Options extends SharedOptions {
  readonly undo?: boolean;
}

/** `bitext models back`: from a fine-tuned model to what it is based on, or to it again. */
export const modelsBack: Action<Options> = async ({ terminal, workspace, json }, [id = ''], { undo }) => {
  try {
    const model = retireVersion(await findModels(modelFolders(workspace)), id, undo !== true);
    if (json) terminal.result(JSON.stringify(model));
    else terminal.note(undo === true ? `${id} is used again.` : `${model.tuned?.basedOn ?? ''} is used again; ${id} stays where it is and can be used by its name.`);
  } catch (error) {
    throw fromEngine(error);
  }
  return EXIT.done;
};
