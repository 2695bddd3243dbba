/** What the engine and a model's worker thread tell each other. */
import type { EncodedPair } from '../adaptation/pair-memory.ts';
import type { DecodedSentence, RunOptions } from '../runtime/compiled-model.ts';
import type { OpenModelOptions } from '../runtime/open-model.ts';
import type { WorkerFailure } from './worker-failure.ts';

/** The worker's `workerData`. */
export interface WorkerModel {
  readonly options: OpenModelOptions;
  /** The memory of the flag that stops a run. */
  readonly stop: Int32Array;
}

/** What a run can ask for beside the plain best translation. */
export type SearchOptions = Partial<Pick<RunOptions, 'alignment' | 'prefixes' | 'noRepeatNgram' | 'beam' | 'maxTargetTokens' | 'firstToken' | 'generation'>>;

export type ToWorker =
  | { readonly kind: 'run'; readonly id: number; readonly sources: readonly (readonly number[])[]; readonly search: SearchOptions; /** Confirmed pairs for each source, as token ids; absent: none are remembered. */ readonly similar?: readonly (readonly EncodedPair[])[] }
  | { readonly kind: 'close' };

export interface ModelFacts {
  readonly eosId: number;
  readonly vocabularySize: number;
  readonly maxSourceTokens: number;
  /** What the user should know of how the model is run. */
  readonly notices: readonly string[];
}

export type FromWorker =
  | { readonly kind: 'ready'; readonly facts: ModelFacts }
  | { readonly kind: 'refused'; readonly failure: WorkerFailure }
  /** `seconds`: how long the run of the model took. */
  | { readonly kind: 'done'; readonly id: number; readonly outputs: readonly DecodedSentence[]; readonly seconds: number }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: WorkerFailure };
