import { join } from 'node:path';
import { folderBytes, unfinishedDownloads } from '../../../native-models/catalog/disk-use.ts';
import { readManifest } from '../../../native-models/catalog/manifest.ts';
import { describeLanguages } from '../../../native-models/catalog/model-pairs.ts';
import { describePrecisionLoss } from '../../../native-models/evaluation/precision-loss.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { describeBytes } from '../terminal/terminal.ts';
import { counted } from '../terminal/counted.ts';

/** `bitext models list`: what can be used, what it takes on the disk, and why the rest can't be used. */
export const modelsList: Action<SharedOptions> = async (context) => {
  const { models, unusable } = await (await context.engine()).models();
  const { terminal, json } = context;
  let total = 0;
  for (const model of models) {
    const diskBytes = folderBytes(model.folder);
    total += diskBytes;
    const { alignment, quality } = readManifest(model.folder);
    const found = { ...(alignment === undefined ? {} : { alignment }), ...(quality === undefined ? {} : { quality }) };
    terminal.result(json ? JSON.stringify({ ...model, diskBytes, ...found }) : `${model.id}  ${describeLanguages(model)}  ${model.architecture}  ${describeBytes(diskBytes)}  ${model.licence ?? 'licence unknown'}\n    ${model.folder}${quality === undefined ? '' : `\n    ${describePrecisionLoss(quality)}`}`);
  }
  for (const { folder, reason } of unusable) terminal.warn(`${folder} can't be used: ${reason}`);
  for (const { id, bytes } of unfinishedDownloads(join(context.workspace, 'models'))) terminal.note(`${id}: ${describeBytes(bytes)} of an unfinished download; \`bitext models download ${id}\` goes on.`);
  if (models.length > 0) terminal.note(`${counted(models.length, 'model')}, ${describeBytes(total)} on the disk`);
  else terminal.note('No models are installed. `bitext models available` lists what can be downloaded; from a checkout, `npm run setup` fetches English and Portuguese.');
  return models.length === 0 ? EXIT.missing : EXIT.done;
};
