/** What changes in a translation when one word of the source does. */
import { unitsOf } from '../words.ts';
import type { Anchor } from './anchors.ts';

export interface VariedText {
  readonly source: string;
  /** The word that differs, UTF-16 offsets. */
  readonly varied: readonly [start: number, end: number];
  readonly target: string;
}

/** More words than these have changed for another reason. */
const MOST_WORDS = 2;

/** The anchor of a text by another one with the same words around: what their translations don't share. Null where that is not clear. */
export function anchorByVariation({ varied, target }: VariedText, other: VariedText): Anchor | null {
  const [here, there] = [wordsOf(target), wordsOf(other.target)];
  const shorter = Math.min(here.length, there.length);
  let before = 0;
  while (before < shorter && here[before]?.text === there[before]?.text) before++;
  let after = 0;
  while (after < shorter - before && here.at(-1 - after)?.text === there.at(-1 - after)?.text) after++;
  const changed = here.slice(before, here.length - after);
  const changedThere = there.length - after - before;
  const [first] = changed, last = changed.at(-1);
  if (first === undefined || last === undefined || changedThere === 0 || changed.length > MOST_WORDS || changedThere > MOST_WORDS) return null;
  // Nothing around it is the same: these are two different sentences.
  if (before + after < changed.length + 1) return null;
  return { source: varied, target: [first.start, last.end] };
}

function wordsOf(text: string): { text: string; start: number; end: number }[] {
  const { starts, ends, count } = unitsOf(text);
  return Array.from({ length: count }, (_, i) => ({ text: text.slice(starts[i], ends[i]), start: starts[i] ?? 0, end: ends[i] ?? 0 }));
}
