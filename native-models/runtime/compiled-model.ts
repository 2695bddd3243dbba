/**
 * A model that is ready to run: one ONNX graph with the encoder and the whole decode loop, in one session.
 * The batcher and the tokenizers stand on this side of the interface, token ids only cross it.
 */

import type { StopFlag } from './stop-flag.ts';

/** In a prefix: a token that the model chooses itself. */
export const FREE_TOKEN = -1;

/** More hypotheses than that bring nothing and take memory without end. */
export const WIDEST_BEAM = 32;

export interface RunOptions {
  /** Ask for `attention`. */
  readonly alignment: boolean;
  /** Ask for `score`. */
  readonly scores: boolean;
  /**
   * Most tokens to produce per sentence, EOS not counted. Absent: each sentence gets its own limit from its length
   * (`targetLimit`), so that a sentence's output never depends on the length of its batch neighbours.
   */
  readonly maxTargetTokens?: number;
  /** Hypotheses that are followed at a time; absent or 1: greedy. With more, `score` and `hypotheses` are always there. */
  readonly beam?: number;
  /** Hypotheses are ranked by score / length ^ this, EOS counted; 1 when absent. */
  readonly lengthPenalty?: number;
  /**
   * Target ids that each sentence's output begins with, EOS not among them; only the rest is decoded. Scores and
   * attention cover them too. Empty, or absent for a sentence: nothing is forced. With `FREE_TOKEN` in it, that token is
   * decoded; with a beam it is chosen by how well the forced ones after it follow.
   */
  readonly prefixes?: readonly (readonly number[])[];
  /** Target ids that each sentence may use although the shortlist does not list them; those of `prefixes` are added anyway. */
  readonly extraCandidates?: readonly (readonly number[])[];
  /**
   * No output repeats so many tokens in a row (`no_repeat_ngram_size` of Hugging Face); absent or 0: it may. For second
   * tries of outputs that run in circles: it needs a graph of its own. What a prefix repeats stays.
   */
  readonly noRepeatNgram?: number;
  /** Token that every output begins with, before any prefix: the target language of multilingual models. It is not in `ids`. */
  readonly firstToken?: number;
  /** Settings of the search, by the names of Hugging Face's generation config, before those of the model. Students have none. */
  readonly generation?: Readonly<Record<string, unknown>>;
  /** Ask for `states`. Students only, without a beam; it needs a graph of its own, the same as `memory`. */
  readonly states?: boolean;
  /** Raised by another thread it ends the run, which rejects with RunStopped. Students don't look at it: their runs are short. */
  readonly stop?: StopFlag;
  /** What sentences remember of similar ones. Students only; a beam has no use for it. */
  readonly memory?: MemoryRun;
}

/** Decoder states of similar sentences with the tokens that followed them. */
export interface SentenceMemory {
  /** Of `tokens.length` states, one after the other. */
  readonly states: Float32Array;
  readonly tokens: Int32Array;
  /** What is added to the logit of a target id. */
  readonly bias: ReadonlyMap<number, number>;
}

/** SK-MT (Dai et al. 2023). Distances are squared ones between decoder states, in mean squared lengths of a sentence's keys. */
export interface MemoryRun {
  /** One for each sentence; null: it has none. */
  readonly memories: readonly (SentenceMemory | null)[];
  /** Keys weigh exp(-distance / temperature). */
  readonly temperature: number;
  /** At this distance of the nearest key the model is believed alone. */
  readonly reach: number;
  /** Share of the memory in the probabilities where the nearest key lies at 0. */
  readonly most: number;
}

/** A possible translation from beam search. */
export interface Hypothesis {
  /** Target token ids without EOS. */
  readonly ids: Int32Array;
  /** Sum of the log-probabilities of all produced tokens, EOS included. */
  readonly score: number;
  /** What it is ranked by. */
  readonly normalizedScore: number;
  /** As in `DecodedSentence`. */
  readonly tokenScores?: Float32Array | null;
  /** As in `DecodedSentence`. */
  readonly attention: Float32Array | null;
  readonly truncated: boolean;
}

/** What one sentence became. */
export interface DecodedSentence {
  /** Target token ids without EOS. */
  readonly ids: Int32Array;
  /** Sum of the log-probabilities of all produced tokens, EOS included; null unless asked for. */
  readonly score: number | null;
  /** Log-probability of each token of `ids`, then of EOS (absent when `truncated`); 0 for forced ones of some models. Null or absent unless asked for. */
  readonly tokenScores?: Float32Array | null;
  /**
   * `attention[t * sourceLength + s]`: how much output token t looks at source token s, between 0 and 1, rows sum to 1;
   * one row for each token of `ids`, then one for EOS (absent when `truncated`). Null unless asked for.
   */
  readonly attention: Float32Array | null;
  /** The decoder's states that the tokens of `ids` and then EOS (absent when `truncated`) were chosen from, one after the other. Absent unless asked for. */
  readonly states?: Float32Array;
  /** Tokens of the source, EOS included. */
  readonly sourceLength: number;
  /** The length limit was reached before EOS. */
  readonly truncated: boolean;
  /** With a beam: all translations that it found, best first; the best one is the sentence itself. */
  readonly hypotheses?: readonly Hypothesis[];
}

export interface DecodedBatch {
  /** In the order of the sources. */
  readonly outputs: readonly DecodedSentence[];
}

/** Not safe for concurrent use: one `run` at a time. */
export interface CompiledModel {
  readonly eosId: number;
  readonly unkId: number;
  /** Token ids lie in 0 .. vocabularySize - 1, in source and target. */
  readonly vocabularySize: number;
  /** Longest source, EOS included, that `run` takes; the caller splits beyond it. */
  readonly maxSourceTokens: number;
  /**
   * Translates a batch in one run of the session. `sources`: token ids of each sentence without padding, EOS last; an
   * empty batch gives an empty result. Throws EngineError INVALID_INPUT for ids outside the vocabulary, a sentence
   * without EOS at its end or longer than `maxSourceTokens`, and a prefix with EOS in it or longer than an output may be.
   */
  run(sources: readonly (readonly number[])[], options: RunOptions): Promise<DecodedBatch>;
  close(): Promise<void>;
}
