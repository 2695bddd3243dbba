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
  /** The same with the words that stood there before the term. */
  readonly restBefore: string;
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
const MARGIN = 1;

/** The determiner of a term that was written into the translation, directly before it or one word further; null when there is none. */
export function determinerOf(source: string, { text, links }: LinkedTranslation, { occurrence, start, end, replaced }: WrittenTerm): Determiner | null {
  if (occurrence.verbatim || replaced === '') return null;
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
    if (here.length > 0) return { start: from, end: to, word, source: source.slice(Math.min(...here), occurrence.end), rest: text.slice(to, end), restBefore: text.slice(to, start) + replaced };
  }
  return null;
}

/** Words alone, and not many. */
const isClose = (between: string): boolean => between.length <= FARTHEST && /^[\p{L}\s]+$/u.test(between);

/**
 * The determiner that goes with the term: another form of the same word, if it is clearly more probable; the word itself
 * when none is.
 */
export function chooseDeterminer({ word }: Determiner, choices: readonly DeterminerChoice[]): string {
  const known = word.toLowerCase();
  const best = bestForm(known, choices);
  const own = choices.reduce((most, choice) => (choice.word.toLowerCase() === known ? Math.max(most, choice.score) : most), -Infinity);
  if (best === null || best.word === known || best.score < own + MARGIN) return word;
  return /^\p{Lu}/u.test(word) ? best.word.slice(0, 1).toUpperCase() + best.word.slice(1) : best.word;
}

/**
 * Whether the model, asked for the word that stood there before, says the determiner that stands there: if not, the few
 * words that it was shown are not what the determiner came from, and its answers mean nothing.
 */
export function isConfirmed({ word }: Determiner, choices: readonly DeterminerChoice[]): boolean {
  return bestForm(word.toLowerCase(), choices)?.word === word.toLowerCase();
}

/** Of the choices that are forms of the word, or it itself, the most probable one, in small letters. */
function bestForm(known: string, choices: readonly DeterminerChoice[]): DeterminerChoice | null {
  let best: DeterminerChoice | null = null;
  for (const { word, score } of choices) {
    const small = word.toLowerCase();
    if ((small === known || mayBeForms(small, known)) && (best === null || score > best.score)) best = { word: small, score };
  }
  return best;
}

/** Whether two small words may be forms of one: tiny ones of the same length (o, a; el, la; os, as), others that begin alike (um, uma; este, esta). */
function mayBeForms(one: string, other: string): boolean {
  if (!/^\p{L}+$/u.test(one)) return false;
  const difference = Math.abs(one.length - other.length);
  if (difference <= 1 && one[0] === other[0]) return true;
  return difference === 0 && (one.length === 1 || (one.length === 2 && [...one].some((letter) => other.includes(letter))));
}
