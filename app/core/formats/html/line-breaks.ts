/** Two `<br>` in a row end a paragraph, as people use them. */
import type { ReadonlyRuns, Tag } from '../../../contract/shapes/text.ts';
import { matchPairs, type Piece } from '../inline-pieces.ts';

type Run = ReadonlyRuns[number];

const isBreak = (piece: Piece | undefined): boolean => piece?.kind === 'empty' && piece.name === 'br';
/** White space, unless it is written as a reference, which is longer than the two characters of a line end. */
const isSpace = (piece: Piece | undefined): boolean => piece?.kind === 'text' && /^[ \t\n\r\f]*$/.test(piece.text) && piece.end - piece.start <= piece.text.length * 2;

/** Shows as nothing beside a break, and keeps two breaks that a translation brought together from ending a paragraph. */
export const KEPT_SPACE = '&#32;';

/**
 * Which runs of a target are nothing but white space between two breaks that the source has apart. Breaks without anything between
 * them get such a run.
 */
export function apartBreaks(source: ReadonlyRuns, target: ReadonlyRuns, tags: readonly Tag[]): { readonly runs: ReadonlyRuns; isKeptSpace(index: number): boolean } {
  const together = new Set(breakPairs(source, tags));
  const meet = (run: Run | undefined, next: Run | undefined): boolean => {
    const pair = pairOf(run, next, tags);
    return pair !== undefined && !together.has(pair);
  };
  const runs = target.flatMap((run, i) => (meet(run, target[i + 1]) ? [run, ' '] : [run]));
  return { runs, isKeptSpace: (index) => meet(runs[index - 1], runs[index + 1]) && String(runs[index]).trim() === '' };
}

function pairOf(run: Run | undefined, next: Run | undefined, tags: readonly Tag[]): string | undefined {
  const number = (end: Run | undefined): number | undefined => (end !== undefined && typeof end !== 'string' && tags[end.tag - 1]?.label === 'br' ? end.tag : undefined);
  const first = number(run), second = number(next);
  return first === undefined || second === undefined ? undefined : `${first} ${second}`;
}

const breakPairs = (runs: ReadonlyRuns, tags: readonly Tag[]): string[] => runs.flatMap((run, i) => {
  const next = runs[i + 1];
  return pairOf(run, typeof next === 'string' && next.trim() === '' ? runs[i + 2] : next, tags) ?? [];
});

/** Paragraphs of the pieces of a block. It is never split inside a pair that also holds words of one paragraph only in part. */
export function splitAtBreaks(pieces: readonly Piece[]): (readonly Piece[])[] {
  const splits: number[] = [];
  for (let i = 0; i < pieces.length; i++) {
    if (!isBreak(pieces[i])) continue;
    let next = i + 1;
    while (isSpace(pieces[next])) next++;
    if (isBreak(pieces[next])) splits.push(next);
  }
  if (splits.length === 0) return [pieces];
  const crossed = crossedSplits(pieces, splits);
  const allowed = splits.filter((_split, i) => crossed[i] !== true);
  let from = 0;
  const parts: (readonly Piece[])[] = [];
  for (const split of allowed) {
    parts.push(pieces.slice(from, split));
    from = split;
  }
  parts.push(pieces.slice(from));
  return parts;
}

/** Which splits lie in a pair that begins after words of its paragraph, or ends before some. */
function crossedSplits(pieces: readonly Piece[], splits: readonly number[]): boolean[] {
  const wordsBefore = [0];
  pieces.forEach((piece, i) => wordsBefore.push((wordsBefore[i] ?? 0) + (piece.kind === 'text' && !isSpace(piece) ? 1 : 0)));
  const hasWords = (from: number, to: number): boolean => (wordsBefore[to] ?? 0) > (wordsBefore[from] ?? 0);
  const changes = new Array<number>(splits.length + 1).fill(0);
  for (const [open, close] of matchPairs(pieces)) {
    if (open > close) continue;
    const first = firstAfter(splits, open), after = firstAfter(splits, close);
    if (first === after) continue;
    if (!hasWords(splits[first - 1] ?? 0, open) && !hasWords(close, splits[after] ?? pieces.length)) continue;
    changes[first] = (changes[first] ?? 0) + 1;
    changes[after] = (changes[after] ?? 0) - 1;
  }
  let depth = 0;
  return splits.map((_split, i) => (depth += changes[i] ?? 0) > 0);
}

/** Index of the first of sorted numbers that is greater than `value`. */
function firstAfter(sorted: readonly number[], value: number): number {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? Infinity) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
