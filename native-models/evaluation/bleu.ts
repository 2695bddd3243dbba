/** BLEU (Papineni et al., 2002) with sacreBLEU's definitions of tokens, smoothing and effective order. */
import { type BleuTokenizer, tokenizeForBleu } from './bleu-tokenizers.ts';
import { clippedMatches, countNgrams } from './ngram-counts.ts';
import { forEachSegment, type ReferenceSets } from './segment-pairs.ts';
import { signature } from './signature.ts';
import { trimRight } from './white-space.ts';

export const BLEU_SMOOTHINGS = ['exp', 'floor', 'add-k', 'none'] as const;
/** Methods 3, 1 and 2 of Chen and Cherry (2014), and none. */
export type BleuSmoothing = (typeof BLEU_SMOOTHINGS)[number];

export interface BleuOptions {
  /** 13a when absent. */
  readonly tokenizer?: BleuTokenizer;
  /** exp when absent. */
  readonly smoothing?: BleuSmoothing;
  /** Of `floor` (0.1 when absent) and `add-k` (1 when absent). */
  readonly smoothingValue?: number;
  readonly lowercase?: boolean;
  /** Leave orders out that a short hypothesis has no n-grams of: for single sentences. */
  readonly effectiveOrder?: boolean;
}

export interface BleuScore {
  /** 0 to 100 */
  readonly score: number;
  /** Matched n-grams and n-grams of the hypotheses, orders 1 to 4. */
  readonly matches: readonly number[];
  readonly totals: readonly number[];
  /** Percent, smoothed. */
  readonly precisions: readonly number[];
  readonly brevityPenalty: number;
  /** Tokens; of several references the closest in length counts. */
  readonly hypothesisLength: number;
  readonly referenceLength: number;
  readonly signature: string;
}

const ORDER = 4;
const SMOOTHING_VALUES: Readonly<Record<BleuSmoothing, number | null>> = { exp: null, none: null, floor: 0.1, 'add-k': 1 };

/** BLEU of a corpus. Throws EngineError INVALID_INPUT when the numbers of lines differ. */
export function corpusBleu(hypotheses: readonly string[], references: ReferenceSets, options: BleuOptions = {}): BleuScore {
  const tokenizer = options.tokenizer ?? '13a';
  const tokensOf = (text: string): string[] => tokenizeForBleu(trimRight(options.lowercase ? text.toLowerCase() : text), tokenizer);
  const matches = new Array<number>(ORDER).fill(0), totals = new Array<number>(ORDER).fill(0);
  let hypothesisLength = 0, referenceLength = 0;
  forEachSegment(hypotheses, references, (hypothesis, given) => {
    const tokens = tokensOf(hypothesis), refs = given.map(tokensOf);
    hypothesisLength += tokens.length;
    referenceLength += closestLength(tokens.length, refs.map(({ length }) => length));
    countNgrams([tokens, ...refs], ORDER).forEach((order, n) => {
      const [own, first, ...others] = order.counts;
      if (own === undefined || first === undefined) return;
      totals[n] = (totals[n] ?? 0) + (order.totals[0] ?? 0);
      matches[n] = (matches[n] ?? 0) + clippedMatches(own, others.reduce(greaterCounts, first));
    });
  });
  return { ...combine({ matches, totals, hypothesisLength, referenceLength }, options), signature: bleuSignature(references.length, tokenizer, options) };
}

/** BLEU of one sentence; with effective order unless `options` say otherwise. */
export const sentenceBleu = (hypothesis: string, references: readonly string[], options: BleuOptions = {}): BleuScore =>
  corpusBleu([hypothesis], references.map((reference) => [reference]), { effectiveOrder: true, ...options });

function bleuSignature(references: number, tokenizer: BleuTokenizer, { smoothing = 'exp', smoothingValue, lowercase = false, effectiveOrder = false }: BleuOptions): string {
  const standard = SMOOTHING_VALUES[smoothing];
  const smooth = standard === null ? smoothing : `${smoothing}[${(smoothingValue ?? standard).toFixed(2)}]`;
  return signature(references, { case: lowercase ? 'lc' : 'mixed', eff: effectiveOrder, tok: tokenizer, smooth });
}

/** Of equally close lengths the shorter. */
const closestLength = (length: number, references: readonly number[]): number =>
  references.reduce((best, other) => {
    const difference = Math.abs(length - other) - Math.abs(length - best);
    return difference < 0 || (difference === 0 && other < best) ? other : best;
  });

const greaterCounts = (a: Int32Array, b: Int32Array): Int32Array => a.map((count, id) => Math.max(count, b[id] ?? 0));

interface Statistics {
  readonly matches: readonly number[];
  readonly totals: readonly number[];
  readonly hypothesisLength: number;
  readonly referenceLength: number;
}

function combine({ matches, totals, hypothesisLength, referenceLength }: Statistics, { smoothing = 'exp', smoothingValue, effectiveOrder = false }: BleuOptions): Omit<BleuScore, 'signature'> {
  const short = hypothesisLength < referenceLength;
  const brevityPenalty = !short ? 1 : hypothesisLength > 0 ? Math.exp(1 - referenceLength / hypothesisLength) : 0;
  const precisions = new Array<number>(ORDER).fill(0);
  const facts = { matches, totals, precisions, brevityPenalty, hypothesisLength, referenceLength };
  if (matches.every((count) => count === 0)) return { score: 0, ...facts };
  const value = smoothingValue ?? SMOOTHING_VALUES[smoothing] ?? 0;
  let orders = ORDER, halvings = 1;
  for (let n = 0; n < ORDER; n++) {
    const added = smoothing === 'add-k' && n > 0 ? value : 0;
    const matched = (matches[n] ?? 0) + added, total = (totals[n] ?? 0) + added;
    if (total === 0) break;
    if (effectiveOrder) orders = n + 1;
    if (matched > 0) precisions[n] = (100 * matched) / total;
    else if (smoothing === 'exp') precisions[n] = 100 / ((halvings *= 2) * total);
    else if (smoothing === 'floor') precisions[n] = (100 * value) / total;
  }
  const logarithms = precisions.slice(0, orders).map((precision) => (precision === 0 ? -9999999999 : Math.log(precision)));
  return { score: brevityPenalty * Math.exp(logarithms.reduce((sum, term) => sum + term, 0) / orders), ...facts };
}
