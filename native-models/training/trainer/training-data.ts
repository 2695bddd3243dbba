/** A corpus made ready for training: read, split, as token ids. */
import { encodePairs, type TrainingExample } from '../corpus/batches.ts';
import type { CorpusReport } from '../corpus/corpus-report.ts';
import { DEFAULT_HELD_OUT, splitCorpus } from '../corpus/held-out.ts';
import { readCorpus, type CorpusColumns, type SentencePair } from '../corpus/read-corpus.ts';
import { EngineError } from '../../engine/engine-error.ts';
import { TASK_COLUMNS, type TrainingTask, type TrainSettings } from './train-settings.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';

export interface SplitTexts {
  readonly hash: string;
  readonly report: CorpusReport;
  readonly training: readonly SentencePair[];
  readonly heldOut: readonly SentencePair[];
  readonly columns: CorpusColumns;
}

export interface CorpusSource {
  readonly file: string;
  readonly task: TrainingTask;
  /** The task's own when absent. */
  readonly columns?: CorpusColumns;
}

/** Errors: INVALID_INPUT. Rejects with the signal's reason. */
export async function readTexts({ file, task, columns }: CorpusSource, { heldOut: most }: Pick<TrainSettings, 'heldOut'>, signal?: AbortSignal): Promise<SplitTexts> {
  // A summary or an answer is much shorter than its source.
  const limits = task === 'translation' ? {} : { maxRatio: Infinity, maxCharacters: 20_000 };
  const taken = columns ?? TASK_COLUMNS[task];
  const { pairs, report, hash } = await readCorpus(file, { columns: taken, limits }, signal === undefined ? {} : { signal });
  return { hash, report, columns: taken, ...splitCorpus({ pairs, report }, { ...DEFAULT_HELD_OUT, most }) };
}

export interface EncodedTexts {
  readonly training: readonly TrainingExample[];
  readonly heldOut: readonly TrainingExample[];
  /** Training pairs left out for their length. */
  readonly tooLong: number;
}

/** Errors: INVALID_INPUT when nothing is short enough. */
export function encodeTexts({ training, heldOut }: Pick<SplitTexts, 'training' | 'heldOut'>, { source, target }: { readonly source: Tokenizer; readonly target: Tokenizer }, { maxTokens }: Pick<TrainSettings, 'maxTokens'>): EncodedTexts {
  const encoded = encodePairs(training, source, target, maxTokens);
  const measured = encodePairs(heldOut, source, target, maxTokens);
  if (encoded.examples.length === 0 || measured.examples.length === 0)
    throw new EngineError('INVALID_INPUT', `No pair of the corpus has at most ${maxTokens} tokens on both sides.`, 'Raise "maxTokens", or use a larger vocabulary.');
  return { training: encoded.examples, heldOut: measured.examples, tooLong: training.length - encoded.examples.length };
}
