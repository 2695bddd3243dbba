import { describeLanguages, pairFit } from '../../../native-models/catalog/model-pairs.ts';
import { StudioError } from '../../contract/errors.ts';
import type { Action } from '../command.ts';
import type { CommandContext } from '../context.ts';
import type { TranslateOptions } from './translate-options.ts';

/** `bitext translate`: lines when the input is `-`, else files and folders. */
export const translate: Action<TranslateOptions> = async (context, inputs, options) => {
  await warnOfOtherLanguages(context, options);
  if (inputs.includes('-')) {
    if (inputs.length > 1) throw new StudioError('INVALID_INPUT', 'Lines from stdin (-) and files can not be translated by one command.', { advice: 'Run the command once for each.' });
    const { translateLines } = await import('./translate-lines.ts');
    return translateLines(context, options);
  }
  const { translateFiles } = await import('./translate-files.ts');
  return translateFiles(context, inputs, options);
};

/** A model that is named is taken, whatever its languages; that it has others may be a slip. */
async function warnOfOtherLanguages(context: CommandContext, { model: name, from, to }: TranslateOptions): Promise<void> {
  if (name === undefined || from === 'auto') return;
  const { models } = await (await context.engine()).models();
  const model = models.find(({ id, folder }) => id === name || folder === name);
  if (model !== undefined && pairFit(model, { from, to }) === 0) context.terminal.warn(`The model ${model.id} translates ${describeLanguages(model)}, not ${from} to ${to}.`);
}
