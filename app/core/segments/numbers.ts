/** Numbers of a text, whatever their format: 1,000.50 and 1.000,50 and 1 000,50 (spaces of any width) are one. */

import { separatorsAgree } from '../../../native-models/alignment/number-separators.ts';

const NUMBER = /\p{Nd}{1,3}(?:[ \u00a0\u2009\u202f]\p{Nd}{3})+(?!\p{Nd})(?:[.,]\p{Nd}+)?|\p{Nd}+(?:[.,'’]\p{Nd}+)*/gu;

/** Digits of each number in order, without separators, as ASCII digits; a number without separators loses its leading zeros. */
export function numbersOf(text: string): string[] {
  return Array.from(text.matchAll(NUMBER), ([number]) => (/^\p{Nd}+$/u.test(number) ? asciiDigits(number).replace(/^0+(?=\d)/, '') : asciiDigits(number)));
}

/**
 * Numbers of the source that the target lacks, and those of the target that the source lacks. Both empty when all agree.
 * They come as digits, as they are written when only the separators differ in a way that makes another number (1.234.56).
 */
export function compareNumbers(source: string, target: string): { lost: string[]; added: string[] } {
  const wanted = writtenNumbers(source), added: WrittenNumber[] = [];
  for (const number of writtenNumbers(target)) {
    const at = wanted.findIndex(({ digits, ascii }) => digits === number.digits && separatorsAgree(ascii, number.ascii));
    if (at >= 0) wanted.splice(at, 1);
    else added.push(number);
  }
  const lost = wanted.map(({ digits }) => digits), other = added.map(({ digits }) => digits);
  if (lost.some((digits) => other.includes(digits))) return { lost: wanted.map(({ written }) => written), added: added.map(({ written }) => written) };
  // The same digits grouped otherwise (12 500 beside 12500) are the same numbers.
  if (lost.join('') === other.join('')) return { lost: [], added: [] };
  return { lost, added: other };
}

interface WrittenNumber {
  readonly written: string;
  readonly digits: string;
  /** With its separators, compatibility forms resolved. */
  readonly ascii: string;
}

const writtenNumbers = (text: string): WrittenNumber[] =>
  Array.from(text.matchAll(NUMBER), ([written]) => ({ written, digits: numbersOf(written)[0] ?? '', ascii: written.normalize('NFKC') }));

/** Digits of every script as 0-9: those of one script stand in a row that begins at its zero. */
function asciiDigits(number: string): string {
  let digits = '';
  for (const sign of number.normalize('NFKC')) {
    if (!/\p{Nd}/u.test(sign)) continue;
    const code = sign.codePointAt(0) ?? 0;
    digits += code < 0x80 ? sign : String(digitValue(code));
  }
  return digits;
}

function digitValue(code: number): number {
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
  return (code - zero) % 10;
}
