/**
 * The precompiled character map of a SentencePiece normalizer: u32 (little-endian) size of the trie, the trie as a Darts-clone
 * double array of u32 units, then NUL-terminated UTF-8 replacement texts. A trie value is an offset into the replacements.
 *
 * Unit layout (Darts-clone): bit 8 "has a leaf", bits 0-7 label, bits 10-30 offset, shifted by 8 more when bit 9 is set;
 * a leaf has bit 31 set and the value in the other 31 bits.
 */
export class CharacterMap {
  /** Length in bytes of the rule that `match` found, 0 for none. */
  matched = 0;
  /** Where its replacement starts and ends in `replacements`. */
  start = 0;
  end = 0;
  readonly replacements: Uint8Array;
  private readonly units: Uint32Array;
  /** 1 for an ASCII byte that stays as it is whenever another ASCII byte, or nothing, follows. */
  private readonly plain = new Uint8Array(128);

  /** Throws RangeError when the sizes in the blob do not fit. */
  constructor(blob: Uint8Array) {
    if (blob.length === 0) {
      this.units = new Uint32Array(0);
      this.replacements = new Uint8Array(0);
      this.plain.fill(1);
      return;
    }
    const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
    const trieBytes = blob.length < 4 ? -1 : view.getUint32(0, true);
    if (trieBytes < 4 || trieBytes % 4 !== 0 || 4 + trieBytes > blob.length) throw new RangeError('the character map has wrong sizes');
    this.units = new Uint32Array(trieBytes / 4);
    for (let i = 0; i < this.units.length; i++) this.units[i] = view.getUint32(4 + 4 * i, true);
    this.replacements = blob.slice(4 + trieBytes);
    this.findPlainBytes();
  }

  /** Whether the byte at `at` stays as it is; a cheap test that says no when unsure. */
  isPlain(bytes: Uint8Array, at: number, end: number): boolean {
    const byte = bytes[at] ?? 0x80;
    return byte < 0x80 && this.plain[byte] === 1 && (at + 1 >= end || (bytes[at + 1] ?? 0) < 0x80);
  }

  /** Finds the longest rule that the bytes from `at` start with; the outcome is in `matched`, `start` and `end`. */
  match(bytes: Uint8Array, at: number, end: number): void {
    this.matched = 0;
    const { units } = this;
    if (units.length === 0) return;
    let unit = units[0] ?? 0;
    let node = offsetOf(unit);
    let value = -1;
    for (let i = at; i < end; i++) {
      const byte = bytes[i] ?? 0;
      node ^= byte;
      unit = units[node] ?? 0;
      if (labelOf(unit) !== byte) break;
      node ^= offsetOf(unit);
      if ((unit & 0x100) !== 0) {
        value = (units[node] ?? 0) & 0x7fffffff;
        this.matched = i - at + 1;
      }
    }
    if (this.matched === 0) return;
    this.start = Math.min(value, this.replacements.length);
    const terminator = this.replacements.indexOf(0, this.start);
    this.end = terminator < 0 ? this.replacements.length : terminator;
  }

  private findPlainBytes(): void {
    const pair = new Uint8Array(2);
    const root = offsetOf(this.units[0] ?? 0);
    for (let byte = 0; byte < 128; byte++) {
      pair[0] = byte;
      this.match(pair, 0, 1);
      if (this.matched > 0 && !(this.end === this.start + 1 && this.replacements[this.start] === byte)) continue;
      this.plain[byte] = this.continuesWithAscii(root ^ byte, byte) ? 0 : 1;
    }
  }

  private continuesWithAscii(node: number, label: number): boolean {
    const unit = this.units[node] ?? 0;
    if (labelOf(unit) !== label) return false;
    const children = node ^ offsetOf(unit);
    for (let byte = 0; byte < 128; byte++) if (labelOf(this.units[children ^ byte] ?? 0x80000000) === byte) return true;
    return false;
  }
}

const offsetOf = (unit: number): number => (unit >>> 10) << ((unit & 0x200) >>> 6);
/** A leaf's bit 31 stays in, so that a leaf never equals a byte. */
const labelOf = (unit: number): number => (unit & 0x800000ff) >>> 0;
