/**
 * Marian's vocabularies of pieces: YAML (or JSON), piece -> id (`src/data/default_vocab.cpp`), or a SentencePiece model,
 * whose own numbers count then (`src/data/sentencepiece_vocab.cpp`).
 */
import { parse } from 'yaml';
import { EngineError } from '../engine/engine-error.ts';
import { SentencePieceTokenizer } from '../tokenizers/sentencepiece.ts';

export interface PieceVocabulary {
  readonly size: number;
  readonly eosId: number;
  readonly unkId: number;
  /** Piece -> id. */
  readonly ids: ReadonlyMap<string, number>;
  /** Ids of the pieces, unknown ones as `unkId`, and EOS behind them. */
  encode(pieces: readonly string[]): number[];
  /** The pieces up to the first EOS. Ids outside the vocabulary throw a RangeError. */
  decode(ids: readonly number[]): string[];
}

/** `size`: what the model has room for. `file` names the vocabulary in errors: MODEL_BROKEN. */
export function readPieceVocabulary(bytes: Uint8Array, file: string, size: number): PieceVocabulary {
  return file.endsWith('.spm') ? sentencePieces(bytes, file, size) : listedPieces(bytes, file, size);
}

function sentencePieces(bytes: Uint8Array, file: string, size: number): PieceVocabulary {
  const model = SentencePieceTokenizer.fromBytes(bytes, file);
  if (model.size > size) throw broken(file, `it has ${model.size} pieces, the model ${size}`);
  if (model.eosId < 0) throw broken(file, 'it lacks </s>');
  const pieces = Array.from({ length: model.size }, (_, id) => model.pieceOf(id));
  const ids = new Map(pieces.map((piece, id) => [piece, id]));
  return vocabulary(
    size,
    model.eosId,
    model.unkId,
    ids,
    (id) => pieces[id],
    file,
  );
}

function listedPieces(bytes: Uint8Array, file: string, size: number): PieceVocabulary {
  let value: unknown;
  try {
    value = parse(new TextDecoder().decode(bytes), { maxAliasCount: 0 });
  } catch (cause) {
    throw broken(file, 'it is not readable YAML', cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw broken(file, 'it lists no pieces');
  const ids = new Map<string, number>();
  const pieces: string[] = [];
  for (const [piece, id] of Object.entries(value)) {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= size)
      throw broken(file, `the piece "${piece}" has the id ${String(id)}, the model has ${size}`);
    ids.set(piece, id);
    pieces[id] = piece;
  }
  const eosId = ids.get('</s>');
  const unkId = ids.get('<unk>');
  if (eosId === undefined || unkId === undefined) throw broken(file, 'it lacks </s> or <unk>');
  return vocabulary(
    size,
    eosId,
    unkId,
    ids,
    (id) => pieces[id],
    file,
  );
}

function vocabulary(
  size: number,
  eosId: number,
  unkId: number,
  ids: ReadonlyMap<string, number>,
  pieceOf: (id: number) => string | undefined,
  file: string,
): PieceVocabulary {
  return {
    size,
    eosId,
    unkId,
    ids,
    encode: (text) => [...text.map((piece) => ids.get(piece) ?? unkId), eosId],
    decode(list) {
      const end = list.indexOf(eosId);
      return (end < 0 ? list : list.slice(0, end)).map((id) => {
        const piece = pieceOf(id);
        if (piece === undefined) throw new RangeError(`${id} is not an id of ${file}`);
        return piece;
      });
    },
  };
}

function broken(file: string, what: string, cause?: unknown): EngineError {
  return new EngineError('MODEL_BROKEN', `${file} is no vocabulary of this model: ${what}.`, 'Download or import the whole model again.', { cause });
}
