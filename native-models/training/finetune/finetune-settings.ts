/** How a student is fine-tuned. The defaults are what docs/training.md measured. */

export interface FinetuneSettings {
  /** Passes over the corpus. */
  readonly epochs: number;
  /** Highest learning rate of Adam: reached after `warmUp` updates, then falling to a twentieth in a line. */
  readonly rate: number;
  readonly warmUp: number;
  /** Target tokens of a batch, padding counted. */
  readonly batchTokens: number;
  /** `full`, or the rank of low-rank changes (LoRA); `auto`: full, unless that takes more memory than a training should. */
  readonly rank: 'auto' | 'full' | number;
  readonly freezeEmbeddings: boolean;
  /** Rows of the vocabulary that a batch's softmax is over: its own target tokens, and others at random; null for all. */
  readonly candidates: number | null;
  readonly labelSmoothing: number;
  readonly dropout: number;
  /** Pull of the weights towards the old ones: AdamW's decay of the change. */
  readonly pull: number;
  /** Fewest general sentences, translated by the old model, that are mixed in against forgetting; 0 for none. See `generalCount`. */
  readonly generalSentences: number;
  /** Of so many tokens that the old model held likeliest at each place of a general sentence the shares are learned; 1: only what it chose. */
  readonly distilled: number;
  /** So far may general text move from the old model's translations, in nats a token: decides how much of what was learned is kept. */
  readonly mostMoved: number;
  /** A general text with references may lose so many BLEU in the end; smaller shares are tried then. */
  readonly mostForgotten: number;
  /** Longest side of a pair that is trained on. */
  readonly maxTokens: number;
  readonly seed: number;
}

export const DEFAULT_FINETUNE: FinetuneSettings = {
  epochs: 3,
  rate: 1.2e-4,
  warmUp: 20,
  batchTokens: 1000,
  rank: 'auto',
  freezeEmbeddings: true,
  candidates: 8192,
  labelSmoothing: 0,
  dropout: 0,
  pull: 0,
  generalSentences: 1500,
  distilled: 8,
  mostMoved: 0.03,
  mostForgotten: 0.5,
  maxTokens: 200,
  seed: 1,
};

/** The learning rate of an update, counted from 1, of `updates` in all. */
export function rateOf({ rate, warmUp }: FinetuneSettings, update: number, updates: number): number {
  return rate * Math.min(1, update / warmUp) * Math.max(0.05, 1 - (update - 1) / updates);
}

/** General sentences for a corpus of so many pairs: one for two pairs of a large one; fewer do not stand for all that the model knows. */
export function generalCount({ generalSentences }: Pick<FinetuneSettings, 'generalSentences'>, pairs: number): number {
  return generalSentences === 0 ? 0 : Math.max(generalSentences, Math.ceil(pairs / 2));
}
