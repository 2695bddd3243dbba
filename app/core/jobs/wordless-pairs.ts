/** Signs that a model drops: the `[7]` of a reference, the `*` of a note, where they stood in a pair of tags of their own. */
import type { ReadonlyRuns, Runs } from '../../contract/shapes/text.ts';
import { normalizeRuns, plainText } from '../segments/runs.ts';
import { tagPairs } from '../segments/tag-pairs.ts';

const LETTER = /\p{L}/u;
const occurrences = (text: string, part: string): number => text.split(part).length - 1;

/**
 * A pair that enclosed signs without a letter, and encloses nothing in the target, gets its signs back, unless the target
 * has them elsewhere. Nothing else changes.
 */
export function refillWordlessPairs(target: ReadonlyRuns, source: ReadonlyRuns): Runs {
  const there = tagPairs(target), all = plainText(target), wanted = plainText(source);
  const signs = new Map<number, string>();
  for (const { tag, text, holdsTags } of tagPairs(source).values()) {
    const pair = there.get(tag);
    if (!pair || holdsTags || text.trim() === '' || LETTER.test(text) || pair.text.trim() !== '' || pair.holdsTags) continue;
    if (occurrences(all, text.trim()) < occurrences(wanted, text.trim())) signs.set(pair.open, text);
  }
  return normalizeRuns(target.flatMap((run, i) => { const text = signs.get(i); return text === undefined ? [run] : [run, text]; }));
}
