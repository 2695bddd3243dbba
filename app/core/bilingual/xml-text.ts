/** Text in the XML of exchange files, without loss: what XML 1.0 can't hold gets markup of its own. */
import { escapeText } from '../formats/xml/xml-events.ts';

/** Everything outside XML 1.0's production Char: C0 controls but tab and line ends, U+FFFE and U+FFFF, lone surrogates. */
const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

/** Character data for a text; `illegal` gives the markup for a character (by its four hexadecimal digits) that XML can't hold. */
export function xmlText(text: string, illegal: (hex: string) => string): string {
  let markup = '';
  let at = 0;
  for (const match of text.matchAll(ILLEGAL)) {
    markup += characters(text.slice(at, match.index)) + illegal(match[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0'));
    at = match.index + match[0].length;
  }
  return markup + characters(text.slice(at));
}

/** `\r` survives as a reference: a parser makes a plain one a line feed. */
const characters = (text: string): string => escapeText(text).replaceAll('\r', '&#13;');

/** The character of four hexadecimal digits; empty when they are not such. */
export const characterOf = (hex: string | undefined): string => (hex !== undefined && /^[0-9A-Fa-f]{4}$/.test(hex) ? String.fromCharCode(Number.parseInt(hex, 16)) : '');
