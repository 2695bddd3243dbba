import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';

export const modelsList: Action<SharedOptions> = async (context) => {
  const { models, unusable } = await (await context.engine()).models();
  const { terminal, json } = context;
  for (const model of models) terminal.result(json ? JSON.stringify(model) : `${model.id}  ${model.from} to ${model.to}  ${model.architecture}  ${Math.round(model.bytes / 1e6)} MB  ${model.licence ?? 'licence unknown'}\n    ${model.folder}`);
  for (const { folder, reason } of unusable) terminal.warn(`${folder} can't be used: ${reason}`);
  if (models.length === 0) terminal.note('No models are installed. From a checkout, `npm run setup` fetches English and Portuguese.');
  return models.length === 0 ? EXIT.missing : EXIT.done;
};
