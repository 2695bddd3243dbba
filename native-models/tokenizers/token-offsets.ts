/**
 * Where the tokens of a tokenizer that tells no places lie in a text: their spellings are looked for in it, one after the
 * other. What the tokenizer's normalization changed in other ways than NFKC costs the tokens there their places, not those
 * behind them.
 */

export interface OffsetOptions {
  /** The tokenizer normalizes: the text is read as NFKC, grapheme cluster by cluster. Byte-level ones don't. */
  readonly normalized: boolean;
}

/** How far ahead a spelling is looked for that does not stand where it should, in bytes of UTF-8. */
const AHEAD = 96;
const SPACE = 0x20;

/**
 * UTF-16 offsets: token i covers `[2 * i]` to `[2 * i + 1]`, end exclusive, never decreasing. `spellings`: UTF-8 of each
 * token; an empty one (an unknown or special token) covers what lies between its neighbours. White space belongs to none.
 */
export function offsetsOfTokens(text: string, spellings: readonly Uint8Array[], { normalized }: OffsetOptions): Int32Array {
  const { bytes, starts, ends } = spelled(text, normalized);
  const offsets = new Int32Array(2 * spellings.length);
  let at = 0;
  let open: number[] = [];
  const close = (until: number): void => {
    const from = skipSpaces(bytes, at), to = skipSpacesBack(bytes, from, until);
    const [first, ...others] = open;
    if (first !== undefined) place(first, from, to);
    for (const other of others) place(other, to, to);
    open = [];
  };
  const place = (token: number, from: number, to: number): void => {
    const start = from < bytes.length ? (starts[from] ?? 0) : text.length;
    offsets[2 * token] = start;
    offsets[2 * token + 1] = to > from ? (ends[to - 1] ?? start) : start;
  };
  for (const [token, spelling] of spellings.entries()) {
    const visible = spelling.subarray(skipSpaces(spelling, 0));
    const found = visible.length === 0 ? -1 : find(bytes, visible, skipSpaces(bytes, at));
    if (found < 0) {
      // A space of its own stands nowhere; what is unknown waits for the next token that is found.
      open.push(token);
      continue;
    }
    close(found);
    place(token, found, found + visible.length);
    at = found + visible.length;
  }
  close(bytes.length);
  for (let i = 1; i < offsets.length; i++) offsets[i] = Math.max(offsets[i] ?? 0, offsets[i - 1] ?? 0);
  return offsets;
}

/** The text as bytes, with the UTF-16 place of what each comes from. */
function spelled(text: string, normalized: boolean): { bytes: Uint8Array; starts: Int32Array; ends: Int32Array } {
  const bytes: number[] = [], starts: number[] = [], ends: number[] = [];
  const add = (part: string, start: number): void => {
    const spelling = normalized ? part.normalize('NFKC') : part;
    for (const byte of UTF8.encode(/^\s+$/u.test(spelling) ? ' ' : spelling)) {
      bytes.push(byte);
      starts.push(start);
      ends.push(start + part.length);
    }
  };
  // Quick for what has no clusters.
  const parts = normalized && !/^[\x20-\x7e]*$/.test(text) ? Array.from(clusters.segment(text), ({ segment }) => segment) : Array.from(text);
  let start = 0;
  for (const part of parts) {
    add(part, start);
    start += part.length;
  }
  return { bytes: Uint8Array.from(bytes), starts: Int32Array.from(starts), ends: Int32Array.from(ends) };
}

const UTF8 = new TextEncoder();
const clusters = new Intl.Segmenter('und', { granularity: 'grapheme' });

function skipSpaces(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === SPACE) at++;
  return at;
}

function skipSpacesBack(bytes: Uint8Array, from: number, until: number): number {
  let end = until;
  while (end > from && bytes[end - 1] === SPACE) end--;
  return Math.max(from, end);
}

/** -1 where it is not to be found nearby. */
function find(bytes: Uint8Array, spelling: Uint8Array, from: number): number {
  for (let at = from; at <= Math.min(from + AHEAD, bytes.length - spelling.length); at++) {
    let same = 0;
    while (same < spelling.length && bytes[at + same] === spelling[same]) same++;
    if (same === spelling.length) return at;
  }
  return -1;
}
