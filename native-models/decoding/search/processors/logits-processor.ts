/** One rule about what may come next. */
export interface LogitsProcessor {
  /**
   * Changes the scores of the next token in place. `scores` [vocabulary]: logits in a greedy search, log-probabilities in
   * a beam search. `tokens`: all decoder tokens of the row so far, the prompt (start token, forced prefix) first.
   */
  process(scores: Float32Array, tokens: readonly number[]): void;
}

/** Bans tokens; ids outside the vocabulary are nothing that could be said. */
export function ban(scores: Float32Array, ids: Iterable<number>): void {
  for (const id of ids) if (id < scores.length) scores[id] = -Infinity;
}

/** Leaves only these tokens, each with the score 0 (certain). */
export function force(scores: Float32Array, ids: readonly number[]): void {
  scores.fill(-Infinity);
  for (const id of ids) if (id < scores.length) scores[id] = 0;
}
