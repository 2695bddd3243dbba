import { join } from 'node:path';
import { downloadModel } from '../../../native-models/catalog/download-model.ts';
import { choosePublished, listPublishedModels } from '../../../native-models/catalog/published-models.ts';
import { fromEngine } from '../../core/jobs/engine-errors.ts';
import type { Action } from '../command.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { describeBytes } from '../terminal/terminal.ts';
import { catalogueAddress, type CatalogueOptions } from './models-available.ts';

/** `bitext models download`: prints the model as `models list` does. What came before a cut or Ctrl-C is kept. */
export const modelsDownload: Action<CatalogueOptions> = async ({ terminal, json, signal, workspace }, [wish], options) => {
  try {
    const published = choosePublished(await listPublishedModels({ ...catalogueAddress(options), signal }), wish ?? '');
    terminal.note(`${published.id}: ${describeBytes(published.downloadBytes)} from ${new URL(published.source).host}, licence ${published.licence}`);
    const model = await downloadModel(published, join(workspace, 'models'), {
      signal,
      report: ({ file, done, total, bytesPerSecond, secondsLeft }) => {
        terminal.progress({ phase: 'download', done, total, bytesPerSecond, ...(secondsLeft === null ? {} : { secondsLeft }), item: file });
      },
    });
    terminal.result(json ? JSON.stringify(model) : `${model.id}  ${model.from} to ${model.to}\n    ${model.folder}`);
  } catch (error) {
    throw fromEngine(error);
  }
  return EXIT.done;
};
