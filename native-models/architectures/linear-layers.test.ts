import { expect, test } from 'vitest';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { encodeModel } from '../onnx/model-proto.ts';
import { openSession } from '../runtime/session.ts';
import { MarianWeights } from '../weights/marian-weights.ts';
import { seededRandom } from '../weights/testing/synthetic-student.ts';
import { floatTensor } from '../weights/write-marian-binary.ts';
import { int8Layers, marianBias } from './linear-layers.ts';

/** Marian's product, step by step: unsigned activations, the sum of each column taken away within the bias. */
function marianProduct(activations: readonly number[], column: readonly number[], qa: number, qb: number, bias: number): number {
  const f = Math.fround;
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const unsigned = activations.map((value) => Math.max(-127, Math.min(127, Math.round(f(value * qa)))) + 127);
  const prepared = f(sum(column) * f(-f(f(127 / qa) * f(127 / qb)) / 127) + bias);
  return f(f(sum(unsigned.map((value, row) => value * (column[row] ?? 0)))) * f(1 / f(qa * qb)) + prepared);
}

test("the bias makes the products native Marian's", () => {
  const random = seededRandom(5);
  const [rows, columns] = [256, 16];
  const [qa, qb] = [Math.fround(10.07505), Math.fround(182.3447)];
  const values = Int8Array.from({ length: rows * columns }, () => Math.floor(255 * random()) - 127);
  const given = Float32Array.from({ length: columns }, () => random() - 0.5);
  const activations = Array.from({ length: rows }, () => 8 * (random() - 0.5));
  const bias = marianBias({ rows, columns, values, multiplier: qb }, qa, given);
  const none = marianBias({ rows, columns, values, multiplier: qb }, qa, null);
  let furthest = 0;
  for (let column = 0; column < columns; column++) {
    const own = Array.from({ length: rows }, (_, row) => values[row * columns + column] ?? 0);
    const product = activations.reduce((sum, value, row) => sum + Math.round(Math.fround(value * qa)) * (own[row] ?? 0), 0) * Math.fround(1 / Math.fround(qa * qb));
    for (const [effective, plain] of [[bias[column] ?? NaN, given[column] ?? NaN], [none[column] ?? NaN, 0]] as const) {
      const expected = marianProduct(activations, own, qa, qb, plain);
      expect(Math.abs(product + effective - expected)).toBeLessThan(2e-6);
      furthest = Math.max(furthest, Math.abs(product + plain - expected));
    }
  }
  // Without it they would not be.
  expect(furthest).toBeGreaterThan(1e-5);
});

test('a matrix with a grid for each column is multiplied in whole numbers, and each column scaled by its own', async () => {
  const weights = new MarianWeights(new Map([
    ['W', floatTensor([2, 2], Float32Array.of(1, -5 / 12.7, 3 / 127, 10))],
    ['W_QuantMultB', floatTensor([1, 2], Float32Array.of(127, 12.7))],
    ['W_QuantMultA', floatTensor([1, 1], Float32Array.of(10))],
    ['b', floatTensor([1, 2], Float32Array.of(0.5, -0.25))],
  ]), 'model.bin');
  const g = new GraphBuilder('layer');
  g.input('x', 'float32', [1, 2]);
  g.namedOutput('y', int8Layers(weights).apply(g, 'x', { matrix: 'W', rows: 2, columns: 2, bias: 'b' }, { factor: 2 }), 'float32');
  const session = await openSession(encodeModel(g.model('test')), { threads: 1, device: 'cpu' });
  // 1.04 and -2 are 10 and -20 in whole numbers.
  const { y } = await session.run({ x: { type: 'float32', dims: [1, 2], data: Float32Array.of(1.04, -2) } }, ['y']);
  await session.close();
  const expected = [((10 * 127 - 20 * 3) / (10 * 127) + 0.5) * 2, ((10 * -5 - 20 * 127) / (10 * 12.7) - 0.25) * 2];
  expected.forEach((value, column) => expect(Number(y?.data[column])).toBeCloseTo(value, 5));
});
