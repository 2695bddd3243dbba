/**
 * Whether this processor adds up products of bytes exactly. x86 without VNNI multiplies unsigned by signed bytes in pairs
 * whose sum saturates at 32767 (`vpmaddubsw`); 8 bit weights by columns would be wrong there, and blocks are taken.
 */
import type { Int8Scheme } from '../architectures/transformer/int8-weights.ts';
import { CONTRIB, GraphBuilder } from '../onnx/graph-builder.ts';
import { encodeModel } from '../onnx/model-proto.ts';
import { float32, int8, uint8 } from '../onnx/tensors.ts';
import { openSession } from './session.ts';

const ROWS = 8;
const INPUTS = 64;
const COLUMNS = 64;
const MOST_UNSIGNED = 255;
const MOST_SIGNED = 127;

let known: Promise<Int8Scheme> | undefined;

/** The scheme for the cpu, found out once a process by multiplying the largest values there are. */
export function int8Scheme(): Promise<Int8Scheme> {
  known ??= tried();
  return known;
}

async function tried(): Promise<Int8Scheme> {
  const g = new GraphBuilder('largest products');
  const x = g.input('x', 'float32', [ROWS, INPUTS]);
  const one = g.constant(float32([], [1]));
  const zero = g.constant(uint8([], [0]));
  const weight = g.constant(int8([INPUTS, COLUMNS], new Int8Array(INPUTS * COLUMNS).fill(MOST_SIGNED)));
  const rows = g.node('QuantizeLinear', [x, one, zero]);
  g.namedOutput('sums', g.node('MatMulIntegerToFloat', [rows, weight, one, one, zero], { domain: CONTRIB }), 'float32', [ROWS, COLUMNS]);
  const session = await openSession(encodeModel(g.model('bitext-studio')), { threads: 1, device: 'cpu' });
  try {
    const data = new Float32Array(ROWS * INPUTS).fill(MOST_UNSIGNED);
    const { sums } = await session.run({ x: { type: 'float32', dims: [ROWS, INPUTS], data } }, ['sums']);
    const exact = MOST_UNSIGNED * MOST_SIGNED * INPUTS;
    return sums?.data instanceof Float32Array && sums.data.every((sum) => sum === exact) ? 'columns' : 'blocks';
  } finally {
    await session.close();
  }
}
