/** What can be asked of training by a process that does not train itself. Every value in it survives structured clone. */
import type { FinetuneSettings } from './finetune/finetune-settings.ts';
import type { FinetuneInput, FinetuneOutcome, FinetuneProgress } from './finetune/finetune-job.ts';

/** See `finetuneModel`; settings that are not named are the usual ones, and the trainer chooses its threads. */
export type FinetuneRequest = Omit<FinetuneInput, 'settings' | 'threads'> & {
  readonly settings: Partial<Pick<FinetuneSettings, 'epochs' | 'rate' | 'warmUp' | 'batchTokens' | 'rank' | 'freezeEmbeddings' | 'seed'>>;
};

export interface AttentionRequest {
  /** The model that is fine-tuned; null for a training from scratch. */
  readonly modelFolder: string | null;
  readonly runFolder: string;
  /** A step that has a checkpoint; null for the model as it was before it was fine-tuned. */
  readonly checkpoint: number | null;
  readonly sentence: string;
}

/** A translation of a sentence, and where the alignment head looked for each of its pieces. */
export interface AttentionMap {
  readonly text: string;
  /** Pieces of the vocabulary, a space as U+2581; the end of the sentence last. */
  readonly source: readonly string[];
  readonly target: readonly string[];
  /** Of each target piece, over the source pieces; each row sums to 1. */
  readonly weights: readonly (readonly number[])[];
}

export interface Training {
  /** See `finetuneModel`. Goes on in `runFolder` where it was stopped or its process was killed. Errors: also ENGINE_EXITED. */
  finetune(request: FinetuneRequest, options?: { readonly signal?: AbortSignal; readonly report?: (progress: FinetuneProgress) => void }): Promise<FinetuneOutcome>;
  /** Errors: those of reading the model and the checkpoint, INVALID_INPUT for an empty or an overlong sentence. */
  attention(request: AttentionRequest, options?: { readonly signal?: AbortSignal }): Promise<AttentionMap>;
}
