/**
 * What fine-tuning asks of a model, whatever its family. The run itself (splitting, mixing, learning, shares, acceptance)
 * knows nothing else; `openTunableModel` finds out what a folder holds.
 */
import type { TrainingExample } from '../corpus/batches.ts';
import type { SentencePair } from '../corpus/read-corpus.ts';
import type { ParameterStore } from '../parameters.ts';
import type { Grids } from '../student/quantize-student.ts';
import type { Batch, TrainableModel } from '../trainable-model.ts';
import type { FinetuneSettings } from './finetune-settings.ts';
import type { LearningSize } from './finetune-job.ts';
import type { PairTranslator, TranslatorOptions } from './pair-translator.ts';

/** What a training session trains, and how its batches are made. */
export interface Learner {
  readonly model: TrainableModel;
  readonly start: ParameterStore;
  /** `labels` hold the target tokens; the run adds `candidates` where the model was asked to take them. */
  batch(examples: readonly TrainingExample[]): Batch;
  /** The trained parameters with `share` of what was learned: 0 is the model as it began. Absent: all of it is always kept. */
  withShare?(trained: ParameterStore, share: number): ParameterStore;
}

export interface TunableModel {
  /** Of the model as it is. */
  readonly folder: string;
  /** Rows of the output layer. */
  readonly targetVocabulary: number;
  /** Pairs as tokens, with all that stands around them; those with a side of more than `maxTokens` are left out. */
  encode(pairs: readonly SentencePair[], maxTokens: number): readonly TrainingExample[];
  /** A source and the tokens that a translator gave for it. */
  exampleOf(source: string, translation: readonly number[]): TrainingExample;
  /** What training with these settings takes, and the rank that they come to. */
  size(settings: FinetuneSettings): LearningSize;
  /** `candidates`: rows of the output layer that a batch's softmax is over; null for all. Errors: MODEL_UNSUPPORTED for a setting that this model can't be trained with. */
  learner(settings: FinetuneSettings, candidates: number | null): Learner;
  /** The examples with the `count` tokens that this model itself holds likeliest at each place. Absent: it learns from whole tokens only. */
  withDistributions?(examples: readonly TrainingExample[], count: number, options: { readonly threads: number; readonly signal?: AbortSignal }): Promise<readonly TrainingExample[]>;
  /** A translator with what was learned so far, in float32, that keeps its files in `options.cacheDir`. Absent: there are no scores on the way. */
  openLearned?(learned: ParameterStore, options: Pick<TranslatorOptions, 'threads' | 'cacheDir'>): Promise<PairTranslator>;
  /** A translator with the weights of `folder`: this model's own, or one that was written from it. */
  openTranslator(folder: string, options: TranslatorOptions): Promise<PairTranslator>;
  /** Prepares writing what was learned from `corpus`. */
  writer(corpus: readonly TrainingExample[], options: WriterOptions): VersionWriter;
}

export interface WriterOptions {
  readonly threads: number;
  readonly signal?: AbortSignal;
  /** General sentences that were learned beside the corpus: what is rounded should hold for them, too. */
  readonly general?: readonly TrainingExample[];
  /** Of a student's matrices; `columns` when absent. Other models are brought to 8 bit when they are opened. */
  readonly grids?: Grids;
}

export interface VersionWriter {
  /** Writes the model with `share` of what was learned, 1 for all, into a new folder, as the engine reads it. */
  write(learned: ParameterStore, share: number, into: string): Promise<void>;
}
