/**
 * Whether a translation has the numbers of its source: their digits, with separators that make no other number, their sign
 * and their percent. Languages write numbers in many ways, so there is a third answer beside yes and no: the digits are
 * not there as a number of their own, yet what is there can mean the same (18th century: século XVIII).
 */
import { separatorsAgree } from '../alignment/number-separators.ts';
import { asciiDigits } from '../alignment/decimal-digits.ts';

/** `kept`: every number of the source is in the translation. `rewritten`: perhaps, in another form. `changed`: one is not. */
export type NumberVerdict = 'kept' | 'rewritten' | 'changed';

interface WrittenNumber {
  /** ASCII, with its separators. */
  readonly written: string;
  /** Without separators, which differ between languages: 1,234.5 and 1.234,5 are both 12345. */
  readonly digits: string;
  readonly negative: boolean;
  readonly plus: boolean;
  readonly percent: boolean;
  /** A dash of any kind stands before it, perhaps the minus, perhaps of a range. */
  readonly dashed: boolean;
}

/** Quick, and true for every text with a number in it. */
const HAS_NUMBER = /\p{N}/u;
/** Groups of three digits between spaces, or digits with any other separators. */
const NUMBER = /(?<![0-9])[0-9]{1,3}(?: [0-9]{3})+(?![0-9])(?:[.,][0-9]+)?|[0-9]+(?:[.,:'’][0-9]+)*/g;
/** A minus or plus that belongs to the number after it: nothing before it that it could join or take from. */
const SIGN = /(?<![\p{L}\p{N}\p{Pd}−+.,)\]_/=])([-−+])\p{Sc}?$/u;
const ANY_DASH = /[\p{Pd}−]\s?(?:\p{L}{0,3}\p{Sc})?\s?$/u;
const MINUS_WORD = /m[ei]n[ou]s|moins|meno|negat|минус|мінус|ujemn|miinus|eksi|ناقص|سالب|负|負|マイナス|마이너스/iu;
const PERCENT_WORD = /per\s?c[eé]n|por\s?c[ei]|pour\s?cent|perc|pro[zcs]|проц|відс|odst|postot|posto|yüzde|százal|εκατό|百分|パーセント|퍼센트|درصد|المئة|بالمائة|प्रतिशत|אחוז|phần trăm|persen/iu;
/** 10h30, 10 h 30, 10時30分: another sign for 10:30. */
const HOURS = /(?<![0-9])([0-9]{1,2})\s?(?:h|時|时|시)\s?([0-9]{2})(?![0-9])/gi;
/**
 * 22.11.2026, 22/11/2026, 2026-11-22: three numbers, since languages order and join them as they like. Only what a
 * calendar has: 2331.1.0 is a version, one number.
 */
const DATE = /(?<![0-9][.,/-]?)(?:(?:3[01]|[12][0-9]|0?[1-9])([./-])(?:3[01]|[12][0-9]|0?[1-9])\1(?:[12][0-9]{3}|[0-9]{2})|[12][0-9]{3}([./-])(?:3[01]|[12][0-9]|0?[1-9])\2(?:3[01]|[12][0-9]|0?[1-9]))(?![.,/-]?[0-9])/g;

/** `source` and `target`: whole texts without what must stand letter by letter anyway (addresses). */
export function keptNumbers(source: string, target: string): NumberVerdict {
  const wanted = HAS_NUMBER.test(source) ? numbersIn(source) : [];
  if (wanted.length === 0) return 'kept';
  const got = numbersIn(target);
  // Those of the same digits from the last to the first: the first are taken first, off the end of a list.
  const left = Map.groupBy(got.toReversed(), ({ digits }) => digits);
  let verdict: NumberVerdict = 'kept';
  const missing: WrittenNumber[] = [];
  for (const number of wanted) {
    const found = takeFitting(number, left.get(number.digits) ?? []);
    if (found === null) missing.push(number);
    else verdict = worse(verdict, signsKept(number, found, target));
    if (verdict === 'changed') return verdict;
  }
  if (missing.length === 0) return verdict;
  const extra = new Set([...left].flatMap(([digits, numbers]) => (numbers.length > 0 ? [digits] : [])));
  // The same digits with separators that make another number: 1.5 and 15.
  if (missing.some(({ digits }) => extra.has(digits))) return 'changed';
  if (wanted.length !== got.length && joined(wanted) === joined(got)) return worse(verdict, 'rewritten');
  const afternoon = /\d\s?p\.?\s?m\b/i.test(source);
  const rewritten = missing.every((number) => isWrittenOtherwise(number, extra, target) || (afternoon && extra.has(inTheAfternoon(number.digits))));
  return rewritten ? worse(verdict, 'rewritten') : 'changed';
}

