/**
 * The small word before a term (an article, a demonstrative, a preposition that holds an article) often has the gender or
 * number of the word that stood there before. The model itself tells which one goes with the term: given the few words of
 * the source, and made to say the term behind one free token, it chooses that token.
 */
import { unitsBetween, unitsOf } from '../alignment/words.ts';
import type { LinkedTranslation } from './replace-stretches.ts';
import type { WrittenTerm } from './write-terms.ts';

export interface Determiner {
  /** UTF-16 offsets in the translation, end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly word: string;
  /** The words of the source that determiner and term stand for, with the one before them where the source has no determiner. */
  readonly source: string;
  /** What the translation says for that one; else empty. */
  readonly lead: string;
  /** What follows the determiner in the translation, to the end of the term. */
  readonly rest: string;
  /** The same with the words that stood there before the term. */
  readonly restBefore: string;
}

/** What the model would say in place of a determiner, and the log-probability of that with what follows. */
export interface DeterminerChoice {
  readonly word: string;
  readonly score: number;
}

/** Letters of a determiner, at most. */
const LONGEST = 5;
/** Letters of the source between the determiner and the term, at most. */
const FARTHEST = 24;
/** How much more probable another form must be with the term, and how much less with the word before it, in nats. */
const PREFERRED = 1.5;
/** The least sum of the two. */
const CHANGED = 4;

/** The determiner of a term that was written into the translation, directly before it or one longer word further; null when there is none. */
export function determinerOf(source: string, { text, links }: LinkedTranslation, { occurrence, start, end, replaced }: WrittenTerm): Determiner | null {
  if (occurrence.verbatim || replaced === '') return null;
  const units = unitsOf(text);
  const [first] = unitsBetween(units, start, end);
  const wordAt = (unit: number): { start: number; end: number; word: string; begin: number | null } | null => {
    const from = units.starts[unit];
    const to = units.ends[unit];
    if (from === undefined || to === undefined) return null;
    const begins = links.flatMap((link) => (link.target[0] < to && from < link.target[1] && link.source[1] <= occurrence.start && isClose(source.slice(link.source[0], occurrence.start)) ? [link.source[0]] : []));
    return { start: from, end: to, word: text.slice(from, to), begin: begins.length === 0 ? null : Math.min(...begins) };
  };
  const nearest = wordAt(first - 1);
  const further = wordAt(first - 2);
  const joins = (one: { end: number }, next: number): boolean => /^\s+$/.test(text.slice(one.end, next));
  if (nearest === null || !joins(nearest, start)) return null;
  const asked = (determiner: { start: number; end: number; word: string }, begin: number, lead: string): Determiner => ({
    start: determiner.start, end: determiner.end, word: determiner.word, source: source.slice(begin, occurrence.end), lead,
    rest: text.slice(determiner.end, end).trimStart(), restBefore: (text.slice(determiner.end, start) + replaced).trimStart(),
  });
  const before = further !== null && joins(further, nearest.start) ? further : null;
  if (!isSmall(nearest.word)) return before !== null && before.begin !== null && isSmall(before.word) && /^\p{L}+$/u.test(nearest.word) ? asked(before, before.begin, '') : null;
  if (nearest.begin !== null) return asked(nearest, nearest.begin, '');
  return before !== null && before.begin !== null && /^\p{L}+$/u.test(before.word) ? asked(nearest, before.begin, before.word) : asked(nearest, occurrence.start, '');
}

const isSmall = (word: string): boolean => /^\p{Script=Latin}\p{Ll}*$/u.test(word) && word.length <= LONGEST;

/** Words alone, and not many. */
const isClose = (between: string): boolean => between.length <= FARTHEST && /^[\p{L}\s]+$/u.test(between);

/** Whether there is any other form of the determiner that is more probable with the term: reason to ask how it was before. */
export const mayChange = (determiner: Determiner, choices: readonly DeterminerChoice[]): boolean => chooseDeterminer(determiner, choices, null) !== determiner.word;

/**
 * The determiner that goes with the term: another form of the word that is there, if the model prefers it with the term and
 * prefers the old one with what stood there before (`controls`; not looked at when null). So much else of the text than
 * the few words shown may decide which determiner stands there (a verb's preposition); a change of preference is the term's.
 */
export function chooseDeterminer({ word }: Determiner, choices: readonly DeterminerChoice[], controls: readonly DeterminerChoice[] | null): string {
  const known = word.toLowerCase();
  const scores = scoresOf(choices);
  const before = controls === null ? null : scoresOf(controls);
  let best: DeterminerChoice | null = null;
  for (const [other, score] of scores) {
    if (other === known || !mayBeForms(other, known)) continue;
    const gain = score - (scores.get(known) ?? leastOf(scores));
    const loss = before === null ? CHANGED : (before.get(known) ?? -Infinity) - (before.get(other) ?? leastOf(before));
    if (gain >= PREFERRED && loss >= PREFERRED && gain + loss >= CHANGED && (best === null || score > best.score)) best = { word: other, score };
  }
  if (best === null) return word;
  return /^\p{Lu}/u.test(word) ? best.word.slice(0, 1).toUpperCase() + best.word.slice(1) : best.word;
}

/** By word in small letters. */
function scoresOf(choices: readonly DeterminerChoice[]): Map<string, number> {
  const scores = new Map<string, number>();
  for (const { word, score } of choices) scores.set(word.toLowerCase(), Math.max(score, scores.get(word.toLowerCase()) ?? -Infinity));
  return scores;
}

const leastOf = (scores: ReadonlyMap<string, number>): number => Math.min(...scores.values());

/** Whether two small words may be forms of one: tiny ones of the same length (o, a; el, la; os, as), others that begin alike (um, uma; este, esta; ao, à). */
function mayBeForms(one: string, other: string): boolean {
  if (!/^\p{L}+$/u.test(one)) return false;
  const difference = Math.abs(one.length - other.length);
  if (difference <= 1 && initialOf(one) === initialOf(other)) return true;
  return difference === 0 && (one.length === 1 || (one.length === 2 && [...one].some((letter) => other.includes(letter))));
}

/** Without its accent. */
const initialOf = (word: string): string | undefined => word.normalize('NFD')[0];
