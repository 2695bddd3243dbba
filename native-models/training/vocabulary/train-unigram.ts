/**
 * Trains a unigram vocabulary (Kudo 2018, "Subword Regularization", section 3.2): from many seed pieces, expectation
 * maximization in turn with leaving out the quarter whose loss costs the corpus least, down to the size asked for.
 */
import { PieceLattice } from './piece-lattice.ts';
import { seedPieces } from './seed-pieces.ts';
import { stretchesOf } from './word-counts.ts';

/** A learned piece and its log-probability. */
export type ScoredPiece = readonly [piece: string, score: number];

export interface TrainingRounds {
  readonly signal?: AbortSignal | undefined;
  /** Told how many pieces are left, and how many are wanted. */
  report?(left: number, wanted: number): void;
}

/** Left out in a round: at most a quarter. */
const SHRINK_TO = 0.75;
/** The rounds end a little above the size wanted; the last cut is by score. */
const SPARE = 1.1;
const ITERATIONS_A_ROUND = 2;
/** Pieces that are expected less often go at once. */
const LEAST_EXPECTED = 0.5;

interface Word { readonly bytes: Uint8Array; readonly count: number }

/**
 * `size` pieces, every one of `characters` among them, best first; fewer where the corpus has no more. Deterministic.
 * Rejects with the signal's reason.
 */
export async function trainUnigram(words: ReadonlyMap<string, number>, characters: ReadonlyMap<string, number>, size: number, { signal, report }: TrainingRounds = {}): Promise<ScoredPiece[]> {
  const stretches = stretchesOf(words, characters);
  const corpus = stretches.map(([text, count]): Word => ({ bytes: Buffer.from(text), count }));
  const seeds = [...[...characters].map(([piece, count]) => [piece, count] as const), ...seedPieces(stretches).map(([piece, count]) => [piece, count * Array.from(piece).length] as const)];
  const total = Math.log(seeds.reduce((sum, [, weight]) => sum + weight, 0));
  let pieces: ScoredPiece[] = seeds.map(([piece, weight]) => [piece, Math.log(weight) - total]);
  const enough = Math.ceil(SPARE * size);
  for (;;) {
    for (let i = 0; i < ITERATIONS_A_ROUND; i++) {
      await nextTurn(signal);
      pieces = maximize(pieces, corpus, characters);
    }
    report?.(pieces.length, size);
    if (pieces.length <= enough) break;
    await nextTurn(signal);
    const fewer = prune(pieces, corpus, characters, Math.max(enough, Math.floor(SHRINK_TO * pieces.length)));
    if (fewer.length === pieces.length) break;
    pieces = fewer;
  }
  return lastCut(pieces, characters, size);
}

/** Lets others run, and stops when asked to. */
export async function nextTurn(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}

/** One step of expectation maximization; the digamma function in place of the logarithm makes rare pieces rarer (variational Bayes). */
function maximize(pieces: readonly ScoredPiece[], corpus: readonly Word[], characters: ReadonlyMap<string, number>): ScoredPiece[] {
  const lattice = latticeOf(pieces);
  const expected = new Float64Array(pieces.length);
  for (const { bytes, count } of corpus) lattice.addExpected(bytes, count, expected);
  const kept = pieces.map(([piece], id) => [piece, expected[id] ?? 0] as const).filter(([piece, times]) => times >= LEAST_EXPECTED || characters.has(piece));
  const all = digamma(kept.reduce((sum, [, times]) => sum + Math.max(times, LEAST_EXPECTED), 0));
  return kept.map(([piece, times]) => [piece, digamma(Math.max(times, LEAST_EXPECTED)) - all]);
}

/** The `keep` pieces without which the corpus would lose most probability; characters always stay. */
function prune(pieces: readonly ScoredPiece[], corpus: readonly Word[], characters: ReadonlyMap<string, number>, keep: number): ScoredPiece[] {
  const lattice = latticeOf(pieces);
  const times = new Float64Array(pieces.length);
  for (const { bytes, count } of corpus) for (const piece of lattice.best(bytes)?.pieces ?? []) times[piece] = (times[piece] ?? 0) + count;
  const sum = times.reduce((total, each) => total + each, 0);
  const losses: [loss: number, id: number][] = [];
  pieces.forEach(([piece, score], id) => {
    const own = times[id] ?? 0;
    if (characters.has(piece) || own === 0) return;
    const instead = lattice.best(Buffer.from(piece), id);
    if (instead === null || instead.score >= score) return;
    const logSum = Math.log(sum + own * (instead.pieces.length - 1));
    const probability = Math.log(own) - Math.log(sum);
    const alternative = instead.pieces.reduce((total, other) => total + Math.log((times[other] ?? 0) + own) - logSum, 0);
    losses.push([(own / sum) * (probability - alternative), id]);
  });
  losses.sort(([a, i], [b, j]) => b - a || i - j);
  const stays = new Set(losses.slice(0, Math.max(0, keep - characters.size)).map(([, id]) => id));
  return pieces.filter(([piece], id) => characters.has(piece) || stays.has(id));
}

function lastCut(pieces: readonly ScoredPiece[], characters: ReadonlyMap<string, number>, size: number): ScoredPiece[] {
  const byScore = (a: ScoredPiece, b: ScoredPiece): number => b[1] - a[1] || (a[0] < b[0] ? -1 : 1);
  const letters = pieces.filter(([piece]) => characters.has(piece));
  const others = pieces.filter(([piece]) => !characters.has(piece)).sort(byScore);
  return [...letters, ...others.slice(0, Math.max(0, size - letters.length))].sort(byScore);
}

const latticeOf = (pieces: readonly ScoredPiece[]): PieceLattice => new PieceLattice(pieces.map(([piece]) => piece), Float64Array.from(pieces, ([, score]) => score));

/** The derivative of ln Γ, by recurrence up to 7 and its asymptotic series (Abramowitz and Stegun 6.3.5, 6.3.18). */
function digamma(value: number): number {
  let x = value;
  let sum = 0;
  for (; x < 7; x++) sum -= 1 / x;
  const inverse = 1 / (x * x);
  return sum + Math.log(x) - 0.5 / x - inverse * (1 / 12 - inverse * (1 / 120 - inverse / 252));
}
