/** Tables of positions as the families of Hugging Face compute or store them. */
import type { FloatTensors } from '../../weights/float-tensors.ts';
import type { PositionTable } from '../transformer/definition.ts';

/** A trained table whose first `offset` rows no text uses (BART, mBART). */
export function learnedPositions(tensors: FloatTensors, name: string, dim: number, offset: number): PositionTable {
  const [rows = 0] = tensors.dims(name);
  return { rows, table: tensors.values(name, rows, dim), first: offset, uncounted: null, learned: true };
}

/**
 * Sine in the first half of a row, cosine in the second, the angle of position p in column i is p / 10000^(2i/dim)
 * (`MarianSinusoidalPositionalEmbedding`); the file's own table where it has one.
 */
export function storedOrSinusoidalPositions(tensors: FloatTensors, name: string, rows: number, dim: number): PositionTable {
  if (tensors.has(name)) return { rows: tensors.dims(name)[0] ?? 0, table: tensors.values(name, tensors.dims(name)[0] ?? 0, dim), first: 0, uncounted: null };
  const sines = Math.ceil(dim / 2);
  const table = new Float32Array(rows * dim);
  for (let position = 0; position < rows; position++) {
    for (let column = 0; column < dim; column++) {
      const cosine = column >= sines;
      const angle = position / 10_000 ** ((2 * (cosine ? column - sines : column)) / dim);
      table[position * dim + column] = cosine ? Math.cos(angle) : Math.sin(angle);
    }
  }
  return { rows, table, first: 0, uncounted: null };
}

/**
 * The table of M2M100 (`M2M100SinusoidalPositionalEmbedding`), made in float32 as there: the angle of row p in column i is
 * p * exp(-i * ln(10000) / (dim/2 - 1)); the row of the padding token is zero, the first token has the row behind it, and
 * padding is not counted.
 */
export function countedSinusoidalPositions(positions: number, dim: number, padding: number): PositionTable {
  const rows = padding + 1 + positions;
  const half = Math.floor(dim / 2);
  const step = Math.fround(Math.log(10_000) / (half - 1));
  const table = new Float32Array(rows * dim);
  for (let row = 0; row < rows; row++) {
    if (row === padding) continue;
    for (let column = 0; column < half; column++) {
      const angle = Math.fround(row * Math.fround(Math.exp(Math.fround(-column * step))));
      table[row * dim + column] = Math.sin(angle);
      table[row * dim + half + column] = Math.cos(angle);
    }
  }
  return { rows, table, first: padding + 1, uncounted: padding };
}
