/** A corpus as a run learns from it: read, split by what its parts are for, and as the model's tokens. */
import { EngineError } from '../../engine/engine-error.ts';
import { questionText } from '../../tasks/task-settings.ts';
import type { TrainingExample } from '../corpus/batches.ts';
import { describeDropped, withDropped, type CorpusReport } from '../corpus/corpus-report.ts';
import { splitCorpus, splitValidation } from '../corpus/held-out.ts';
import { readCorpus, type SentencePair } from '../corpus/read-corpus.ts';
import type { TunableModel } from './tunable-model.ts';
import type { TuningTask } from './finetune-job.ts';

export interface TuningCorpus {
  readonly report: CorpusReport;
  /** See `Corpus.hash`. */
  readonly hash: string;
  readonly training: readonly TrainingExample[];
  /** Pairs by which the run decides, and the same as tokens. */
  readonly validation: { readonly pairs: readonly SentencePair[]; readonly examples: readonly TrainingExample[] };
  /** By these the old model and the new one are measured; they decide nothing before. */
  readonly heldOut: readonly SentencePair[];
}

/** Errors: INVALID_INPUT for a corpus that can't be used, with what was wrong with it. Rejects with the signal's reason. */
export async function readTuningCorpus(file: string, task: TuningTask, model: TunableModel, maxTokens: number, signal?: AbortSignal): Promise<TuningCorpus> {
  const corpus = await readCorpus(file, readingOf(task), signal === undefined ? {} : { signal });
  const { training: all, heldOut } = splitCorpus(corpus);
  const tooLong = new Set<SentencePair>();
  const encoded = (pairs: readonly SentencePair[]) => {
    const examples = pairs.map((pair) => ({ pair, example: model.encode([pair], maxTokens)[0] }));
    for (const { pair, example } of examples) if (example === undefined) tooLong.add(pair);
    return { pairs: pairs.filter((pair) => !tooLong.has(pair)), examples: examples.flatMap(({ example }) => example ?? []) };
  };
  const parts = splitValidation(all);
  const [training, validation] = [encoded(parts.training), encoded(parts.validation)];
  const report = withDropped(corpus.report, 'too-many-tokens', corpus.pairs.flatMap((pair, index) => (tooLong.has(pair) ? (corpus.lines[index] ?? []) : [])));
  if (training.examples.length === 0)
    throw new EngineError('INVALID_INPUT', ['There is no pair to learn from.', ...describeDropped(report)].join(' '), 'Give a corpus with sentences or short passages, one a line.');
  return { report, hash: corpus.hash, training: training.examples, validation, heldOut };
}

function readingOf({ task }: TuningTask): Parameters<typeof readCorpus>[1] {
  if (task === 'translate') return {};
  // A summary or an answer is much shorter than its source.
  const limits = { maxRatio: Infinity, maxCharacters: 20_000 };
  if (task === 'summarize') return { limits };
  return { limits, columns: { source: [0, 1], target: 2, join: ([question = '', text = '']) => questionText(question, text) } };
}
