/**
 * What of a text goes to the model: its lines, without the white space around them, cut where a line is too long for the
 * model. Everything else (line breaks, white space, lines without a word to translate) stands in the translation as it is.
 */
import { splitLongText } from './split-long-text.ts';

export interface TextPart {
  /** Offset in the text, UTF-16. */
  readonly start: number;
  readonly text: string;
  /** false: goes into the translation unchanged. */
  readonly translate: boolean;
}

/** Line breaks of Unicode (UAX 14, mandatory breaks): CR LF is one. */
const LINE_BREAK = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/g;
const ADDRESS = /(?:\b[a-z][a-z0-9+.-]*:\/\/|\bwww\.)[^\s<>"']+|[^\s<>"'@]+@[^\s<>"'@]+\.[^\s<>"'@]+/giu;
const LETTER = /\p{L}/u;

/** Whether a text has words in it: letters outside of web and mail addresses. */
export function hasWords(text: string): boolean {
  return LETTER.test(text) && LETTER.test(text.replace(ADDRESS, ' '));
}

/** The parts of a text, in order and without gaps. `fits` says whether a text is short enough for the model. */
export function planText(text: string, fits: (text: string) => boolean): TextPart[] {
  const parts: TextPart[] = [];
  let start = 0;
  for (const match of text.matchAll(LINE_BREAK)) {
    planLine(text.slice(start, match.index), start, fits, parts);
    parts.push({ start: match.index, text: match[0], translate: false });
    start = match.index + match[0].length;
  }
  planLine(text.slice(start), start, fits, parts);
  return parts;
}

function planLine(line: string, start: number, fits: (text: string) => boolean, parts: TextPart[]): void {
  const keep = (text: string, at: number): void => {
    if (text !== '') parts.push({ start: start + at, text, translate: false });
  };
  const content = line.trim();
  if (!hasWords(content)) return keep(line, 0);
  const before = line.length - line.trimStart().length;
  keep(line.slice(0, before), 0);
  let at = before;
  for (const piece of splitLongText(content, fits)) {
    const body = piece.trimEnd();
    if (hasWords(body)) parts.push({ start: start + at, text: body, translate: true });
    else keep(body, at);
    keep(piece.slice(body.length), at + body.length);
    at += piece.length;
  }
  keep(line.slice(at), at);
}
