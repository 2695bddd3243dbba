/**
 * An encoder-decoder model that is run one decoder step at a time. The search (decoding/search/) chooses tokens in
 * TypeScript, so it runs over any graph that can do a step: a folder's exported graphs, or graphs built from weights.
 *
 * Rows: a batch of B sources searched with K beams has B*K decoder rows; row b*K+k is beam k of source b. All rows
 * take their steps together, so step t (from 0) gives each row its token at position t.
 */
export interface StepDecoder {
  /** Width of a row of logits: every id that the decoder can produce is smaller. */
  readonly vocabularySize: number;
  /** Most ids of a source; null where the model has no such limit (relative positions). */
  readonly maxSourceLength: number | null;
  /** False where neighbours in a batch change a result (dynamic quantization): the search then starts each source alone. */
  readonly batchIndependent: boolean;
  /**
   * Encodes the sources and gets ready for the first step.
   * `sources`: ids with their special tokens, at least one each, of any lengths; padding is the decoder's own concern and
   * must not change a result. Each source becomes `beams` consecutive rows.
   * Throws EngineError INVALID_INPUT for a source that is empty, too long or holds an id outside the vocabulary.
   */
  start(sources: readonly (readonly number[])[], beams: number): Promise<StepState>;
  close(): Promise<void>;
}

export interface StepState {
  /**
   * One step for all rows. `tokens` [rows]: the last token of each row (at first the decoder's start token).
   * `from` [rows]: the row of the step before that each row continues, one of the same source; null when each continues
   * itself (and at first).
   * Resolves to the logits [rows * vocabularySize], which the caller may write to and which are valid until the next step.
   */
  step(tokens: readonly number[] | Int32Array, from: Int32Array | null): Promise<Float32Array>;
  /** Drops all rows but these, in this order; rows of the next step are counted anew. */
  keep(rows: Int32Array): Promise<void>;
  readonly encoder: EncoderOutput;
  /** [rows * longest source] of the last step: how much each row looked at each token of its source; null or absent where the decoder does not tell. */
  readonly attention?: Float32Array | null;
  /** Frees what the state holds; no call may follow. */
  dispose(): void;
}

/** What the encoder gave, for `bitext generate --debug`. */
export interface EncoderOutput {
  /** [sources, longest source, dimension] */
  readonly shape: readonly number[];
  readonly data: Float32Array;
}
