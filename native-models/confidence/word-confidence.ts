/**
 * How sure a model was of a translation and of its words, from the probabilities of the tokens that it said: the
 * geometric mean, as bergamot's unsupervised quality estimate has it. Nothing is trained for it: a rare but right word
 * may get little, a fluent error much.
 */
import { type AlignedText, tokenRanges } from '../alignment/word-links.ts';
import { isSign, unitsOf } from '../alignment/words.ts';

export interface WordConfidence {
  /** UTF-16 offsets in the translation, end exclusive. */
  readonly target: readonly [start: number, end: number];
  /** 0 to 1 */
  readonly confidence: number;
}

/** Of a whole translation; null where the model gave no score. `score`: mean log-probability per token. */
export const confidenceOf = (score: number | null): number | null => (score === null ? null : Math.min(1, Math.exp(score)));

/** Of each word of a translation, signs left out, in order. `tokenScores`: log-probability of each token of it; further ones (its end) are passed over. */
export function wordConfidences(translation: AlignedText, tokenScores: ArrayLike<number>): WordConfidence[] {
  const units = unitsOf(translation.text);
  const ranges = tokenRanges(translation, units);
  const sums = new Float64Array(units.count);
  const tokens = new Float64Array(units.count);
  for (let token = 0; token < Math.min(tokenScores.length, ranges.length / 2); token++) {
    for (let unit = ranges[2 * token] ?? 0; unit < (ranges[2 * token + 1] ?? 0); unit++) {
      sums[unit] = (sums[unit] ?? 0) + (tokenScores[token] ?? 0);
      tokens[unit] = (tokens[unit] ?? 0) + 1;
    }
  }
  const words: WordConfidence[] = [];
  for (let unit = 0; unit < units.count; unit++) {
    const target = [units.starts[unit] ?? 0, units.ends[unit] ?? 0] as const;
    const count = tokens[unit] ?? 0;
    if (count > 0 && !isSign(translation.text.slice(...target))) words.push({ target, confidence: Math.min(1, Math.exp((sums[unit] ?? 0) / count)) });
  }
  return words;
}
