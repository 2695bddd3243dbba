import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import { encodeModel } from '../../onnx/model-proto.ts';
import { float32 } from '../../onnx/tensors.ts';
import { openSession } from '../../runtime/session.ts';
import { cellStep } from './cells.ts';
import type { Cell } from './configuration.ts';

/** One step of a cell of one unit, whose weights are `wh` and `bh`, a number a gate. */
async function step(cell: Cell, x: readonly number[], states: readonly number[], wh: readonly number[], bh: readonly number[]): Promise<number[]> {
  const g = new GraphBuilder('cell');
  const value = (numbers: readonly number[]): string => g.constant(float32([1, numbers.length], numbers));
  const parameter = (name: string): string => (name.endsWith('_bh') ? g.constant(float32([bh.length], bh)) : value(wh));
  const inputs = states.map((_, index) => g.input(`s${index}`, 'float32', [1, 1]));
  const next = cellStep(g, cell, value(x), inputs, 'c', parameter);
  for (const [index, name] of next.entries()) g.namedOutput(`n${index}`, name, 'float32');
  const session = await openSession(encodeModel(g.model('test')), { threads: 1, device: 'cpu' });
  const run = await session.run(Object.fromEntries(states.map((state, index) => [`s${index}`, { type: 'float32' as const, dims: [1, 1], data: Float32Array.of(state) }])), next.map((_, index) => `n${index}`));
  await session.close();
  return next.map((_, index) => Number(run[`n${index}`]?.data[0]));
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

describe('a step of a cell, as its formulas say', () => {
  it('tanh', async () => {
    expect(await step('tanh', [0.3], [0.5], [-0.4], [])).toEqual([expect.closeTo(Math.tanh(0.3 - 0.4 * 0.5), 6)]);
  });

  it('GRU: gates r, z, n, the reset gate behind the product', async () => {
    const r = sigmoid(0.2 + 0.6 * 0.5 + 0.1), z = sigmoid(-0.7 + 0.9 * 0.5 - 0.2), n = Math.tanh(0.4 + r * (-1.1 * 0.5 + 0.3));
    expect(await step('gru', [0.2, -0.7, 0.4], [0.5], [0.6, 0.9, -1.1], [0.1, -0.2, 0.3])).toEqual([expect.closeTo((1 - z) * n + z * 0.5, 6)]);
  });

  it('LSTM: gates i, f, g, o, one added to the forget gate', async () => {
    const i = sigmoid(0.2 + 0.6 * 0.5), f = sigmoid(-0.7 + 0.9 * 0.5 + 1), g = Math.tanh(0.4 - 1.1 * 0.5), o = sigmoid(0.8 + 0.7 * 0.5);
    const c = f * -0.3 + i * g;
    expect(await step('lstm', [0.2, -0.7, 0.4, 0.8], [0.5, -0.3], [0.6, 0.9, -1.1, 0.7], [])).toEqual([o * Math.tanh(c), c].map((value) => expect.closeTo(value, 6)));
  });
});
