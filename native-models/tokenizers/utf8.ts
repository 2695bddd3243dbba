/** Byte length of the UTF-8 character that starts with this byte; 1 for a continuation byte, as SentencePiece's OneCharLen. */
export function characterLength(byte: number): number {
  return byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

const encoder = new TextEncoder();

/** UTF-8 text in a buffer that is used again for the next text. */
export class Utf8Buffer {
  bytes = new Uint8Array(1024);
  length = 0;

  /** Takes in a text; a lone surrogate becomes U+FFFD. */
  set(text: string): void {
    if (this.bytes.length < 3 * text.length) this.bytes = new Uint8Array(4 * text.length);
    this.length = encoder.encodeInto(text, this.bytes).written;
  }
}

/**
 * Turns byte offsets of the UTF-8 form of `text` into UTF-16 offsets, in place. The offsets may lie in any order that never
 * decreases; one inside a character counts as the character's start.
 */
export function toUtf16Offsets(text: string, byteOffsets: Int32Array): void {
  let unit = 0;
  let byte = 0;
  for (let i = 0; i < byteOffsets.length; i++) {
    const target = byteOffsets[i] ?? 0;
    while (byte < target && unit < text.length) {
      const code = text.charCodeAt(unit);
      let units = 1;
      let bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
      if (code >= 0xd800 && code < 0xdc00) {
        const low = text.charCodeAt(unit + 1);
        if (low >= 0xdc00 && low < 0xe000) {
          units = 2;
          bytes = 4;
        }
      }
      if (byte + bytes > target) break;
      unit += units;
      byte += bytes;
    }
    byteOffsets[i] = unit;
  }
}

/** Byte offsets in the UTF-8 form of `text` of UTF-16 offsets that never decrease. */
export function utf8Offsets(text: string, offsets: Int32Array): Int32Array {
  let unit = 0;
  let byte = 0;
  return offsets.map((offset) => {
    byte += Buffer.byteLength(text.slice(unit, offset));
    unit = offset;
    return byte;
  });
}
