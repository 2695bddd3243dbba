/**
 * The normalizer of SentencePiece: replacements of the character map (NFKC and more), white space runs made one, a space in
 * front, spaces written as U+2581. Works on UTF-8 bytes and remembers which source byte each output byte came from.
 */
import { CharacterMap } from './charsmap.ts';
import type { PieceTrie } from './piece-trie.ts';
import type { NormalizerSpec } from './sentencepiece-model.ts';
import { characterLength } from './utf8.ts';

const SPACE = 0x20;
/** U+2581 in UTF-8. */
const MARK = [0xe2, 0x96, 0x81] as const;
/** U+FFFD in UTF-8. */
const REPLACEMENT = Uint8Array.of(0xef, 0xbf, 0xbd);

export class Normalizer {
  /** The outcome of the last `normalize`: `length` bytes. */
  output = new Uint8Array(1024);
  /** Source byte offset of each output byte, and of the end at index `length`. */
  origins = new Int32Array(1025);
  length = 0;

  private readonly spec: NormalizerSpec;
  private readonly map: CharacterMap;
  private readonly spaceAtEnd: boolean;
  /** User-defined pieces, which no rule may touch; null where there are none. */
  private readonly protectedPieces: PieceTrie | null;

  constructor(spec: NormalizerSpec, options: { treatWhitespaceAsSuffix: boolean; protectedPieces: PieceTrie | null }) {
    this.spec = spec;
    this.map = new CharacterMap(spec.charsmap);
    this.spaceAtEnd = options.treatWhitespaceAsSuffix;
    this.protectedPieces = options.protectedPieces;
  }

  /** Normalizes `count` UTF-8 bytes into `output` and `origins`. */
  normalize(input: Uint8Array, count: number): void {
    const { removeExtraWhitespaces, escapeWhitespaces, addDummyPrefix } = this.spec;
    const { map } = this;
    this.length = 0;
    let at = removeExtraWhitespaces ? this.skipSpaces(input, count) : 0;
    if (at < count) {
      if (addDummyPrefix && !this.spaceAtEnd) this.pushSpace(at);
      let afterSpace = removeExtraWhitespaces;
      while (at < count) {
        const byte = input[at] ?? 0;
        if (byte !== SPACE && this.protectedPieces === null && map.isPlain(input, at, count)) {
          this.reserve(1);
          this.output[this.length] = byte;
          this.origins[this.length++] = at++;
          afterSpace = false;
          continue;
        }
        const consumed = this.readPrefix(input, at, count);
        let from = this.prefixStart;
        while (afterSpace && from < this.prefixEnd && this.prefixBytes[from] === SPACE) from++;
        if (from < this.prefixEnd) {
          this.reserve(3 * (this.prefixEnd - from));
          for (let i = from; i < this.prefixEnd; i++) {
            const each = this.prefixBytes[i] ?? 0;
            if (each === SPACE && escapeWhitespaces) this.pushSpace(at);
            else {
              this.output[this.length] = each;
              this.origins[this.length++] = at;
            }
          }
          afterSpace = this.prefixBytes[this.prefixEnd - 1] === SPACE;
        }
        at += consumed;
        if (!removeExtraWhitespaces) afterSpace = false;
      }
      let end = at;
      if (removeExtraWhitespaces) end = this.dropTrailingSpaces(end);
      if (addDummyPrefix && this.spaceAtEnd) this.pushSpace(end);
      at = end;
    }
    this.reserve(0);
    this.origins[this.length] = at;
  }

  private prefixBytes: Uint8Array = REPLACEMENT;
  private prefixStart = 0;
  private prefixEnd = 0;

  /** Sets prefixBytes/Start/End to what the input at `at` becomes; the number of bytes it takes comes back. */
  private readPrefix(input: Uint8Array, at: number, count: number): number {
    const keep = this.protectedPieces === null ? 0 : this.protectedPieces.longest(input, at, count);
    if (keep > 0) {
      this.prefixBytes = input;
      this.prefixStart = at;
      this.prefixEnd = at + keep;
      return keep;
    }
    this.map.match(input, at, count);
    if (this.map.matched > 0) {
      this.prefixBytes = this.map.replacements;
      this.prefixStart = this.map.start;
      this.prefixEnd = this.map.end;
      return this.map.matched;
    }
    // The input comes from a TextEncoder and is valid UTF-8, but a rule or a piece may have ended inside a character.
    const byte = input[at] ?? 0;
    const length = characterLength(byte);
    if ((byte >= 0x80 && byte < 0xc0) || at + length > count) {
      this.prefixBytes = REPLACEMENT;
      this.prefixStart = 0;
      this.prefixEnd = 3;
      return 1;
    }
    this.prefixBytes = input;
    this.prefixStart = at;
    this.prefixEnd = at + length;
    return length;
  }

  private skipSpaces(input: Uint8Array, count: number): number {
    let at = 0;
    while (at < count) {
      const consumed = this.readPrefix(input, at, count);
      if (this.prefixEnd - this.prefixStart !== 1 || this.prefixBytes[this.prefixStart] !== SPACE) break;
      at += consumed;
    }
    return at;
  }

  private dropTrailingSpaces(end: number): number {
    const { output, spec } = this;
    let where = end;
    for (;;) {
      const n = this.length;
      const size = spec.escapeWhitespaces ? 3 : 1;
      const spaces = spec.escapeWhitespaces
        ? n >= 3 && output[n - 3] === MARK[0] && output[n - 2] === MARK[1] && output[n - 1] === MARK[2]
        : n >= 1 && output[n - 1] === SPACE;
      if (!spaces) return where;
      this.length = n - size;
      where = this.origins[this.length] ?? 0;
    }
  }

  private pushSpace(origin: number): void {
    this.reserve(3);
    if (!this.spec.escapeWhitespaces) {
      this.output[this.length] = SPACE;
      this.origins[this.length++] = origin;
      return;
    }
    for (const byte of MARK) {
      this.output[this.length] = byte;
      this.origins[this.length++] = origin;
    }
  }

  private reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.output.length) return;
    const output = new Uint8Array(2 * needed);
    output.set(this.output);
    this.output = output;
    const origins = new Int32Array(2 * needed + 1);
    origins.set(this.origins);
    this.origins = origins;
  }
}
