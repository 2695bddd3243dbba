/** Sentences with numbers of all shapes, and a look for their digits that shares nothing with the guard's own. */

export interface PlantedNumber {
  readonly text: string;
  /** The digits of each number that it is made of (a date is three), as ASCII. */
  readonly digits: readonly string[];
}

const ARABIC_ZERO = 0x660;
const DEVANAGARI_ZERO = 0x966;
const inScript = (digits: string, zero: number): string => digits.replace(/[0-9]/g, (digit) => String.fromCharCode(zero + Number(digit)));
const grouped = (value: number, separator: string): string => String(value).replace(/\B(?=(?:\d{3})+$)/g, separator);
const plain = (text: string, value: number): PlantedNumber => ({ text, digits: [String(value)] });
/** A version that reads as a date (2001.1.3) counts as one: three numbers. */
const isCalendarDay = (year: number, month: number, day: number): boolean => year >= 1000 && year < 3000 && month > 0 && day > 0;
const two = (value: number): string => String(value).padStart(2, '0');

/** From a value of at most eight digits to a number as somebody writes it. */
export const NUMBER_SHAPES: readonly ((value: number) => PlantedNumber)[] = [
  (value) => plain(String(value), value),
  (value) => plain(grouped(value, ','), value),
  (value) => plain(grouped(value, '.'), value),
  (value) => plain(grouped(value, '\u00a0'), value),
  (value) => plain(grouped(value, "'"), value),
  (value) => ({ text: `${grouped(value, ',')}.25`, digits: [`${value}25`] }),
  (value) => ({ text: `${grouped(value, '.')},5`, digits: [`${value}5`] }),
  (value) => ({ text: `0.${two(value % 100)}7`, digits: [`0${two(value % 100)}7`] }),
  (value) => plain(`-${value}`, value),
  (value) => plain(`+${value}`, value),
  (value) => plain(`${value}%`, value),
  (value) => plain(`${value} %`, value),
  (value) => plain(`$${value}`, value),
  (value) => plain(`€ ${value}`, value),
  (value) => plain(`${value}km`, value),
  (value) => plain(`${value} kg`, value),
  (value) => plain(`${value}°C`, value),
  (value) => plain(`#${value}`, value),
  (value) => plain(`(${value})`, value),
  (value) => plain(inScript(String(value), ARABIC_ZERO), value),
  (value) => plain(inScript(String(value), DEVANAGARI_ZERO), value),
  (value) => ({ text: `${two((value % 28) + 1)}/${two((value % 12) + 1)}/${1900 + (value % 200)}`, digits: [two((value % 28) + 1), two((value % 12) + 1), String(1900 + (value % 200))] }),
  (value) => ({ text: `${1900 + (value % 200)}-${two((value % 12) + 1)}-${two((value % 28) + 1)}`, digits: [String(1900 + (value % 200)), two((value % 12) + 1), two((value % 28) + 1)] }),
  (value) => ({ text: `${value % 24}:${two(value % 60)}`, digits: [`${value % 24}${two(value % 60)}`] }),
  (value) => ({ text: `${value % 100}-${(value % 100) + 5}`, digits: [String(value % 100), String((value % 100) + 5)] }),
  (value) => ({ text: `${value}.${value % 10}.${value % 7}`, digits: isCalendarDay(value, value % 10, value % 7) ? [value, value % 10, value % 7].map(String) : [`${value}${value % 10}${value % 7}`] }),
];

const FRAMES = {
  en: ['The report of the office speaks of', 'while others saw', 'and later on also', 'against which stand'],
  pt: ['O relatório da repartição fala de', 'enquanto outros viram', 'e mais tarde também', 'contra o que estão'],
} as const;

/** A sentence that says the numbers in order. */
export const sentenceWith = (numbers: readonly string[], language: keyof typeof FRAMES): string => `${numbers.map((number, i) => `${FRAMES[language][i % 4] ?? ''} ${number} books`).join(', ')}.`;

/**
 * Whether all these digits stand in a text, each as often as it is in the list: its digits one behind the other, with at
 * most a separator between two, and no other digit beside them.
 */
export function standsIn(numbers: readonly string[], text: string): boolean {
  const ascii = text.normalize('NFKC').replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - ARABIC_ZERO)).replace(/[\u0966-\u096f]/g, (digit) => String(digit.charCodeAt(0) - DEVANAGARI_ZERO));
  return numbers.every((digits) => {
    const wanted = numbers.filter((other) => other === digits).length;
    const found = ascii.match(new RegExp(`(?<![0-9])${[...digits].join("[.,:'’h ]?\\s?")}(?![0-9])`, 'g')) ?? [];
    return found.length >= wanted;
  });
}
