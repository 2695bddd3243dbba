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
  /** The words of the source from that which the determiner stands for to the term. */
  readonly source: string;
  /** What follows it in the translation, to the end of the term. */
  readonly rest: string;
}

/** What the model would say in place of a determiner, and the log-probability of that with what follows. */
export interface DeterminerChoice {
  readonly word: string;
  readonly score: number;
}

const LONGEST = 5;
/** Letters of the source between the determiner and the term, at most. */
const FARTHEST = 24;
/** How much better another determiner must be: the model can't tell closer ones apart. */
const MARGIN = 0.5;

/** The determiner of a term that was written into the translation, directly before it or one word further; null when there is none. */
export function determinerOf(source: string, { text, links }: LinkedTranslation, { occurrence, start, end }: WrittenTerm): Determiner | null {
  const units = unitsOf(text);
  const [first] = unitsBetween(units, start, end);
  for (const unit of [first - 1, first - 2]) {
    const from = units.starts[unit];
    const to = units.ends[unit];
    if (from === undefined || to === undefined) return null;
    const word = text.slice(from, to);
    const between = text.slice(to, start);
    if (!/^\s+(?:\p{L}+\s+)?$/u.test(between)) return null;
    if (!/^\p{Script=Latin}+$/u.test(word) || word.length > LONGEST || word.slice(1) !== word.slice(1).toLowerCase()) continue;
    const begins = links.flatMap((link) => (link.target[0] < to && from < link.target[1] && link.source[1] <= occurrence.start ? [link.source[0]] : []));
    const here = begins.filter((at) => isClose(source.slice(at, occurrence.start)));
    if (here.length > 0) return { start: from, end: to, word, source: source.slice(Math.min(...here), occurrence.end), rest: text.slice(to, end) };
  }
  return null;
}

/** Words alone, and not many. */
const isClose = (between: string): boolean => between.length <= FARTHEST && /^[\p{L}\s]+$/u.test(between);

/** The determiner that goes with the term: another form of the same word, if it is clearly more probable. */
export function chooseDeterminer({ word }: Determiner, choices: readonly DeterminerChoice[]): string {
  const known = word.toLowerCase();
  const [best] = choices.map((choice) => ({ ...choice, word: choice.word.toLowerCase() })).filter((choice) => choice.word === known || isFormOf(choice.word, known)).sort((a, b) => b.score - a.score);
  const own = choices.reduce((most, choice) => (choice.word.toLowerCase() === known ? Math.max(most, choice.score) : most), -Infinity);
  if (best === undefined || best.word === known || best.score < own + MARGIN) return word;
  return /^\p{Lu}/u.test(word) ? best.word.slice(0, 1).toUpperCase() + best.word.slice(1) : best.word;
}

/** Whether two small words may be forms of one: as long as each other when they are tiny (o, a; el, la), else with the same start (um, uma; este, esta). */
function isFormOf(one: string, other: string): boolean {
  if (!/^\p{L}+$/u.test(one)) return false;
  const difference = Math.abs(one.length - other.length);
  return difference <= 1 && (one[0] === other[0] || (difference === 0 && one.length <= 2 && one.at(-1) === other.at(-1)) || (one.length === 1 && other.length === 1) || (one.length === 2 && other.length === 2 && [...one].some((letter) => other.includes(letter))));
}
