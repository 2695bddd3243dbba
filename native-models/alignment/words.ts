/**
 * Cuts text into the units that links and tags respect: an address, a number, a word, an emoji or a single sign. In
 * scripts without spaces between words each character is a unit.
 */

const UNIT = new RegExp(
  [
    // Web and mail addresses, without the punctuation that follows them in a sentence.
    String.raw`(?:[a-zA-Z][a-zA-Z0-9+.-]{0,30}:\/\/|[wW]{3}\.)[^\s<>"']*[^\s<>"'.,;:!?)\]}»”]`,
    String.raw`(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+\.\p{L}{2,}`,
    // Placeholders of software texts.
    String.raw`%(?:\d+\$)?[sdifxuSDIFXU@](?![\p{L}\p{N}])|\$?\{\{?[\p{L}\p{N}_.:]*\}\}?`,
    // Numbers with their separators.
    String.raw`\p{Nd}+(?:[.,:]\p{Nd}+)*(?:[\p{L}\p{M}]+)?`,
    // Scripts that do not put spaces between words.
    String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]\p{M}*`,
    // Words; an apostrophe inside belongs to them.
    String.raw`(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}])[\p{L}\p{N}\p{M}_]|(?<=\p{L})['’](?=\p{L}))+`,
    // Emoji with all that joins them.
    String.raw`\p{Regional_Indicator}{2}`,
    String.raw`\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier}|\u200d\p{Extended_Pictographic})*`,
    String.raw`\S\p{M}*`,
  ].join('|'),
  // Not `i`: with it the classes of Unicode take three times as long to compile.
  'gu',
);

/** Places of units in a text: unit i covers `starts[i]` to `ends[i]`, UTF-16, end exclusive. White space lies between. */
export interface Units {
  readonly count: number;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

export function unitsOf(text: string): Units {
  const starts: number[] = [];
  const ends: number[] = [];
  for (const match of text.matchAll(UNIT)) {
    starts.push(match.index);
    ends.push(match.index + match[0].length);
  }
  return { count: starts.length, starts: Int32Array.from(starts), ends: Int32Array.from(ends) };
}

/** Whether a unit is a sign: no letter, no digit. */
export const isSign = (text: string): boolean => !/[\p{L}\p{N}]/u.test(text);

/** The units that overlap `from` to `to`, as a range of unit numbers, end exclusive; empty at the place where it would be. */
export function unitsBetween({ starts, ends, count }: Units, from: number, to: number): readonly [first: number, end: number] {
  let first = lowerBound(ends, count, from + 1);
  let end = first;
  while (end < count && (starts[end] ?? 0) < to) end++;
  if (first > end) first = end;
  return [first, end];
}

/** The first index whose value is at least `value`. */
function lowerBound(values: Int32Array, count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
