/**
 * What of a text goes to the model: its sentences, line by line, without the white space around them, cut where one is too
 * long for the model. Everything else (line breaks, tabs, white space, what has no word to translate) stands in the translation
 * as it is. Sentence by sentence translates better than several at once (docs/engine-batching.md).
 */
import { withoutAddresses } from './addresses.ts';
import { sentencesOf, splitLongText } from './split-long-text.ts';
import { withoutVerbatimRuns } from './verbatim-runs.ts';

export interface TextPart {
  /** Offset in the text, UTF-16. */
  readonly start: number;
  readonly text: string;
  /** false: goes into the translation unchanged. */
  readonly translate: boolean;
  /** Show it to the model with a full stop, which leaves the translation again. */
  readonly asSentence?: boolean;
  /** Show it to the model with a small first letter; the translation starts with a capital again. */
  readonly smallFirst?: boolean;
}

/** Line breaks of Unicode (UAX 14, mandatory breaks; CR LF is one), and tabs, which separate as well. */
const SEPARATOR = /\r\n|[\n\r\t\v\f\u0085\u2028\u2029]/g;
/** Names of a program's own: with `_`, `::`, `->` or `$` between letters, a path from `/`, or parts joined by dots (main.rs). */
const CODE = /(?<![^\s"'`*()])[^\s"'`*()]*[\p{L}\p{N}](?:_|::|->|\$)[\p{L}\p{N}][^\s"'`*()]*|(?<![\p{L}\p{N}])\.{0,2}\/[\p{L}\p{N}_.-]+(?:\/[\p{L}\p{N}_.-]*)*|(?<![\p{L}\p{N}-]\.?)(?:[\p{L}\p{N}-]+\/)*[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.[a-z0-9]{2,}(?![\p{L}\p{N}])/gu;
/** Quick, and true for all that `CODE` finds. */
const MAY_HAVE_CODE = /[_$/]|::|->|\.[a-z0-9]/;
const LETTER = /\p{L}/u;
/** Letters between white space are a word: no address, path or name of a program is made of letters alone. */
const PLAIN_WORD = /(?:^|\s)\p{L}+(?:\s|$)/u;

/** Whether a text has words in it: letters outside of addresses, paths and names of programs. */
export function hasWords(text: string): boolean {
  return PLAIN_WORD.test(text) || (LETTER.test(text) && LETTER.test(withoutCode(text)));
}

/** The text with a space in place of each address, path and name of a program. */
export function withoutCode(text: string): string {
  const rest = withoutAddresses(text);
  return MAY_HAVE_CODE.test(rest) ? rest.replace(CODE, ' ') : rest;
}

/** The parts of a text, in order and without gaps. `fits` says whether a text is short enough for the model. */
export function planText(text: string, fits: (text: string) => boolean): TextPart[] {
  const parts: TextPart[] = [];
  let start = 0;
  for (const match of text.matchAll(SEPARATOR)) {
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
  for (const piece of sentencesOf(content).flatMap((sentence) => splitLongText(sentence, (piece) => fits(withoutVerbatimRuns(piece))))) {
    const body = piece.trimEnd();
    if (hasWords(body)) parts.push({ start: start + at, text: body, translate: true });
    else keep(body, at);
    keep(piece.slice(body.length), at + body.length);
    at += piece.length;
  }
  keep(line.slice(at), at);
}
