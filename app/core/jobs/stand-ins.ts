/** Replacing pieces of a text by single letters, and telling where its other pieces went. */

export type Range = readonly [start: number, end: number];

/** First and last of the Yi syllables: letters to all tools, and hardly ever in a document. */
const FIRST = 0xa000, LAST = 0xa48c;

/** Letters that the text does not have; ends when there are no more. */
export function standInSigns(text: string): { next(): string | undefined } {
  let code = FIRST;
  return {
    next() {
      while (code <= LAST && text.includes(String.fromCharCode(code))) code++;
      return code <= LAST ? String.fromCharCode(code++) : undefined;
    },
  };
}

export interface Substitution {
  /** Replaces a range of the original text; ranges must not overlap. */
  replace(range: Range, by: string): void;
  text(): string;
  /** Where a range of the original text is in the new one: of a replaced piece all of its replacement. */
  range(range: Range): Range;
}

export function createSubstitution(original: string): Substitution {
  const pieces: { start: number; end: number; by: string }[] = [];
  const place = (offset: number, edge: 'start' | 'end'): number => {
    let shift = 0;
    for (const { start, end, by } of pieces) {
      if (end <= offset) shift += by.length - (end - start);
      else if (start < offset) return start + shift + (edge === 'start' ? 0 : by.length);
    }
    return offset + shift;
  };
  return {
    replace([start, end], by) {
      pieces.push({ start, end, by });
      pieces.sort((a, b) => a.start - b.start);
    },
    text() {
      let text = '', at = 0;
      for (const { start, end, by } of pieces) {
        text += original.slice(at, start) + by;
        at = end;
      }
      return text + original.slice(at);
    },
    range: ([start, end]) => [place(start, 'start'), place(end, 'end')],
  };
}
