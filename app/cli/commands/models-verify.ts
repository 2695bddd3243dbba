import { StudioError } from '../../contract/errors.ts';
import { verifyModel } from '../../../native-models/catalog/verify-model.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';

/** `bitext models verify`: throws MODEL_BROKEN or MODEL_MISSING naming the first file that is not as its manifest says. */
export const modelsVerify: Action<SharedOptions> = async (context, [id]) => {
  const { models } = await (await context.engine()).models();
  const model = models.find((known) => known.id === id || known.folder === id);
  if (!model) throw new StudioError('MODEL_MISSING', `There is no model ${id ?? ''}.`, { advice: '`bitext models list` shows those that there are.' });
  for (const file of await verifyModel(model.folder)) context.terminal.result(context.json ? JSON.stringify(file) : `ok  ${file.name}  ${file.bytes.toLocaleString('en')} bytes  ${file.sha256}`);
  return EXIT.done;
};
