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
