/** Placeholders in messages: what a program puts its values in for, so that no translation may lose one. */
import type { InlineCode, Token } from '../xliff/inline-codes.ts';

/** C99 section 7.21.6.1, with POSIX positions, Python's names, Objective-C's `%@` and gettext's `%<PRIu64>`. */
const PRINTF = /%%|%(?:\d+\$)?(?:\([\w.-]+\))?[-+ 0#'I]*(?:\*(?:\d+\$)?|\d+)?(?:\.(?:\*(?:\d+\$)?|\d+)?)?(?:hh|h|ll|l|q|j|z|t|L)?(?:[diouxXeEfFgGaAcsSpnm@r]|<PRI[A-Za-z0-9]+>)/g;
/** Python's str.format (fields, with an attribute or index, conversion and format), C#'s and Java's numbered arguments. */
const BRACES = /\{\{|\}\}|\{[\w.[\]-]*(?:![rsa])?(?:[:,][^{}]*)?\}/g;
/** A message that says nothing of its format: only what can hardly be anything else. */
const UNFLAGGED = /%\([\w.-]+\)[sdif]|(?<![\d%])%(?:\d+\$)?(?:[sd](?![\p{L}\p{N}])|@)|\{\w+\}/gu;

const BRACE_FLAGS = /^(python-brace|csharp|java|java-printf|c\+\+|rust|kde-kuit)-format$/;

/** Pattern for the placeholders of a message with these flags; null when it is said to have none. */
function patternFor(flags: readonly string[]): RegExp | null {
  const formats = flags.filter((flag) => /-format$/.test(flag) && !/^(no|possible|impossible)-/.test(flag));
  if (formats.some((flag) => BRACE_FLAGS.test(flag) && flag !== 'java-printf-format')) return BRACES;
  if (formats.length > 0) return PRINTF;
  return flags.some((flag) => flag.startsWith('no-') && flag.endsWith('-format')) ? null : UNFLAGGED;
}

/** Tokens of a message. Equal placeholders are one tag that appears as often as they do. */
export function messageTokens(text: string, flags: readonly string[], canDelete: boolean): Token[] {
  const pattern = patternFor(flags);
  if (!pattern) return [text];
  const tokens: Token[] = [];
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    tokens.push(text.slice(at, match.index), { kind: 'empty', code: placeholder(match[0], canDelete) });
    at = match.index + match[0].length;
  }
  tokens.push(text.slice(at));
  return tokens;
}

function placeholder(text: string, canDelete: boolean): InlineCode {
  const label = /[\w.]+/.exec(text.replace(/^%(\d+\$)?[-+ 0#'I]*/, ''))?.[0] ?? 'arg';
  return { key: text, open: text, element: false, shown: { label: label.slice(0, 24), open: text, canDelete, canCopy: false } };
}
