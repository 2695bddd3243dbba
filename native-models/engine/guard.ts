/**
 * Looks at a translation for the faults that neural models are known for: loops, changed numbers and addresses, lost text.
 * It reads the two texts, and is told what the model's attention passed over. It flags; it never alters.
 */
import { addressesIn, withoutAddresses } from './addresses.ts';
import type { TranslationFlag } from './engine.ts';
import { separatorsAgree } from '../alignment/number-separators.ts';
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
  if (numbersChanged(source, target)) flags.push('number-changed');
  if (fixedTokens(source).some((token) => !target.includes(token))) flags.push('url-changed');
  if (hasWords(source) && !/[\p{L}\p{N}]/u.test(target)) flags.push('empty-target');
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

/** How far the longest repetition is beyond its limit, 0 when none reaches it. */
function longestRepetition(words: readonly string[]): number {
  let most = 0;
  for (let size = 1; size <= 12; size++) {
    const limit = size === 1 ? 5 : size === 2 ? 4 : 3;
    let same = 0;
    for (let i = size; i < words.length; i++) {
      same = words[i] === words[i - size] ? same + 1 : 0;
      const times = Math.floor(same / size) + 1;
      if (times >= limit && /[\p{L}\p{N}]/u.test(words.slice(i - size + 1, i + 1).join(''))) most = Math.max(most, times - limit + 1);
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

/** Groups of three digits between spaces, or digits with any other separators. */
const NUMBER = /(?<!\p{Nd})\p{Nd}{1,3}(?:[ \u00a0\u202f]\p{Nd}{3})+(?!\p{Nd})(?:[.,]\p{Nd}+)?|\p{Nd}+(?:[.,:'’]\p{Nd}+)*/gu;

const writtenNumbers = (text: string): string[] => text.normalize('NFKC').match(NUMBER) ?? [];

/** Without separators, which differ between languages: 1,234.5 and 1.234,5 are both 12345. */
const digitsOf = (number: string): string => number.replace(/\P{Nd}/gu, '');

function numbersChanged(source: string, target: string): boolean {
  const wanted = writtenNumbers(withoutAddresses(source));
  if (wanted.length === 0) return false;
  const got = writtenNumbers(withoutAddresses(target));
  // The same digits, grouped otherwise: 10:30 and 10h30.
  if (wanted.length !== got.length && digitsOf(wanted.join('')) === digitsOf(got.join(''))) return false;
  const extra = [...got];
  const missing = wanted.filter((number) => {
    const at = extra.findIndex((other) => digitsOf(other) === digitsOf(number) && separatorsAgree(number, other));
    if (at >= 0) extra.splice(at, 1);
    return at < 0;
  });
  if (missing.length === 0) return false;
  const missingDigits = missing.map(digitsOf);
  const extraDigits = extra.map(digitsOf);
  if (missingDigits.some((digits) => extraDigits.includes(digits))) return true;
  if (digitsOf(wanted.join('')) === digitsOf(got.join(''))) return false;
  const afternoon = /\d\s?p\.?\s?m\b/i.test(source);
  return missingDigits.some((number) => !isWrittenOtherwise(number, extraDigits, target) && !(afternoon && extraDigits.includes(inTheAfternoon(number))));
}

/**
 * A number that is right though its digits are not there: in Roman numerals (18th century, século XVIII), with a word for
 * the thousands (100,000, 100 mil), a decade by two digits (the 1990s, os anos 90), a single digit spelled out (3, three).
 */
function isWrittenOtherwise(number: string, extra: readonly string[], target: string): boolean {
  const value = Number(number);
  if (value > 0 && value < 40 && new RegExp(String.raw`(?<!\p{L})${roman(value)}(?!\p{L})`, 'u').test(target)) return true;
  if (/000$/.test(number) && extra.some((other) => /^(?:000)+$/.test(number.slice(other.length)) && number.startsWith(other))) return true;
  if (/^(?:19|20)\d\d$/.test(number) && extra.includes(number.slice(2))) return true;
  return number.length === 1 && extra.length === 0;
}

/** 4:00 p.m. is 16:00, both without separators. */
const inTheAfternoon = (number: string): string => (number.length <= 2 ? String(Number(number) + 12) : `${Number(number.slice(0, -2)) + 12}${number.slice(-2)}`);

function roman(value: number): string {
  const ones = ['', 'I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX'];
  return 'X'.repeat(Math.floor(value / 10)) + (ones[value % 10] ?? '');
}

/** Placeholders (printf, ICU, shell) and names with underscores. */
const PLACEHOLDER = /(?<!\p{Nd})%(?:\d+\$)?[-+0#]?\d*(?:\.\d+)?[sdifxXeEgGcu@](?![\p{L}\p{N}])|\{\{?[^{}\s]*\}\}?|\$\{[^}\s]+\}|\b[\p{L}\p{N}]+(?:_[\p{L}\p{N}]+)+\b/gu;

/** Addresses, placeholders and identifiers: what must stand in the translation letter by letter. */
export function fixedTokens(text: string): string[] {
  return [...addressesIn(text), ...(/[%{_]/.test(text) ? (withoutAddresses(text).match(PLACEHOLDER) ?? []) : [])];
}

const withoutFixed = (text: string): string => withoutCode(fixedTokens(text).reduce((rest, token) => rest.replaceAll(token, ' '), text));

/** How grave the flags are, for choosing between two translations of a text. */
export const graveness = (flags: readonly TranslationFlag[]): number => flags.reduce((sum, flag) => sum + (flag === 'target-is-source' ? 1 : flag === 'number-changed' ? 2 : 3), 0);

/** The same text again, unless it is short or all names: at least three words that start in lower case. */
function isUntranslated(source: string, target: string): boolean {
  return source.trim() === target.trim() && (withoutFixed(source).match(/(?<![\p{L}\p{N}])\p{Ll}[\p{L}\p{M}'’]+/gu) ?? []).length >= 3;
}

/** Languages differ in length, scripts more so: a Chinese text has a third of the characters of an English one. */
function isTooShort(source: string, target: string): boolean {
  const length = weightOf(source);
  return length >= 40 && weightOf(target) < 0.4 * length;
}

function weightOf(text: string): number {
  const words = withoutAddresses(text);
  const all = words.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  const dense = words.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu)?.length ?? 0;
  return all + 1.5 * dense;
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
