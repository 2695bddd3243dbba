/** The many pieces that unigram training starts from: every run of characters that occurs at least twice. */
import { LONGEST_PIECE, mayJoin } from './piece-rules.ts';

/** Google's trainer starts from as many. */
const MOST_SEEDS = 1_000_000;

/**
 * Pieces of two or more characters and how often they occur, the most useful (count times length) first. A run can occur
 * twice only where both runs that are one character shorter do, so each length is counted only there.
 */
export function seedPieces(words: readonly (readonly [text: string, count: number])[]): [piece: string, count: number][] {
  const characters = words.map(([text]) => Array.from(text));
  /** For each word, the starts of runs of the length before that are frequent. */
  let alive = characters.map((word) => word.map((_, at) => at));
  const found: [string, number, number][] = [];
  for (let length = 2; length <= LONGEST_PIECE; length++) {
    const counts = new Map<string, number>();
    const starts = characters.map((word, index) => {
      const before = new Set(alive[index]);
      return [...before].filter((at) => before.has(at + 1) && at + length <= word.length && mayJoin(word[at + length - 2] ?? '', word[at + length - 1] ?? ''));
    });
    starts.forEach((places, index) => {
      const count = words[index]?.[1] ?? 0;
      for (const at of places) {
        const piece = characters[index]?.slice(at, at + length).join('') ?? '';
        counts.set(piece, (counts.get(piece) ?? 0) + count);
      }
    });
    alive = starts.map((places, index) => places.filter((at) => (counts.get(characters[index]?.slice(at, at + length).join('') ?? '') ?? 0) >= 2));
    let any = false;
    for (const [piece, count] of counts) {
      if (count < 2) continue;
      any = true;
      found.push([piece, count, count * length]);
    }
    if (!any) break;
  }
  found.sort(([a, , m], [b, , n]) => n - m || (a < b ? -1 : 1));
  return found.slice(0, MOST_SEEDS).map(([piece, count]) => [piece, count]);
}
