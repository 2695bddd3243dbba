/**
 * Looks at a translation for the faults that neural models are known for: loops, changed numbers and addresses, lost text.
 * It reads the two texts, and is told what the model's attention passed over. It flags; it never alters.
 */
import { addressesIn, withoutAddresses } from './addresses.ts';
import type { TranslationFlag } from './engine.ts';
import { fixedTokens, lostFixedTokens } from './fixed-tokens.ts';
import { keptNumbers } from './kept-numbers.ts';
import { countLetters } from './letter-counts.ts';
import { hasWords, withoutCode } from './text-plan.ts';

export interface CheckedText {
  readonly source: string;
  readonly target: string;
  /** The decoder ran into its length limit. */
  readonly truncated: boolean;
  /** Letters of the source that no word of the translation looked at (`lostStretches`); 0 when absent. */
  readonly lostLetters?: number;
}

/** The flags of a translation, each once, in the order of the list below. */
export function checkTranslation({ source, target, truncated, lostLetters = 0 }: CheckedText): TranslationFlag[] {
  const flags: TranslationFlag[] = [];
  const loops = hasLoop(source, target);
  if (loops) flags.push('repetition-loop');
  const numbers = keptNumbers(withoutAddresses(source), withoutAddresses(target));
  if (numbers !== 'kept') flags.push(numbers === 'changed' ? 'number-changed' : 'number-rewritten');
  const lost = lostFixedTokens(source, target);
  const addresses = new Set(addressesIn(source));
  if (lost.some((token) => addresses.has(token))) flags.push('url-changed');
  if (lost.some((token) => !addresses.has(token))) flags.push('identifier-changed');
  if (hasWords(source) && !LETTER_OR_DIGIT.test(target)) flags.push('empty-target');
  else if (isUntranslated(source, target)) flags.push('target-is-source');
  if ((truncated && !loops) || lostLetters > 0 || isTooShort(source, target)) flags.push('text-lost');
  return flags;
}

/** A word that comes five times in a row, two words four times, longer groups three times, and not so in the source. */
function hasLoop(source: string, target: string): boolean {
  const most = longestRepetition(wordsOf(target));
  if (most < 1) return longestSignRun(target) >= 12 && longestSignRun(target) > 2 * longestSignRun(source);
  return longestRepetition(wordsOf(source)) < most;
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}\p{M}]+|[^\s\p{L}\p{N}\p{M}]/gu) ?? [];

const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

/** Whether a word comes three times, as those of a repetition do. */
function hasThreeOfAKind(words: readonly string[]): boolean {
  const once = new Set<string>(), twice = new Set<string>();
  for (const word of words) {
    if (!once.has(word)) once.add(word);
    else if (!twice.has(word)) twice.add(word);
    else if (LETTER_OR_DIGIT.test(word)) return true;
  }
  return false;
}

/** How far the longest repetition is beyond its limit, 0 when none reaches it. */
function longestRepetition(words: readonly string[]): number {
  let most = 0;
  if (!hasThreeOfAKind(words)) return 0;
  for (let size = 1; size <= 12; size++) {
    const limit = size === 1 ? 5 : size === 2 ? 4 : 3;
    let same = 0;
    for (let i = size; i < words.length; i++) {
      same = words[i] === words[i - size] ? same + 1 : 0;
      const times = Math.floor(same / size) + 1;
      if (times >= limit && LETTER_OR_DIGIT.test(words.slice(i - size + 1, i + 1).join(''))) most = Math.max(most, times - limit + 1);
    }
  }
  return most;
}

/** Length of the longest run of one sign, or of one group of up to four signs. */
function longestSignRun(text: string): number {
  let most = 0;
  for (const match of text.matchAll(/(\S{1,4}?)\1{3,}/gu)) most = Math.max(most, match[0].length);
  return most;
}

const withoutFixed = (text: string): string => withoutCode([...new Set(fixedTokens(text))].reduce((rest, token) => rest.replaceAll(token, ' '), text));

/** How grave the flags are, for choosing between two translations of a text; one of no weight asks for no second try. */
const GRAVENESS: Readonly<Record<TranslationFlag, number>> = {
  'repetition-loop': 3, 'number-changed': 2, 'number-rewritten': 0, 'url-changed': 3, 'identifier-changed': 2, 'empty-target': 3, 'target-is-source': 1, 'text-lost': 3, 'term-missing': 0,
};
export const graveness = (flags: readonly TranslationFlag[]): number => flags.reduce((sum, flag) => sum + GRAVENESS[flag], 0);

/** A word that `lettersOf` leaves as it is. */
const SMALL_LETTERS = /^\p{Ll}+$/u;

/** Ordinary words: those that start with a small letter, names and code left out. */
const ordinaryWords = (text: string): string[] => withoutFixed(text).match(/(?<![\p{L}\p{N}])\p{Ll}[\p{L}\p{M}'’]+/gu) ?? [];

/**
 * The same text again, or a long part of it: at least three ordinary words that all stand in the translation, or eight that
 * do in a row. What a language has in common with its neighbour is seldom longer.
 */
function isUntranslated(source: string, target: string): boolean {
  const words = ordinaryWords(source);
  if (words.length < 3) return false;
  const small = target.toLowerCase();
  if (words.every((word) => !SMALL_LETTERS.test(word) || small.includes(word)) && lettersOf(source) === lettersOf(target)) return true;
  if (words.length < 8) return false;
  return haveRunInCommon(words, ordinaryWords(target), 8);
}

const lettersOf = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim();

/** Whether so many words in a row stand in both. */
function haveRunInCommon(one: readonly string[], other: readonly string[], length: number): boolean {
  const runsOf = (words: readonly string[]): string[] => words.slice(length - 1).map((_, i) => words.slice(i, i + length).join(' '));
  const runs = new Set(runsOf(other));
  return runsOf(one).some((run) => runs.has(run));
}

/** Languages differ in length, scripts more so: a Chinese text has a third of the characters of an English one. */
function isTooShort(source: string, target: string): boolean {
  const length = weightOf(source);
  return length >= 40 && weightOf(target) < 0.4 * length;
}

function weightOf(text: string): number {
  const { letters, dense } = countLetters(withoutAddresses(text));
  return letters + 1.5 * dense;
}

/** Opening and closing signs that pair in every language, narrow and wide. */
const PAIRS = [/[(（]/gu, /[)）]/gu, /[[［]/gu, /[\]］]/gu] as const;
/** An opening sign that nothing follows. */
const DANGLING = /\s*[([（［{«“‘„]\s*$/u;

/** Whether brackets or straight quotes that pair in the source do not in the translation, or one opens at its end. */
export function isUnbalanced(source: string, target: string): boolean {
  if (DANGLING.test(target) && !DANGLING.test(source)) return true;
  if (!/[([（［"\])）］]/u.test(target)) return false;
  const [open, close, openSquare, closeSquare] = PAIRS;
  const balance = (text: string): readonly number[] => [count(text, open) - count(text, close), count(text, openSquare) - count(text, closeSquare), count(text, /"/g) % 2];
  const before = balance(source);
  return before.every((each) => each === 0) && balance(target).some((each) => each !== 0);
}

const count = (text: string, sign: RegExp): number => text.match(sign)?.length ?? 0;

/** The translation without an opening sign at its end that the source has nowhere. */
export function withoutDangling(source: string, target: string): string {
  const sign = DANGLING.exec(target)?.[0].trim();
  return sign === undefined || sign === '' || source.includes(sign) || target.length === DANGLING.exec(target)?.[0].length ? target : target.replace(DANGLING, '');
}
