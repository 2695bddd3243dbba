/** Sets pairs aside that are never trained on, to measure on. By the hash of the source: the same sentence always falls on the same side. */
import { createHash } from 'node:crypto';
import { EngineError } from '../../engine/engine-error.ts';
import { describeDropped } from './corpus-report.ts';
import type { Corpus, SentencePair } from './read-corpus.ts';

export interface HeldOutRule {
  /** Held out is every pair whose sha1(source), as a whole number, leaves `remainder` when divided by `modulus`. */
  readonly modulus: number;
  readonly remainder: number;
  /** Most pairs held out; the others of that remainder are neither trained nor measured on. */
  readonly most: number;
}

export interface SplitCorpus {
  readonly training: readonly SentencePair[];
  readonly heldOut: readonly SentencePair[];
}

export const DEFAULT_HELD_OUT: HeldOutRule = { modulus: 7, remainder: 3, most: 500 };

/** Fewer teach nothing that could be measured. */
const LEAST_TRAINING = 2;

/** As `splitHeldOut`; where that can't be done, the error says what was left out when the corpus was read. */
export function splitCorpus({ pairs, report }: Pick<Corpus, 'pairs' | 'report'>, rule: HeldOutRule = DEFAULT_HELD_OUT): SplitCorpus {
  try {
    return splitHeldOut(pairs, rule);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new EngineError(error.code, [error.message, ...describeDropped(report)].join(' '), error.advice, { cause: error });
  }
}

/** Throws EngineError INVALID_INPUT when either side would be too small. */
export function splitHeldOut(pairs: readonly SentencePair[], rule: HeldOutRule = DEFAULT_HELD_OUT): SplitCorpus {
  const training: SentencePair[] = [];
  const heldOut: SentencePair[] = [];
  for (const pair of pairs) {
    if (remainderOf(pair.source, rule.modulus) !== rule.remainder) training.push(pair);
    else if (heldOut.length < rule.most) heldOut.push(pair);
  }
  if (training.length < LEAST_TRAINING || heldOut.length === 0)
    throw new EngineError('INVALID_INPUT', `A corpus of ${pairs.length} usable ${pairs.length === 1 ? 'pair' : 'pairs'} can't be split into a part to train on and a part to measure on.`,
      'Give a corpus with at least a few hundred different pairs.');
  return { training, heldOut };
}

export interface ValidatedCorpus {
  readonly training: readonly SentencePair[];
  readonly validation: readonly SentencePair[];
}

const MOST_VALIDATION = 200;

/**
 * Sets pairs aside by which a run decides (when to stop, how much to keep), so that those held out decide nothing: a twentieth,
 * but some sixty of a small corpus and at most about 200. By the hash of the source, too. Of a few pairs it may be none.
 */
export function splitValidation(pairs: readonly SentencePair[]): ValidatedCorpus {
  const wanted = Math.min(MOST_VALIDATION, Math.max(pairs.length / 20, Math.min(60, pairs.length / 5)));
  const modulus = Math.max(2, Math.round(pairs.length / wanted));
  const isChosen = ({ source }: SentencePair): boolean => remainderOf(`validation\t${source}`, modulus) === 0;
  return { training: pairs.filter((pair) => !isChosen(pair)), validation: pairs.filter(isChosen) };
}

/** sha1 modulo a small number, digit by digit. */
function remainderOf(text: string, modulus: number): number {
  return createHash('sha1').update(text).digest().reduce((rest, byte) => (rest * 256 + byte) % modulus, 0);
}
