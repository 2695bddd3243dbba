/** Translated text as Markdown's characters: escaped where it would be read as markup, and no more than that at first. */

/** Where a text stands in its block. */
export interface TextContext {
  /** Characters of the output just before and after; empty at the block's edges. */
  readonly before: string;
  readonly after: string;
  /** Just after or before an emphasis mark, whose meaning depends on the neighbouring characters. */
  readonly afterMark: boolean;
  readonly beforeMark: boolean;
  readonly cell: boolean;
  readonly heading: boolean;
}

const REFERENCE = /&(?=#\d{1,7};|#[xX][\dA-Fa-f]{1,6};|[A-Za-z][A-Za-z\d]*;)/g;
const isWord = (character: string): boolean => /[\p{L}\p{N}]/u.test(character);
const isSpace = (character: string): boolean => character === '' || /\s/.test(character);

/** What would be markup in most places; a reader of the source finds nothing escaped that need not be. */
export function escapeLightly(text: string, { before, after, cell, heading }: TextContext): string {
  const neighbours = (offset: number): [string, string] => [offset === 0 ? before : text.charAt(offset - 1), offset === text.length - 1 ? after : text.charAt(offset + 1)];
  let escaped = text
    .replace(/\\(?=[!-/:-@[-`{-~]|$)|`|[*_]|~(?=~)|<(?=[A-Za-z/!?])/g, (mark: string, offset: number) => {
      if (mark !== '*' && mark !== '_') return `\\${mark}`;
      const [left, right] = neighbours(offset);
      const plain = (isSpace(left) && isSpace(right) && left + right !== '') || (mark === '_' && isWord(left) && isWord(right));
      return plain ? mark : `\\${mark}`;
    })
    .replace(REFERENCE, '\\&');
  if (cell) escaped = escaped.replace(/\|/g, '\\|');
  if (before === '') escaped = escapeLineStart(escaped);
  escaped = afterMath(escaped, before);
  if (heading && after === '') escaped = escaped.replace(/#(?=#*$)/, '\\#');
  return escaped;
}

/** Everything that could be markup anywhere, and the characters beside emphasis marks as references: for text that light escapes do not save. */
export function escapeFully(text: string, { before, afterMark, beforeMark }: TextContext): string {
  const characters = Array.from(text);
  const escaped = characters.map((character, i) => {
    if ((i === 0 && afterMark) || (i === characters.length - 1 && beforeMark)) return reference(character);
    return /[!#$&*+\-./:<=>?@[\\\]^_`{|}~]/.test(character) ? `\\${character}` : character;
  }).join('');
  return before === '' ? escaped.replace(/^(\d{1,9})([.)])/, '$1\\$2') : afterMath(escaped, before);
}

/** A digit after `$x$` would make it prose about dollars. */
const afterMath = (text: string, before: string): string => (before === '$' && /^\d/.test(text) ? reference(text.charAt(0)) + text.slice(1) : text);

const reference = (character: string): string => `&#${character.codePointAt(0)};`;

/** What would make a line a heading, a quote, a list item, a rule, a fence or a table, at the line's start. */
function escapeLineStart(text: string): string {
  return text.replace(/^(#{1,6}(?=\s|$)|>|[-+](?=\s|$|[-\s]*$)|=+\s*$|~~~|\||:(?=-)|\[\^)/, '\\$1').replace(/^(\d{1,9})([.)])(?=\s|$)/, '$1\\$2');
}

/** The description of an image: brackets and everything that would be markup. */
export const escapeDescription = (text: string): string => oneLine(text).replace(/[\\[\]`*_<~$|]|\{(?=[{%#.:])|!(?=\[)/g, '\\$&').replace(REFERENCE, '\\&');

/** The title of a link, an image or a definition, between quotes or in parentheses. */
export function escapeTitle(text: string, quote: string): string {
  const marks = quote === '(' ? /[()]/g : quote === "'" ? /'/g : /"/g;
  return oneLine(text).replace(/\\(?=[!-/:-@[-`{-~]|$)/g, '\\\\').replace(marks, '\\$&').replace(/\|/g, '\\|').replace(REFERENCE, '\\&');
}

/** Lines would change the block structure. */
export const oneLine = (text: string): string => text.replace(/\s*[\n\r]\s*/g, ' ');