/** Takes from those of the same digits the last with the same signs, else the last that can be the same; null where there is none. */
function takeFitting(number: WrittenNumber, others: WrittenNumber[]): WrittenNumber | null {
  const fits = (other: WrittenNumber): boolean => separatorsAgree(number.written, other.written);
  const alike = others.findLastIndex((other) => sameSigns(number, other) && fits(other));
  const at = alike >= 0 ? alike : others.findLastIndex(fits);
  return at < 0 ? null : (others.splice(at, 1)[0] ?? null);
}

const RANK: readonly NumberVerdict[] = ['kept', 'rewritten', 'changed'];
const worse = (one: NumberVerdict, other: NumberVerdict): NumberVerdict => (RANK.indexOf(other) > RANK.indexOf(one) ? other : one);

const joined = (numbers: readonly WrittenNumber[]): string => numbers.map(({ digits }) => digits).join('');

/** All numbers of a text, in any script's digits; those above or below the line (m², ½) are numbers of their own. */
function numbersIn(text: string): WrittenNumber[] {
  const apart = text.replace(/[\u00b2\u00b3\u00b9\u2070-\u209c\u00bc-\u00be\u2150-\u215f\u2189]+/g, (small) => ` ${small} `);
  const plain = asciiDigits(apart.normalize('NFKC')).replace(/[٬]/g, ',').replace(/[٫]/g, '.').replace(HOURS, '$1:$2').replace(DATE, (date) => date.replace(/[./-]/g, '/'));
  return Array.from(plain.matchAll(NUMBER), (match): WrittenNumber => {
    const before = plain.slice(Math.max(0, match.index - 8), match.index);
    const sign = SIGN.exec(before)?.[1];
    const after = plain.slice(match.index + match[0].length);
    return {
      written: match[0], digits: match[0].replace(/[^0-9]/g, ''), negative: sign === '-' || sign === '−', plus: sign === '+',
      percent: /^\s?[%‰٪]/.test(after), dashed: ANY_DASH.test(before),
    };
  });
}

const sameSigns = (one: WrittenNumber, other: WrittenNumber): boolean => one.negative === other.negative && one.plus === other.plus && one.percent === other.percent;

function signsKept(number: WrittenNumber, other: WrittenNumber, target: string): NumberVerdict {
  if (number.percent && !other.percent && !PERCENT_WORD.test(target)) return 'changed';
  if (other.negative && !number.negative && !number.dashed) return 'changed';
  if (number.negative && !other.negative && !other.dashed) return MINUS_WORD.test(target) ? 'rewritten' : 'changed';
  return number.plus && !other.plus ? 'rewritten' : 'kept';
}

/**
 * A number that may be right though its digits are not there: in Roman numerals (18th century, século XVIII), with a word
 * for the thousands (100,000: 100 mil), a decade by two digits (the 1990s, os anos 90), a single digit spelled out.
 */
function isWrittenOtherwise({ digits }: WrittenNumber, extra: ReadonlySet<string>, target: string): boolean {
  const value = Number(digits);
  if (value > 0 && value < 40 && new RegExp(String.raw`(?<!\p{L})${roman(value)}(?!\p{L})`, 'u').test(target)) return true;
  if (/000$/.test(digits) && [...extra].some((other) => /^(?:000)+$/.test(digits.slice(other.length)) && digits.startsWith(other))) return true;
  if (/^(?:19|20)\d\d$/.test(digits) && extra.has(digits.slice(2))) return true;
  return digits.length === 1 && extra.size === 0;
}

/** 4:00 p.m. is 16:00, both without separators. */
const inTheAfternoon = (digits: string): string => (digits.length <= 2 ? String(Number(digits) + 12) : `${Number(digits.slice(0, -2)) + 12}${digits.slice(-2)}`);

function roman(value: number): string {
  const ones = ['', 'I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX'];
  return 'X'.repeat(Math.floor(value / 10)) + (ones[value % 10] ?? '');
}
