/**
 * SentencePiece tokenizer: gives the same ids as Google's library, and the same text back (Kudo and Richardson 2018).
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { EngineError } from '../engine/engine-error.ts';
import { BpeSegmenter } from './bpe.ts';
import { Normalizer } from './normalizer.ts';
import { PieceTrie } from './piece-trie.ts';
import type { Segmenter } from './segmenter.ts';
import { PIECE, readSentencePieceModel, type SentencePieceModel } from './sentencepiece-model.ts';
import { byteOf, PieceDecoder } from './piece-decoder.ts';
import type { DecodedText, TokenizedText, Tokenizer } from './tokenizer.ts';
import { UnigramSegmenter } from './unigram.ts';
import { toUtf16Offsets, Utf8Buffer } from './utf8.ts';

/** Opens a `.spm` or `.model` file. Throws EngineError MODEL_MISSING, MODEL_BROKEN or MODEL_UNSUPPORTED. */
export function openSentencePiece(file: string): SentencePieceTokenizer {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new EngineError('MODEL_MISSING', `The vocabulary ${file} can't be read: ${error instanceof Error ? error.message : String(error)}.`,
      'Put the file back, or download the model again.', { cause: error });
  }
  return SentencePieceTokenizer.fromBytes(bytes, path.basename(file));
}

export class SentencePieceTokenizer implements Tokenizer {
  readonly size: number;
  readonly unkId: number;
  readonly eosId: number;

  private readonly model: SentencePieceModel;
  private readonly normalizer: Normalizer;
  private readonly segmenter: Segmenter;
  private readonly decoder: PieceDecoder;
  /** Ids of the 256 byte pieces, where unknown text falls back to its bytes; else null. */
  private readonly byteIds: Int32Array | null;
  private readonly input = new Utf8Buffer();
  /** Tokens of the last text, and the ends of their parts of the normalized text. */
  private ids: number[] = [];
  private ends: number[] = [];

  /** `name` is the file's name for messages. Throws EngineError MODEL_BROKEN or MODEL_UNSUPPORTED. */
  static fromBytes(bytes: Uint8Array, name: string): SentencePieceTokenizer {
    return new SentencePieceTokenizer(readSentencePieceModel(bytes, name), name);
  }

  private constructor(model: SentencePieceModel, name: string) {
    this.model = model;
    this.size = model.pieces.length;
    this.unkId = model.types.indexOf(PIECE.unknown);
    this.eosId = this.idOf(model.endPiece) ?? -1;
    const userDefined = model.pieces.map((_, id) => id).filter((id) => model.types[id] === PIECE.userDefined);
    const protectedPieces = userDefined.length === 0 ? null : PieceTrie.of(userDefined.map((id) => model.pieces[id] ?? new Uint8Array(0)), userDefined);
    try {
      this.normalizer = new Normalizer(model.normalizer, { treatWhitespaceAsSuffix: model.treatWhitespaceAsSuffix, protectedPieces });
      this.decoder = new PieceDecoder(model, this.unkId);
    } catch (error) {
      throw new EngineError('MODEL_BROKEN', `The vocabulary ${name} is damaged: ${error instanceof Error ? error.message : String(error)}.`,
        'Download or copy the model folder again.', { cause: error });
    }
    this.segmenter = model.algorithm === 'bpe' ? new BpeSegmenter(model, this.unkId, protectedPieces) : new UnigramSegmenter(model, this.unkId);
    this.byteIds = model.byteFallback ? this.findByteIds() : null;
  }

  /** Id of a piece as it is spelled in the vocabulary, e.g. `▁the`; undefined when there is none. Looks through the whole vocabulary. */
  idOf(piece: string): number | undefined {
    const bytes = Buffer.from(piece);
    const id = this.model.pieces.findIndex((each) => bytes.equals(each));
    return id < 0 ? undefined : id;
  }

  /** The piece of an id as it is spelled in the vocabulary. Throws RangeError for an id outside it. */
  pieceOf(id: number): string {
    const piece = this.model.pieces[id];
    if (piece === undefined) throw new RangeError(`token id ${id} is outside the vocabulary of ${this.size}`);
    return new TextDecoder().decode(piece);
  }

  encode(text: string): number[] {
    this.tokenize(text);
    return this.ids;
  }

  encodeWithOffsets(text: string): TokenizedText {
    this.tokenize(text);
    return { ids: this.ids, offsets: this.offsets(text) };
  }

  /** The tokens of a text as they are spelled, an unknown one as the normalized text that it stands for. */
  encodeAsPieces(text: string): string[] {
    return this.encodeAsPlacedPieces(text).tokens;
  }

  /** The same with their places, as `encodeWithOffsets` has them. */
  encodeAsPlacedPieces(text: string): { readonly tokens: string[]; readonly offsets: Int32Array } {
    this.tokenize(text);
    const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
    const tokens = this.ids.map((id, i) => (id === this.unkId ? utf8.decode(this.normalizer.output.subarray(i === 0 ? 0 : this.ends[i - 1], this.ends[i])) : this.pieceOf(id)));
    return { tokens, offsets: this.offsets(text) };
  }

  /** The places of the last text's tokens. */
  private offsets(text: string): Int32Array {
    const { ids, ends } = this;
    const { origins } = this.normalizer;
    const offsets = new Int32Array(2 * ids.length);
    let start = 0;
    for (let i = 0; i < ids.length; i++) {
      offsets[2 * i] = origins[start] ?? 0;
      start = ends[i] ?? 0;
      offsets[2 * i + 1] = origins[start] ?? 0;
    }
    toUtf16Offsets(text, offsets);
    return offsets;
  }

  decode(ids: ArrayLike<number>): string {
    return this.decoder.decode(ids).text;
  }

  decodeWithOffsets(ids: ArrayLike<number>): DecodedText {
    return this.decoder.decode(ids);
  }

  /** A vocabulary spells the byte 10 as `<0x0A>`. */
  private findByteIds(): Int32Array {
    const ids = new Int32Array(256).fill(this.unkId);
    this.model.types.forEach((type, id) => {
      if (type === PIECE.byte) ids[byteOf(this.pieceOf(id))] = id;
    });
    return ids;
  }

  private tokenize(text: string): void {
    this.ids = [];
    this.ends = [];
    this.input.set(text);
    this.normalizer.normalize(this.input.bytes, this.input.length);
    const { normalizer, segmenter, unkId } = this;
    const count = segmenter.segment(normalizer.output, normalizer.length);
    let afterUnknown = false;
    for (let i = 0; i < count; i++) {
      const id = segmenter.ids[i] ?? 0;
      const end = segmenter.ends[i] ?? 0;
      if (id !== unkId) {
        this.ids.push(id);
        this.ends.push(end);
        afterUnknown = false;
      } else if (this.byteIds !== null) {
        this.pushBytes(i === 0 ? 0 : (segmenter.ends[i - 1] ?? 0), end);
      } else if (afterUnknown) {
        // A run of unknown characters is one token.
        this.ends[this.ends.length - 1] = end;
      } else {
        this.ids.push(id);
        this.ends.push(end);
        afterUnknown = true;
      }
    }
  }

  /** One token a byte; the last of them stands for the whole character, the others for nothing. */
  private pushBytes(start: number, end: number): void {
    const before = this.ends.at(-1) ?? 0;
    for (let i = start; i < end; i++) {
      this.ids.push(this.byteIds?.[this.normalizer.output[i] ?? 0] ?? this.unkId);
      this.ends.push(i === end - 1 ? end : before);
    }
  }
}
