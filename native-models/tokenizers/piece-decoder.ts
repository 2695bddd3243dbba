/** Turns piece ids back into text, as SentencePiece's Decode: marks become spaces, the space in front goes, bytes are joined. */
import { Normalizer } from './normalizer.ts';
import { PIECE, type SentencePieceModel } from './sentencepiece-model.ts';
import type { DecodedText } from './tokenizer.ts';
import { toUtf16Offsets, Utf8Buffer, utf8Offsets } from './utf8.ts';

const MARK = '\u2581';

export class PieceDecoder {
  private readonly model: SentencePieceModel;
  private readonly unkId: number;
  /** Each piece as a string, decoded when it is first needed. */
  private readonly surfaces: (string | undefined)[];
  private readonly denormalizer: Normalizer | null;

  constructor(model: SentencePieceModel, unkId: number) {
    this.model = model;
    this.unkId = unkId;
    this.surfaces = new Array<string | undefined>(model.pieces.length);
    this.denormalizer = model.denormalizer === null ? null : new Normalizer(model.denormalizer, { treatWhitespaceAsSuffix: false, protectedPieces: null });
  }

  /** Text of the ids, with the UTF-16 place of each id in it. Throws RangeError for an id outside the vocabulary. */
  decode(ids: ArrayLike<number>): DecodedText {
    const { model } = this;
    const { addDummyPrefix, removeExtraWhitespaces } = model.normalizer;
    const offsets = new Int32Array(2 * ids.length);
    let text = '';
    let atStart = true;
    let spaceTaken = false;
    for (let i = 0; i < ids.length;) {
      const id = ids[i] ?? -1;
      const type = model.types[id];
      if (type === undefined) throw new RangeError(`token id ${id} is outside the vocabulary of ${model.pieces.length}`);
      if (type === PIECE.byte) {
        let end = i + 1;
        while (end < ids.length && model.types[ids[end] ?? -1] === PIECE.byte) end++;
        text += this.decodeBytes(ids, i, end, text.length, offsets);
        i = end;
        continue;
      }
      if (spaceTaken || text.length > 0) atStart = false;
      offsets[2 * i] = text.length;
      if (id === this.unkId) text += model.unknownSurface;
      else if (type !== PIECE.control) {
        let piece = this.surfaceOf(id);
        if (atStart && (addDummyPrefix || removeExtraWhitespaces) && piece.startsWith(' ')) {
          piece = piece.slice(1);
          // Where extra white space goes, all of it at the start goes.
          spaceTaken = !removeExtraWhitespaces;
        }
        text += piece;
      }
      offsets[2 * i + 1] = text.length;
      i++;
    }
    return this.denormalizer === null ? { text, offsets } : this.denormalize(this.denormalizer, text, offsets);
  }

  /** The text of a run of byte pieces: characters where they are valid UTF-8, else U+FFFD a byte. */
  private decodeBytes(ids: ArrayLike<number>, from: number, to: number, at: number, offsets: Int32Array): string {
    const bytes = new Uint8Array(to - from);
    for (let i = from; i < to; i++) bytes[i - from] = byteOf(this.surfaceOf(ids[i] ?? 0));
    let text = '';
    for (let i = 0; i < bytes.length;) {
      const length = validCharacterLength(bytes, i);
      const character = length === 0 ? '\ufffd' : UTF8.decode(bytes.subarray(i, i + length));
      const used = Math.max(1, length);
      for (let k = 0; k < used; k++) {
        offsets[2 * (from + i + k)] = at + text.length;
        offsets[2 * (from + i + k) + 1] = at + text.length + (k === used - 1 ? character.length : 0);
      }
      text += character;
      i += used;
    }
    return text;
  }

  private denormalize(normalizer: Normalizer, text: string, offsets: Int32Array): DecodedText {
    const input = new Utf8Buffer();
    input.set(text);
    normalizer.normalize(input.bytes, input.length);
    const output = normalizer.output.subarray(0, normalizer.length);
    // Byte offset in the text -> first output byte that comes from there or from after it -> UTF-16 offset.
    let at = 0;
    const places = Int32Array.from(utf8Offsets(text, offsets), (byte) => {
      while (at < normalizer.length && (normalizer.origins[at] ?? 0) < byte) at++;
      return at;
    });
    const after = UTF8.decode(output);
    toUtf16Offsets(after, places);
    return { text: after, offsets: places };
  }

  private surfaceOf(id: number): string {
    let surface = this.surfaces[id];
    if (surface === undefined) {
      const { buffer, byteOffset, byteLength } = this.model.pieces[id] ?? new Uint8Array(0);
      // For a few bytes several times as quick as a TextDecoder.
      surface = Buffer.from(buffer, byteOffset, byteLength).toString('utf8').replaceAll(MARK, ' ');
      this.surfaces[id] = surface;
    }
    return surface;
  }
}

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** The byte that a byte piece, spelled like `<0x0A>`, stands for. */
export const byteOf = (piece: string): number => Number.parseInt(piece.slice(3, 5), 16);

/** Length of the valid UTF-8 character at `at` (RFC 3629), 0 when there is none. */
function validCharacterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  for (let i = 1; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1] ?? 0;
  if (first === 0xe0 && second < 0xa0) return 0;
  if (first === 0xed && second >= 0xa0) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  if (first === 0xf4 && second >= 0x90) return 0;
  return length;
}
