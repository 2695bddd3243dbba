/**
 * What to do about a translation that has a fault, one after the other until nothing is wrong: what the model would say
 * next, what it says when it may not repeat itself, its own words with a lost number or name written in and all that
 * follows decoded again, or the text in parts (repair.ts).
 */
import type { WordLink } from '../alignment/word-links.ts';
import type { TermOccurrence } from '../terms/term-book.ts';
import { writeTerms } from '../terms/write-terms.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import { lostFixedTokens } from './fixed-tokens.ts';
import { keptNumbers } from './kept-numbers.ts';
import { type Faults, repairs } from './repair.ts';
import type { TextPart } from './text-plan.ts';

/** Another search of the same text; every hypothesis of the beam is looked at. */
export interface SecondSearch {
  readonly beam: number;
  /** No output repeats so many tokens in a row; 0: it may. */
  readonly noRepeatNgram: number;
}

export type SecondTry =
  | { readonly kind: 'search'; readonly search: SecondSearch }
  /** With what is lost written in letter by letter. */
  | { readonly kind: 'verbatim' }
  | { readonly kind: 'parts'; readonly parts: readonly TextPart[] };

const NEXT_BEAMS: SecondTry = { kind: 'search', search: { beam: 4, noRepeatNgram: 0 } };
const NO_CIRCLES: SecondTry = { kind: 'search', search: { beam: 4, noRepeatNgram: 3 } };

/**
 * The cheapest first: a beam costs six times as much as the plain search and needs a graph of its own. It brings numbers
 * back, and seldom text that is lost (docs/engine-coverage.md).
 */
export function secondTries(text: string, faults: Faults): SecondTry[] {
  const { flags } = faults;
  const inParts = repairs(text, faults).map((parts): SecondTry => ({ kind: 'parts', parts }));
  if (flags.includes('repetition-loop')) return [NO_CIRCLES, ...inParts];
  if (flags.includes('url-changed') || flags.includes('identifier-changed')) return [{ kind: 'verbatim' }, ...inParts, NEXT_BEAMS];
  if (flags.includes('number-changed')) return [{ kind: 'verbatim' }, NEXT_BEAMS, ...inParts];
  // A bracket alone is not worth a beam.
  return flags.length > 0 ? [...inParts, NEXT_BEAMS] : inParts;
}

/**
 * Whether a translation can hold what an earlier one left out: so much of it at least that other words for the rest do not
 * explain it. A lost stretch that the attention of another hypothesis happens to touch is not there for that.
 */
export function mayHoldLost(target: string, earlier: string, lostLetters: number): boolean {
  return lettersIn(target) >= lettersIn(earlier) + lostLetters / 3;
}

const lettersIn = (text: string): number => text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;

export interface WrittenIn {
  readonly text: string;
  readonly links: readonly WordLink[];
  /** Each stands in the place of something that the model said for it. */
  readonly replaces: boolean;
  /** What the model is to continue, as target ids; null where nothing follows, or the vocabulary can't spell it. */
  readonly prefix: readonly number[] | null;
}

/** The translation with the numbers, addresses and names of its source that it lacks, where the attention says that they belong; null when it lacks none. */
export function writeLost(source: string, translation: { readonly text: string; readonly links: readonly WordLink[] }, target: Tokenizer): WrittenIn | null {
  const lost = lostStretches(source, translation.text);
  if (lost.length === 0) return null;
  const occurrences = lost.map(([start, end]): TermOccurrence => ({ start, end, forms: [{ text: source.slice(start, end), caseSensitive: true }], verbatim: true, paired: false }));
  const { text, links, terms } = writeTerms(source, translation, occurrences, []);
  const end = terms.at(-1)?.end ?? text.length;
  const prefix = /\p{L}/u.test(text.slice(end)) ? target.encode(text.slice(0, end)) : null;
  return { text, links, replaces: terms.every(({ replaced }) => replaced !== ''), prefix: prefix?.includes(target.unkId) === true ? null : prefix };
}

const WRITTEN_NUMBER = /\p{Nd}+(?:[.,:'’\u00a0\u202f]\p{Nd}+)*/gu;

/** In order and apart from each other. */
function lostStretches(source: string, target: string): (readonly [start: number, end: number])[] {
  const names = lostFixedTokens(source, target).map((token) => [source.indexOf(token), source.indexOf(token) + token.length] as const);
  const numbers = Array.from(source.matchAll(WRITTEN_NUMBER), ({ index, 0: number }) => [index, index + number.length] as const).filter(([start, end]) => keptNumbers(source.slice(start, end), target) === 'changed');
  const all = [...names, ...numbers].filter(([start]) => start >= 0).sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  return all.filter(([start], i) => all.slice(0, i).every((other) => other[1] <= start));
}
