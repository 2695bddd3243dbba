/** Words that are the same in two texts, so that it is known what belongs together. */
import { unitsOf } from '../words.ts';

type Span = readonly [start: number, end: number];

/** UTF-16 offsets, end exclusive. */
export interface Anchor {
  readonly source: Span;
  readonly target: Span;
}

/** Names, numbers and identifiers that stand once in each of the two texts. */
export function anchorsOf(source: string, target: string): Anchor[] {
  const there = onceOnly(target);
  return [...onceOnly(source)].flatMap(([word, span]): Anchor[] => {
    const found = there.get(word);
    return found === undefined || span === null || found === null ? [] : [{ source: span, target: found }];
  });
}

/** With a digit or a capital; a single letter is too easily met by chance. */
const MARKED = /\p{Nd}|\p{Lu}.|.\p{Lu}/u;

/** Null for a word that comes more than once. */
function onceOnly(text: string): Map<string, Span | null> {
  const { starts, ends, count } = unitsOf(text);
  const places = new Map<string, Span | null>();
  for (let i = 0; i < count; i++) {
    const word = text.slice(starts[i], ends[i]);
    if (MARKED.test(word)) places.set(word, places.has(word) ? null : [starts[i] ?? 0, ends[i] ?? 0]);
  }
  return places;
}
