/** Moving rows (the first dimension) of tensors: reordering beams, dropping finished sentences, repeating sources for beams. */
import { EngineError } from '../engine/engine-error.ts';
import type { FeedTensor, RuntimeTensor } from './session.ts';

export type RowTensor = FeedTensor | RuntimeTensor;

/** The rows of a float32 tensor in another order, some left out or repeated. */
export function takeRows(tensor: RowTensor, rows: ArrayLike<number>): FeedTensor {
  const { dims, data } = tensor;
  if (!(data instanceof Float32Array))
    throw new EngineError(
      'MODEL_UNSUPPORTED',
      `The model keeps its states as ${tensor.type}, not as float32.`,
      'Use an export of the model in float32 or int8.',
    );
  const size = dims.slice(1).reduce((product, dim) => product * dim, 1);
  const taken = new Float32Array(rows.length * size);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    taken.set(data.subarray(row * size, (row + 1) * size), i * size);
  }
  return { type: 'float32', dims: [rows.length, ...dims.slice(1)], data: taken };
}

/** Whether row i is i for all i up to `count`, so that nothing needs to move. */
export function isIdentity(rows: ArrayLike<number>, count: number): boolean {
  if (rows.length !== count) return false;
  for (let i = 0; i < count; i++) if (rows[i] !== i) return false;
  return true;
}

/** Each of 0 .. count-1, `times` times in a row. */
export function repeatedRows(count: number, times: number): Int32Array {
  return Int32Array.from({ length: count * times }, (_, i) => Math.floor(i / times));
}
