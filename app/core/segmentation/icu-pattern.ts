/** ICU regular expressions, as SRX files use them, in JavaScript. */
import { StudioError } from '../../contract/errors.ts';

const POSIX: Readonly<Record<string, string>> = {
  alpha: '\\p{Alphabetic}', alnum: '\\p{Alphabetic}\\p{Nd}', digit: '\\p{Nd}', lower: '\\p{Lowercase}', upper: '\\p{Uppercase}', space: '\\s',
  blank: '\\p{Zs}\\t', punct: '\\p{P}', cntrl: '\\p{Cc}', word: '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}', xdigit: '0-9A-Fa-f',
};
/** Property names that ICU takes and ECMAScript spells otherwise. */
const PROPERTIES: Readonly<Record<string, string>> = {
  alpha: 'Alphabetic', alnum: 'Alphabetic', digit: 'Nd', lower: 'Lowercase', upper: 'Uppercase', space: 'White_Space', punct: 'P',
  lowercase_letter: 'Ll', uppercase_letter: 'Lu', letter: 'L', number: 'N', punctuation: 'P', blank: 'Zs',
};
/** Escapes of both dialects with one meaning; everything else that is escaped is a symbol. */
const SHARED_ESCAPE = /^\\(?:[dDwWsSbBtnrfv]|[1-9]\d*|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|k<\w+>)/;

/**
 * Translates the parts of ICU's syntax that differ: inline flags, `\x{41}`, `\h`, `\A`, `\Z`, `\Q..\E`, possessive
 * quantifiers (taken as greedy), POSIX classes, property aliases, set difference and intersection in classes.
 * @returns the body of a pattern for the `v` flag.
 * @throws StudioError FORMAT_BROKEN naming the pattern when JavaScript can't compile the outcome.
 */
export function translateIcuPattern(icu: string): string {
  let out = '';
  let at = 0;
  /** Scoped groups opened for inline flags, one count a group level. */
  const scoped = [0];
  const closeScoped = (): string => ')'.repeat(scoped.at(-1) ?? 0);
  while (at < icu.length) {
    const ahead = icu.slice(at);
    const flags = /^\(\?([imsux]+)\)/.exec(ahead);
    const atom = flags ? null : readEscape(ahead, false);
    if (flags) {
      const kept = (flags[1] ?? '').replace(/[^ims]/g, '');
      if (kept) { out += `(?${kept}:`; scoped[scoped.length - 1] = (scoped.at(-1) ?? 0) + 1; }
      at += flags[0].length;
    } else if (atom) {
      out += atom.text;
      at += atom.length;
    } else if (ahead.startsWith('[')) {
      const set = readClass(icu, at);
      out += set.text;
      at = set.end;
    } else {
      const char = ahead.charAt(0);
      if (char === '(') scoped.push(0);
      if (char === ')') { out += closeScoped(); if (scoped.length > 1) scoped.pop(); }
      const possessive = char === '+' && /(?:[*+?]|\{\d+(?:,\d*)?\})$/.test(out) && !/\\[*+?]$/.test(out);
      if (!possessive) out += char === '/' ? '\\/' : char;
      at++;
    }
  }
  out += closeScoped();
  try {
    new RegExp(out, 'v');
  } catch (cause) {
    throw new StudioError('FORMAT_BROKEN', `The segmentation rule ${icu} can't be compiled.`, { advice: 'Correct the regular expression in the rules file.', data: { pattern: icu }, cause });
  }
  return out;
}

/** An escape sequence at the start of `ahead`, translated; null when there is none. */
function readEscape(ahead: string, inClass: boolean): { text: string; length: number } | null {
  if (!ahead.startsWith('\\')) return null;
  const take = (pattern: RegExp, text: (match: RegExpExecArray) => string) => {
    const match = pattern.exec(ahead);
    return match ? { text: text(match), length: match[0].length } : null;
  };
  return take(/^\\Q([\s\S]*?)(?:\\E|$)/, (m) => [...(m[1] ?? '')].map((char) => symbol(char, inClass)).join(''))
    ?? take(/^\\[xu]\{([0-9a-fA-F]+)\}/, (m) => `\\u{${m[1] ?? ''}}`)
    ?? take(/^\\U([0-9a-fA-F]{8})/, (m) => `\\u{${(m[1] ?? '').replace(/^0+(?=.)/, '')}}`)
    ?? take(/^\\([pP])\{(?:Is)?([^}]+)\}/, (m) => `\\${m[1] ?? 'p'}{${property(m[2] ?? '')}}`)
    ?? take(/^\\([pP])([A-Z])/, (m) => `\\${m[1] ?? 'p'}{${m[2] ?? ''}}`)
    ?? take(/^\\h/, () => (inClass ? '\\t\\p{Zs}' : '[\\t\\p{Zs}]'))
    ?? take(/^\\A/, () => '^')
    ?? take(/^\\[Zz]/, () => '$')
    ?? take(/^\\a/, () => '\\x07')
    ?? take(/^\\e/, () => '\\x1b')
    ?? take(SHARED_ESCAPE, (m) => m[0])
    ?? take(/^\\(.)/su, (m) => symbol(m[1] ?? '', inClass))
    ?? { text: '\\\\', length: 1 };
}

/** A character class that begins at `start`, in the syntax of the `v` flag. */
function readClass(icu: string, start: number): { text: string; end: number } {
  let at = start + 1;
  const negated = icu[at] === '^';
  if (negated) at++;
  let items = '';
  let expression = '';
  const operator = (sign: string): void => { expression = `${expression}${expression ? `[${items}]` : items ? `[${items}]` : ''}${sign}`; items = ''; };
  let first = true;
  while (at < icu.length && (icu[at] !== ']' || first)) {
    const ahead = icu.slice(at);
    const posix = /^\[:\^?(\w+):\]/.exec(ahead);
    const escape = readEscape(ahead, true);
    if (posix && POSIX[posix[1] ?? '']) { items += POSIX[posix[1] ?? ''] ?? ''; at += posix[0].length; }
    else if (escape) { items += escape.text; at += escape.length; }
    else if (ahead.startsWith('&&')) { operator('&&'); at += 2; }
    else if (/^--?\[/.test(ahead)) { operator('--'); at += ahead.startsWith('--') ? 2 : 1; }
    else if (ahead.startsWith('[')) { const inner = readClass(icu, at); items += inner.text; at = inner.end; }
    else {
      const char = String.fromCodePoint(icu.codePointAt(at) ?? 0);
      const range = char === '-' && !first && icu[at + 1] !== ']' && !/(?:\\[pPsdwSDW](?:\{[^}]*\})?|\])$/.test(items);
      items += range ? '-' : symbol(char, true);
      at += char.length;
    }
    first = false;
  }
  return { text: `[${negated ? '^' : ''}${expression}${expression ? (/^\[[^\]]*\]$/.test(items) ? items : `[${items}]`) : items}]`, end: at + 1 };
}

function property(name: string): string {
  const alias = PROPERTIES[name.toLowerCase()];
  if (alias) return alias;
  return /^In[A-Z]/.test(name) ? `Script=${name.slice(2)}` : name;
}

/** A literal character: with `v`, any syntax character must, and any ASCII punctuation in a class may, be escaped. */
const symbol = (char: string, inClass: boolean): string =>
  (inClass ? /[-!#$%&()*+,./:;<=>?@[\\\]^`{|}~]/ : /[\\^$.*+?()[\]{}|/]/).test(char) ? `\\${char}` : char;
