import { expect, test } from 'vitest';
import { seededRandom } from '../weights/testing/synthetic-student.ts';
import { marianBias } from './linear-layers.ts';

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
