/**
 * Reads a SentencePiece model file (`.spm`, `.model`): the protobuf message `ModelProto` of
 * sentencepiece_model.proto, of which only the fields that encoding and decoding need are kept.
 */
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { EngineError } from '../engine/engine-error.ts';

/** `SentencePiece.Type` of the schema. */
export const PIECE = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

export interface NormalizerSpec {
  /** Trie and replacement texts, see charsmap.ts; empty: no replacements. */
  readonly charsmap: Uint8Array;
  readonly addDummyPrefix: boolean;
  readonly removeExtraWhitespaces: boolean;
  readonly escapeWhitespaces: boolean;
}

export interface SentencePieceModel {
  readonly algorithm: 'unigram' | 'bpe';
  /** UTF-8 bytes of each piece, by id. */
  readonly pieces: readonly Uint8Array[];
  readonly scores: Float32Array;
  /** A value of `PIECE` by id. */
  readonly types: Uint8Array;
  readonly normalizer: NormalizerSpec;
  /** Normalizer of decoded text; null where the model has none. */
  readonly denormalizer: NormalizerSpec | null;
  readonly treatWhitespaceAsSuffix: boolean;
  readonly byteFallback: boolean;
  /** What an unknown piece decodes to. */
  readonly unknownSurface: string;
  readonly endPiece: string;
}

interface TrainerSpec {
  modelType: number;
  treatWhitespaceAsSuffix: boolean;
  byteFallback: boolean;
  unknownSurface: string;
  endPiece: string;
}

/**
 * Parses the bytes of a SentencePiece model.
 * Throws EngineError MODEL_BROKEN for bytes that are not such a model, MODEL_UNSUPPORTED for the algorithms `word` and
 * `char`. `name` is the file's name for the messages.
 */
export function readSentencePieceModel(bytes: Uint8Array, name: string): SentencePieceModel {
  try {
    return readModel(new BinaryReader(bytes), name);
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw broken(name, error instanceof Error ? error.message : String(error), error);
  }
}

function broken(name: string, reason: string, cause?: unknown): EngineError {
  return new EngineError('MODEL_BROKEN', `The vocabulary ${name} is not a complete SentencePiece model: ${reason}.`,
    'Download or copy the model folder again.', { cause });
}

function readModel(reader: BinaryReader, name: string): SentencePieceModel {
  const pieces: Uint8Array[] = [];
  const scores: number[] = [];
  const types: number[] = [];
  let trainer: TrainerSpec = { modelType: 1, treatWhitespaceAsSuffix: false, byteFallback: false, unknownSurface: ' \u2047 ', endPiece: '</s>' };
  let normalizer: NormalizerSpec | null = null;
  let denormalizer: NormalizerSpec | null = null;
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === 1) {
      const piece = readPiece(new BinaryReader(reader.bytes()));
      pieces.push(piece.bytes);
      scores.push(piece.score);
      types.push(piece.type);
    } else if (field === 2) trainer = readTrainerSpec(new BinaryReader(reader.bytes()), trainer);
    else if (field === 3) normalizer = readNormalizerSpec(new BinaryReader(reader.bytes()));
    else if (field === 5) denormalizer = readNormalizerSpec(new BinaryReader(reader.bytes()));
    else reader.skip(wire, field);
  }
  if (pieces.length === 0) throw broken(name, 'it has no pieces');
  if (!types.includes(PIECE.unknown)) throw broken(name, 'it has no piece for unknown text');
  if (!scores.every((score) => Number.isFinite(score))) throw broken(name, 'a piece has a score that is not a number');
  if (trainer.modelType !== 1 && trainer.modelType !== 2)
    throw new EngineError('MODEL_UNSUPPORTED', `The vocabulary ${name} uses a SentencePiece algorithm (model_type ${trainer.modelType}) that is not supported.`,
      'Use a model whose vocabulary is of type unigram or bpe.');
  return {
    algorithm: trainer.modelType === 2 ? 'bpe' : 'unigram',
    pieces,
    scores: Float32Array.from(scores),
    types: Uint8Array.from(types),
    normalizer: normalizer ?? { charsmap: new Uint8Array(0), addDummyPrefix: true, removeExtraWhitespaces: true, escapeWhitespaces: true },
    denormalizer: denormalizer !== null && denormalizer.charsmap.length > 0 ? denormalizer : null,
    treatWhitespaceAsSuffix: trainer.treatWhitespaceAsSuffix,
    byteFallback: trainer.byteFallback,
    unknownSurface: trainer.unknownSurface,
    endPiece: trainer.endPiece,
  };
}

function readPiece(reader: BinaryReader): { bytes: Uint8Array; score: number; type: number } {
  let bytes = new Uint8Array(0);
  let score = 0;
  let type: number = PIECE.normal;
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    // Bytes, not a string: the library never checks that a piece is valid UTF-8.
    if (field === 1) bytes = new Uint8Array(reader.bytes());
    else if (field === 2) score = reader.float();
    else if (field === 3) type = reader.int32();
    else reader.skip(wire, field);
  }
  return { bytes, score, type };
}

function readTrainerSpec(reader: BinaryReader, defaults: TrainerSpec): TrainerSpec {
  const spec = { ...defaults };
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === 3) spec.modelType = reader.int32();
    else if (field === 24) spec.treatWhitespaceAsSuffix = reader.bool();
    else if (field === 35) spec.byteFallback = reader.bool();
    else if (field === 44) spec.unknownSurface = reader.string();
    else if (field === 47) spec.endPiece = reader.string();
    else reader.skip(wire, field);
  }
  return spec;
}

function readNormalizerSpec(reader: BinaryReader): NormalizerSpec {
  let charsmap = new Uint8Array(0);
  let addDummyPrefix = true;
  let removeExtraWhitespaces = true;
  let escapeWhitespaces = true;
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === 2) charsmap = new Uint8Array(reader.bytes());
    else if (field === 3) addDummyPrefix = reader.bool();
    else if (field === 4) removeExtraWhitespaces = reader.bool();
    else if (field === 5) escapeWhitespaces = reader.bool();
    else reader.skip(wire, field);
  }
  return { charsmap, addDummyPrefix, removeExtraWhitespaces, escapeWhitespaces };
}
