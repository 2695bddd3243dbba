/** How the texts of a corpus become what a pretrained model takes and says: its language codes, its task's words, its start. */
import { generationOptions } from '../../decoding/search/generation-options.ts';
import { framed, type LanguageFrame } from '../../engine/language-frame.ts';
import { openModelSides } from '../../engine/model-sides.ts';
import { EngineError } from '../../engine/engine-error.ts';
import { generationSettings } from '../../runtime/open-sequence-model.ts';
import { taskSettings } from '../../tasks/task-settings.ts';
import type { TextTask } from '../../tasks/text-tasks.ts';
import { openModelTokenizer } from '../../tokenizers/huggingface/open-model-tokenizer.ts';
import type { InspectedFolder } from '../../weights/model-folder.ts';
import type { TrainingExample } from '../corpus/batches.ts';
import type { TextSides } from '../finetune/pair-translator.ts';
import type { TuningTask } from '../finetune/finetune-job.ts';

export interface PretrainedText extends TextSides {
  /** The decoder's first token. */
  readonly start: number;
  example(source: string, target: string): TrainingExample;
  /** `translation`: ids as the model gave them, without the end. */
  exampleOf(source: string, translation: readonly number[]): TrainingExample;
}

/** Most tokens of a text to summarize or to answer from; more is cut off. */
const LONGEST_TEXT = 512;

/** `longest`: most tokens of the model's source. Errors: PAIR_WITHOUT_MODEL, MODEL_UNSUPPORTED, and those of reading the folder. */
export async function openPretrainedText(model: InspectedFolder, task: TuningTask, startOfTeacher: number | null, longest: number | null): Promise<PretrainedText> {
  const sides = await openModelSides(model);
  const { prefix, frame } = task.task === 'translate' ? { prefix: '', frame: sides.frame(task.from, task.to) } : framedTask(model, task.task);
  const source = { encode: (text: string) => sides.source.encode(prefix + text), eosId: sides.source.eosId };
  const { start, forced, end } = startOfTeacher === null ? decoderTokens(model, frame) : { start: startOfTeacher, forced: null, end: sides.target.eosId };
  const most = task.task === 'translate' ? null : Math.min(longest ?? LONGEST_TEXT, LONGEST_TEXT) - frame.before.length - frame.after.length;
  const sourceIds = (text: string): number[] => framed(frame, [...source.encode(text).slice(0, most ?? undefined), source.eosId]);
  const targetIds = (ids: readonly number[]): number[] => [...(forced === null || ids[0] === forced ? [] : [forced]), ...ids.filter((id) => id !== end), end];
  return {
    source, target: sides.target, frame, start, ...(most === null ? {} : { most }),
    example: (text, target) => ({ source: sourceIds(text), target: targetIds(sides.target.encode(target)) }),
    exampleOf: (text, translation) => ({ source: sourceIds(text), target: targetIds(translation) }),
  };
}

/** The search is that of `bitext summarize` and `bitext ask`, with the words before a text that the folder's settings name. */
function framedTask({ folder }: InspectedFolder, task: TextTask): { prefix: string; frame: LanguageFrame } {
  const { prefix, params } = taskSettings(folder, task);
  return { prefix, frame: { ...openModelTokenizer(folder).around(), firstToken: null, generation: params } };
}

function decoderTokens({ folder }: InspectedFolder, { firstToken, generation }: LanguageFrame): { start: number; forced: number | null; end: number } {
  const { decoderStartTokenId, forcedBosTokenId, eosTokenIds } = generationOptions({ ...generationSettings(folder), ...generation, ...(firstToken === null ? {} : { forced_bos_token_id: firstToken }) }, undefined);
  const [end] = eosTokenIds;
  if (end === undefined) throw new EngineError('MODEL_UNSUPPORTED', `The settings of ${folder} name no token for the end of a text.`, 'Add "eos_token_id" to its generation_config.json.');
  return { start: decoderStartTokenId, forced: forcedBosTokenId, end };
}
