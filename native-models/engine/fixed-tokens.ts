/** What must stand in a translation letter by letter: addresses, placeholders, and the names that programs give to things. */
import { addressesIn, withoutAddresses } from './addresses.ts';

/** printf, ICU and shell placeholders. */
const PLACEHOLDER = String.raw`(?<!\p{Nd})%(?:\d+\$)?[-+0#]?\d*(?:\.\d+)?[sdifxXeEgGcu@](?![\p{L}\p{N}])|\{\{?[^{}\s]*\}\}?|\$\{[^}\s]{1,200}\}|(?<![\p{L}\p{N}$])\$[A-Z_][A-Z0-9_]+\b|(?<![\p{L}\p{N}%])%[A-Z_]{2,}%`;
/** Paths: from a root (/usr/lib, ~/x, ./x, C:\x), or with a file's ending behind their last slash. */
const PATH = String.raw`(?<![^\s"'\x60“‘«(\[{=:,])(?:~|\.{1,2})?/[\p{L}\p{N}_.-]*[\p{L}\p{N}_-](?:/[\p{L}\p{N}_.-]*[\p{L}\p{N}_-])*/?|(?<![\p{L}\p{N}])[A-Za-z]:\\[^\s"'<>|,;]*[^\s"'<>|,;.]|(?<![\p{L}\p{N}/.])[\p{L}\p{N}_-]+(?:/[\p{L}\p{N}_.-]+)+\.[a-z][a-z0-9]{0,4}(?![\p{L}\p{N}])`;
/** A file's name: letters, a full stop, an ending of small letters. */
const FILE = String.raw`(?<![\p{L}\p{N}/.@])[\p{L}\p{N}_-]{2,}\.(?:[a-z]{2,4}|[a-z]{1,3}[0-9])(?![\p{L}\p{N}])(?!\.\p{L})`;

interface FixedKind {
  /** Quick, and true for every text in which `pattern` finds something. */
  readonly mayBeIn: RegExp;
  readonly pattern: RegExp;
}

/** Each is compiled only when a text may have one: they are long, and to compile all takes as long as to translate several sentences. */
const kind = (mayBeIn: RegExp, pattern: string): FixedKind => ({ mayBeIn, pattern: new RegExp(pattern, 'gu') });

/** Where two begin at the same place the first one counts. */
const KINDS: readonly FixedKind[] = [
  kind(/[%{$]/, PLACEHOLDER),
  kind(/[/\\]/, PATH),
  kind(/\.[a-z]/, FILE),
  // snake_case
  kind(/_/, String.raw`(?<![\p{L}\p{N}_])_*[\p{L}\p{N}]+(?:_+[\p{L}\p{N}]+)+_*(?:\(\))?`),
  // a::b, a->b
  kind(/::|->/, String.raw`(?<![\p{L}\p{N}])[\p{L}\p{N}_]+(?:(?:::|->)[\p{L}\p{N}_]+)+(?:\(\))?`),
  // f()
  kind(/\(\)/, String.raw`(?<![\p{L}\p{N}])[a-zA-Z_][a-zA-Z0-9_.]*\(\)`),
  // --option
  kind(/--/, String.raw`(?<![\p{L}\p{N}-])--[a-z][a-z0-9]*(?:-[a-z0-9]+)*`),
  // v1.2
  kind(/v\d/, String.raw`(?<![\p{L}\p{N}.])v\d+(?:\.\d+)+(?:-[a-z0-9.]*[a-z0-9])?(?![\p{L}\p{N}])`),
  // 1.2.3-rc1
  kind(/\d-[a-z]/, String.raw`(?<![\p{L}\p{N}.])\d+(?:\.\d+){2,}-[a-z][a-z0-9.]*[a-z0-9](?![\p{L}\p{N}])`),
  // camelCase, PascalCase
  kind(/[a-z\u00df-\u00f60-9][A-Z\u00c0-\u00d6\u00d8-\u00de]|(?![\0-\u00f6])\p{Ll}\d*\p{Lu}/u, String.raw`(?<![\p{L}\p{N}'’\\])(?!Mc\p{Lu}|Mac\p{Lu}|O\p{Lu})\p{Lu}?\p{Ll}+\d*(?:\p{Lu}+\p{Ll}*\d*)+(?![\p{L}\p{N}'’])`),
  // Letters with digits behind them: utf8, Win32.
  kind(/[a-zA-Z][a-zA-Z]\d/, String.raw`(?<![\p{L}\p{N}])[a-zA-Z]{2,}\d+[a-zA-Z0-9]*(?![\p{L}\p{N}])`),
];

/** All of them, in no order, each as often as the text has it. */
export function fixedTokens(text: string): string[] {
  return [...addressesIn(text), ...namesIn(text)];
}

function namesIn(text: string): string[] {
  const kinds = KINDS.filter(({ mayBeIn }) => mayBeIn.test(text));
  if (kinds.length === 0) return [];
  return matchesOf(kinds.map(({ pattern }) => pattern), withoutAddresses(text)).filter((name) => !ORDINARY.test(name));
}

/** What the patterns, as alternatives of one, find in a text. */
function matchesOf(patterns: readonly RegExp[], text: string): string[] {
  const found: string[] = [];
  const next = patterns.map((pattern) => firstFrom(pattern, text, 0));
  for (;;) {
    let first: RegExpExecArray | null = null;
    for (const match of next) if (match !== null && (first === null || match.index < first.index)) first = match;
    if (first === null) return found;
    found.push(first[0]);
    const end = first.index + first[0].length;
    patterns.forEach((pattern, i) => {
      const match = next[i] ?? null;
      if (match !== null && match.index < end) next[i] = firstFrom(pattern, text, end);
    });
  }
}

function firstFrom(pattern: RegExp, text: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from;
  return pattern.exec(text);
}

/** What looks like a name of a program's and is ordinary writing: and/or is none of them, "/ 5" neither; plurals (PDFs, CEOs); areas and volumes. */
const ORDINARY = /^\/[0-9]+$|^\p{Lu}{2,}s$|^[kcdm]m[23]$/u;

/** Tokens of the source that its translation lacks, or has less often. */
export function lostFixedTokens(source: string, target: string): string[] {
  const tokens = fixedTokens(source);
  if (tokens.length === 0) return [];
  const counts = new Map<string, number>();
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  return [...counts].flatMap(([token, count]) => (occurrences(target, token) < Math.min(occurrences(source, token), count) ? [token] : []));
}

function occurrences(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count++;
  return count;
}
