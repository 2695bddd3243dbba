import { readManifest } from '../../../native-models/catalog/manifest.ts';
import { verifyModel } from '../../../native-models/catalog/verify-model.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { modelOrUnusable } from './installed-model.ts';

/**
 * `bitext models verify`: throws MODEL_BROKEN or MODEL_MISSING naming the first file that is not as its manifest says; of a
 * model that can't be used although its files are, or that has no hashes, why it can't.
 */
export const modelsVerify: Action<SharedOptions> = async (context, [id = '']) => {
  const { terminal, json } = context;
  const model = await modelOrUnusable(context, id);
  if ('error' in model && readManifest(model.folder).files === undefined) throw model.error;
  for (const file of await verifyModel(model.folder)) terminal.result(json ? JSON.stringify(file) : `ok  ${file.name}  ${file.bytes.toLocaleString('en')} bytes  ${file.sha256}`);
  if ('error' in model) throw model.error;
  return EXIT.done;
};
