/** How far two texts are from each other, counted in words. */

/** Words, single signs, and single characters of scripts that write no space between words; letter case does not count. */
export const memoryWords = (text: string): string[] =>
  text.toLowerCase().match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}\p{M}]+|[^\s\p{L}\p{N}\p{M}]/gu) ?? [];

/** Levenshtein's distance (1966) of two sequences: insertions, deletions and replacements that make one of the other. */
export function editDistance(one: Int32Array, other: Int32Array): number {
  let before = Int32Array.from({ length: other.length + 1 }, (_, column) => column);
  let now = new Int32Array(other.length + 1);
  for (let row = 1; row <= one.length; row++) {
    now[0] = row;
    for (let column = 1; column <= other.length; column++) {
      const replaced = (before[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
      now[column] = Math.min(replaced, (before[column] ?? 0) + 1, (now[column - 1] ?? 0) + 1);
    }
    [before, now] = [now, before];
  }
  return before[other.length] ?? 0;
}

/** Words of a column of that table that one number holds, a bit each. */
const BITS = 32;

/** How far another sequence is away; one that is further than `most` may be given any number above `most`. */
export type DistanceTo = (other: Int32Array, most: number) => number;

/** The distances of many others from one sequence. Words are numbers below `words`, or -1 where no other sequence has them. */
export const distancesFrom = (one: Int32Array, words: number): DistanceTo => (one.length > 0 && one.length <= BITS ? byBits(one, words) : byCommonWords(one, words));

/** A whole column of the table is a few operations on bits (Myers 1999, in the form of Hyyrö 2003). */
function byBits(one: Int32Array, words: number): DistanceTo {
  const places = new Int32Array(words), last = 1 << (one.length - 1);
  for (const [place, word] of one.entries()) if (word >= 0) places[word] = (places[word] ?? 0) | (1 << place);
  return (other, most) => {
    // Steps down a column: +1 where `up` has a bit, -1 where `down` has one.
    let up = -1, down = 0, distance = one.length;
    for (let column = 0; column < other.length; column++) {
      const equal = places[other[column] ?? -1] ?? 0;
      const diagonal = (((equal & up) + up) ^ up) | equal | down;
      const right = down | ~(diagonal | up), left = diagonal & up;
      if ((right & last) !== 0) distance++;
      else if ((left & last) !== 0) distance--;
      // Each word that is left takes one off at best.
      if (distance - (other.length - column - 1) > most) return most + 1;
      const shifted = (right << 1) | 1;
      up = (left << 1) | ~(diagonal | shifted);
      down = shifted & diagonal;
    }
    return distance;
  };
}

/** The whole table, only for those with enough words in common, wherever they stand: every other word costs a step. */
function byCommonWords(one: Int32Array, words: number): DistanceTo {
  const counts = new Int32Array(words), left = new Int32Array(words);
  for (const word of one) if (word >= 0) counts[word] = (counts[word] ?? 0) + 1;
  return (other, most) => {
    let common = 0;
    for (const word of other) left[word] = counts[word] ?? 0;
    for (const word of other) {
      const there = left[word] ?? 0;
      if (there === 0) continue;
      left[word] = there - 1;
      common++;
    }
    return Math.max(one.length, other.length) - common > most ? most + 1 : editDistance(one, other);
  };
}
