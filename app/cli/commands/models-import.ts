import { join, resolve } from 'node:path';
import { importModel } from '../../../native-models/catalog/import-model.ts';
import { fromEngine } from '../../core/jobs/engine-errors.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';

export const modelsImport: Action<SharedOptions> = async ({ terminal, workspace, json }, [folder]) => {
  const model = await importModel(resolve(folder ?? ''), join(workspace, 'models')).catch((error: unknown) => { throw fromEngine(error); });
  terminal.result(json ? JSON.stringify(model) : `${model.id}  ${model.from} to ${model.to}\n    ${model.folder}`);
  return EXIT.done;
};
