/** chrF (Popović, 2015) and chrF++ (Popović, 2017) with sacreBLEU's definitions. */
import { clippedMatches, countNgrams } from './ngram-counts.ts';
import { forEachSegment, type ReferenceSets } from './segment-pairs.ts';
import { signature } from './signature.ts';
import { splitWords } from './white-space.ts';

export interface ChrfOptions {
  /** 6 when absent. */
  readonly characterOrder?: number;
  /** 0 (chrF) when absent; 2 is chrF++. */
  readonly wordOrder?: number;
  /** How many times more recall counts than precision; 2 when absent. */
  readonly beta?: number;
  readonly lowercase?: boolean;
  /** Count white space as characters. */
  readonly whiteSpace?: boolean;
  /** Smooth with a tiny number as chrF++.py does, instead of leaving out orders that one side has no n-grams of. */
  readonly epsilonSmoothing?: boolean;
}

export interface ChrfScore {
  /** 0 to 100 */
  readonly score: number;
  /** `chrF2`, `chrF2++` */
  readonly name: string;
  readonly signature: string;
}

/** n-grams of the hypothesis, of the reference and of both, for each order. */
type Statistics = readonly (readonly [hypothesis: number, reference: number, both: number])[];
interface Settings { readonly characters: number; readonly words: number; readonly beta: number; readonly epsilon: boolean }

const EPSILON = 1e-16;

/** chrF of a corpus: counts are summed over the segments. Throws EngineError INVALID_INPUT when the numbers of lines differ. */
export function corpusChrf(hypotheses: readonly string[], references: ReferenceSets, options: ChrfOptions = {}): ChrfScore {
  const { lowercase = false, whiteSpace = false } = options;
  const settings: Settings = { characters: options.characterOrder ?? 6, words: options.wordOrder ?? 0, beta: options.beta ?? 2, epsilon: options.epsilonSmoothing ?? false };
  const sums = Array.from({ length: settings.characters + settings.words }, (): [number, number, number] => [0, 0, 0]);
  forEachSegment(hypotheses, references, (hypothesis, given) => {
    const texts = [hypothesis, ...given].map((text) => (lowercase ? text.toLowerCase() : text));
    best(statistics(texts, settings, whiteSpace), settings).forEach((counts, order) => {
      const sum = sums[order];
      if (sum) counts.forEach((count, i) => { sum[i] = (sum[i] ?? 0) + count; });
    });
  });
  return {
    score: fScore(sums, settings),
    name: `chrF${settings.beta}${'+'.repeat(settings.words)}`,
    signature: signature(references.length, { case: lowercase ? 'lc' : 'mixed', eff: !settings.epsilon, nc: settings.characters, nw: settings.words, space: whiteSpace }),
  };
}

/** chrF of one sentence. */
export const sentenceChrf = (hypothesis: string, references: readonly string[], options: ChrfOptions = {}): ChrfScore =>
  corpusChrf([hypothesis], references.map((reference) => [reference]), options);

/** One entry for each reference; `texts`: the hypothesis, then the references. */
function statistics(texts: readonly string[], { characters, words }: Settings, whiteSpace: boolean): Statistics[] {
  const orders = [
    ...(characters > 0 ? countNgrams(texts.map((text) => [...(whiteSpace ? text : splitWords(text).join(''))]), characters) : []),
    ...(words > 0 ? countNgrams(texts.map(wordsOf), words) : []),
  ];
  return texts.slice(1).map((_, reference) => orders.map(({ counts, totals }) => {
    const [own, other] = [counts[0], counts[reference + 1]];
    const available = totals[reference + 1] ?? 0;
    // n-grams that the reference can't have are no mistakes.
    return [available > 0 ? (totals[0] ?? 0) : 0, available, own && other ? clippedMatches(own, other) : 0];
  }));
}

/** The statistics with the best F score; the first of equals. */
function best(candidates: readonly Statistics[], settings: Settings): Statistics {
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return only;
  let winner: Statistics = [], top = -1;
  for (const candidate of candidates) {
    const score = fScore(candidate, settings);
    if (score > top) [winner, top] = [candidate, score];
  }
  return winner;
}

function fScore(counts: Statistics, { beta, epsilon }: Settings): number {
  const weight = beta ** 2;
  let smoothed = 0, precisions = 0, recalls = 0, effective = 0;
  for (const [hypothesis, reference, both] of counts) {
    const precision = hypothesis > 0 ? both / hypothesis : EPSILON;
    const recall = reference > 0 ? both / reference : EPSILON;
    const denominator = weight * precision + recall;
    smoothed += denominator > 0 ? ((1 + weight) * precision * recall) / denominator : EPSILON;
    if (hypothesis === 0 || reference === 0) continue;
    precisions += precision;
    recalls += recall;
    effective++;
  }
  if (epsilon) return (100 * smoothed) / counts.length;
  if (precisions + recalls === 0) return 0;
  const [precision, recall] = [precisions / effective, recalls / effective];
  // In this order: the last digit decides where a score lies between two others.
  return 100 * (((1 + weight) * precision * recall) / (weight * precision + recall));
}

/** Words with an ASCII punctuation mark at their end, else at their beginning, as a word of its own. */
function wordsOf(text: string): string[] {
  return splitWords(text).flatMap((word) => {
    const characters = [...word];
    if (characters.length === 1) return [word];
    const last = characters.at(-1) ?? '', first = characters[0] ?? '';
    if (isMark(last)) return [word.slice(0, -last.length), last];
    return isMark(first) ? [first, word.slice(first.length)] : [word];
  });
}

const isMark = (character: string): boolean => /^[!-/:-@[-`{-~]$/.test(character);
