/** What a training from scratch is asked for. */
import type { RecurrentConfiguration } from '../../architectures/recurrent/configuration.ts';
import type { CorpusColumns } from '../corpus/read-corpus.ts';
import type { TransformerConfiguration } from '../transformer/configuration.ts';

/** What a corpus teaches; it says which columns are the source. */
export const TASKS = ['translation', 'summarization', 'question-answering'] as const;
export type TrainingTask = (typeof TASKS)[number];

/** Columns from 0: source and target; text and summary; question, context and answer. */
export const TASK_COLUMNS: Readonly<Record<TrainingTask, CorpusColumns>> = {
  translation: { source: [0], target: 1 },
  summarization: { source: [0], target: 1 },
  'question-answering': { source: [0, 1], target: 2 },
};

export const OPTIMIZERS = ['adam', 'adamw', 'sgd'] as const;
export const SCHEDULES = ['cosine', 'inverse-root', 'constant'] as const;

/** The sizes of the vocabularies in the model's own configuration come from the corpus. */
export type ModelConfiguration =
  | ({ readonly kind: 'recurrent' } & RecurrentConfiguration)
  | ({ readonly kind: 'transformer' } & TransformerConfiguration);

export interface TrainSettings {
  readonly model: ModelConfiguration;
  readonly vocabulary: {
    readonly algorithm: 'unigram' | 'bpe';
    /** Pieces of each vocabulary; fewer come out of a small corpus. */
    readonly size: number;
    /** One vocabulary for both sides. */
    readonly joint: boolean;
    readonly characterCoverage: number;
  };
  /** Updates of the parameters. */
  readonly steps: number;
  /** Target tokens of a batch, padding counted. */
  readonly batchTokens: number;
  /** Batches whose gradients make one step together. */
  readonly accumulate: number;
  /** Longer examples are left out. */
  readonly maxTokens: number;
  readonly optimizer: (typeof OPTIMIZERS)[number];
  /** Of `sgd`; 0: none. */
  readonly momentum: number;
  /** Of `adamw`. */
  readonly weightDecay: number;
  /** The highest. */
  readonly rate: number;
  /** Behind the rise: half a cosine down to a twentieth at the last step, the inverse square root of the step, or as it is. */
  readonly schedule: (typeof SCHEDULES)[number];
  /** Steps over which the rate rises. */
  readonly warmUp: number;
  readonly smoothing: number;
  readonly clipNorm: number;
  /** Decay of the exponential moving average of the parameters, which is then what is measured and kept; 0: there is none. */
  readonly average: number;
  /** Steps between two measurements of the held-out part, with a checkpoint each. */
  readonly measureEvery: number;
  /** Held-out pairs that are translated at a measurement; the loss is that of all. */
  readonly measured: number;
  /** Measurements without a lower loss after which training ends. */
  readonly patience: number;
  readonly heldOut: number;
  /** Checkpoints kept beside the best, spread over the run. */
  readonly keep: number;
  readonly seed: number;
}
