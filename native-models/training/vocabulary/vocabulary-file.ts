/** Writes a trained vocabulary as a SentencePiece model: the message `ModelProto` of sentencepiece_model.proto. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { PIECE } from '../../tokenizers/sentencepiece-model.ts';

export interface VocabularyPiece {
  readonly text: string;
  /** Log-probability (unigram), or minus the rank of the merge (bpe). */
  readonly score: number;
  readonly type: keyof typeof PIECE;
}

export interface VocabularyFile {
  readonly algorithm: 'unigram' | 'bpe';
  /** By id. */
  readonly pieces: readonly VocabularyPiece[];
  /** See character-map.ts. */
  readonly characterMap: Uint8Array;
  readonly characterCoverage: number;
  readonly byteFallback: boolean;
}

/** `TrainerSpec.ModelType` */
const ALGORITHMS = { unigram: 1, bpe: 2 } as const;
/** A role that no piece has. */
const NO_ID = -1;

export function encodeVocabularyFile(vocabulary: VocabularyFile): Uint8Array {
  const out = new BinaryWriter();
  for (const { text, score, type } of vocabulary.pieces) {
    out.tag(1, WireType.LengthDelimited).fork();
    out.tag(1, WireType.LengthDelimited).string(text).tag(2, WireType.Bit32).float(score);
    // `NORMAL` is the default and is left out, as Google's trainer does.
    if (type !== 'normal') out.tag(3, WireType.Varint).int32(PIECE[type]);
    out.join();
  }
  const idOf = (text: string): number => {
    const id = vocabulary.pieces.findIndex((piece) => piece.text === text && (piece.type === 'control' || piece.type === 'unknown'));
    return id < 0 ? NO_ID : id;
  };
  out.tag(2, WireType.LengthDelimited).fork();
  out.tag(3, WireType.Varint).int32(ALGORITHMS[vocabulary.algorithm]);
  out.tag(4, WireType.Varint).int32(vocabulary.pieces.length);
  out.tag(10, WireType.Bit32).float(vocabulary.characterCoverage);
  for (const { text, type } of vocabulary.pieces) if (type === 'userDefined') out.tag(31, WireType.LengthDelimited).string(text);
  out.tag(35, WireType.Varint).bool(vocabulary.byteFallback);
  out.tag(40, WireType.Varint).int32(idOf('<unk>')).tag(41, WireType.Varint).int32(idOf('<s>'));
  out.tag(42, WireType.Varint).int32(idOf('</s>')).tag(43, WireType.Varint).int32(idOf('<pad>'));
  out.join();
  out.tag(3, WireType.LengthDelimited).fork();
  out.tag(1, WireType.LengthDelimited).string('nfkc').tag(2, WireType.LengthDelimited).bytes(vocabulary.characterMap);
  out.tag(3, WireType.Varint).bool(true).tag(4, WireType.Varint).bool(true).tag(5, WireType.Varint).bool(true);
  out.join();
  return out.finish();
}
