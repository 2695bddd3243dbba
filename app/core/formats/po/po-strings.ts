/** Strings of PO files: C escapes, and how a file breaks them into lines. */

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\u0007', b: '\b', f: '\f', v: '\v', '"': '"', '\\': '\\' };
const NAMED = new Map(Object.entries(ESCAPES).map(([letter, character]) => [character, `\\${letter}`]));

/** The text of what stands between two quotes. An escape that C does not know stays as it is. */
export function unescapePo(raw: string): string {
  return raw.replace(/\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|([\s\S]))/g, (all: string, octal?: string, hex?: string, letter?: string) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    return ESCAPES[letter ?? ''] ?? all;
  });
}

export function escapePo(text: string): string {
  return text.replace(/[\u0000-\u001f"\\\u007f]/g, (character) => NAMED.get(character) ?? `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

export interface Layout {
  /** Columns of a line, quotes and keyword included; Infinity: long strings are not broken. */
  readonly width: number;
  /** A `\n` in the text ends a line of the file. */
  readonly breakAtNewline: boolean;
  /** Line end of the file. */
  readonly eol: string;
}

/**
 * A text as the quoted strings that follow a keyword: on its line when they fit there, else `""` and one string a line.
 * `lead` is what stands before the first quote (`msgstr `), `prefix` what every further line begins with.
 */
export function layOut(text: string, lead: string, prefix: string, { width, breakAtNewline, eol }: Layout): string {
  const paragraphs = breakAtNewline ? (text.match(/[^\n]*\n|[^\n]+/g) ?? ['']) : [text];
  const whole = escapePo(text);
  if (paragraphs.length === 1 && columns(lead) + columns(whole) + 2 <= width) return `"${whole}"`;
  const lines = paragraphs.flatMap((paragraph) => wrap(paragraph, width - columns(prefix) - 2));
  return lines.length === 1 ? `"${whole}"` : ['""', ...lines.map((line) => `${prefix}"${line}"`)].join(eol);
}

/** Escaped pieces of a text, each as long as fits; words, and characters of scripts without spaces, are never cut. */
function wrap(text: string, width: number): string[] {
  const pieces = width === Infinity ? [text] : (text.match(/[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef][^\S\n]*|[^\s\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]*(?:\s+|$)|[^\s\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]+/g) ?? [text]);
  const lines: string[] = [];
  let line = '', length = 0;
  for (const piece of pieces) {
    const escaped = escapePo(piece);
    const size = columns(escaped);
    if (line !== '' && length + columns(escaped.trimEnd()) > width) {
      lines.push(line);
      line = '';
      length = 0;
    }
    line += escaped;
    length += size;
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** Columns on a terminal: characters of East Asian scripts take two. */
export function columns(text: string): number {
  let count = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    count += (point >= 0x1100 && point <= 0x115f) || (point >= 0x2e80 && point <= 0xa4cf) || (point >= 0xac00 && point <= 0xd7a3) || (point >= 0xf900 && point <= 0xfaff) || (point >= 0xfe30 && point <= 0xfe6f) || (point >= 0xff00 && point <= 0xff60) || (point >= 0x20000 && point <= 0x3fffd) ? 2 : /\p{Mn}/u.test(character) ? 0 : 1;
  }
  return count;
}
