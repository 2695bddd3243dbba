import { describe, expect, it } from 'vitest';
import { seededRandom } from '../seeded-random.ts';
import { compensatedRounding, runsOf } from './compensated-rounding.ts';

/** Activations that go together, as those of a layer do: few directions and a little noise. */
function activations(count: number, rows: number): Float64Array[] {
  const random = seededRandom(3);
  const directions = Array.from({ length: 3 }, () => Float64Array.from({ length: rows }, () => random.normal()));
  return Array.from({ length: count }, () => {
    const shares = directions.map(() => random.normal());
    return Float64Array.from({ length: rows }, (_, row) => 0.1 * random.normal() + directions.reduce((sum, direction, i) => sum + (shares[i] ?? 0) * (direction[row] ?? 0), 0));
  });
}

function gramOf(inputs: readonly Float64Array[], rows: number): Float64Array {
  const gram = new Float64Array(rows * rows);
  for (const x of inputs) for (let i = 0; i < rows; i++) for (let j = 0; j < rows; j++) gram[i * rows + j] = (gram[i * rows + j] ?? 0) + (x[i] ?? 0) * (x[j] ?? 0);
  return gram;
}

function squaredError(inputs: readonly Float64Array[], difference: Float64Array, columns: number): number {
  return inputs.reduce((sum, x) => {
    for (let column = 0; column < columns; column++) {
      const error = x.reduce((total, value, row) => total + value * (difference[row * columns + column] ?? 0), 0);
      sum += error * error;
    }
    return sum;
  }, 0);
}

describe('rounding with compensation', () => {
  const [rows, columns, multiplier] = [24, 10, 20];
  const inputs = activations(200, rows);
  const gram = gramOf(inputs, rows);
  const everywhere = (count: number, value: number): Float32Array => new Float32Array(count).fill(value);

  it('keeps a change that is smaller than the grid, which plain rounding loses', () => {
    const random = seededRandom(4);
    const onGrid = Float32Array.from({ length: rows * columns }, () => (random.below(41) - 20) / multiplier);
    const changed = onGrid.map((value) => value + (random.next() - 0.5) * 0.8 / multiplier);
    const difference = (whole: Int8Array): Float64Array => Float64Array.from(changed, (value, index) => value - (whole[index] ?? 0) / multiplier);
    const plain = Int8Array.from(changed, (value) => Math.round(value * multiplier));
    expect([...plain]).toEqual([...onGrid].map((value) => Math.round(value * multiplier)));
    const compensated = compensatedRounding(changed, rows, columns, [gram], everywhere(columns, multiplier));
    expect(squaredError(inputs, difference(compensated), columns)).toBeLessThan(squaredError(inputs, difference(plain), columns) / 3);
  });

  it('goes through large matrices in runs', () => {
    const [tall, narrow] = [600, 2];
    const values = Float32Array.from({ length: tall * narrow }, (_, index) => Math.sin(index));
    const grams = runsOf(tall).map((size) => Float64Array.from({ length: size * size }, (_, index) => (index % (size + 1) === 0 ? 1 : 0)));
    expect([grams.map((each) => Math.sqrt(each.length)), [...compensatedRounding(values, tall, narrow, grams, everywhere(narrow, 100))]]).toEqual([[256, 256, 88], [...Int8Array.from(values, (value) => Math.round(value * 100))]]);
  });

  it('leaves a matrix alone that lies on the grid', () => {
    const whole = Int8Array.from({ length: rows * columns }, (_, index) => (index * 37) % 255 - 127);
    expect(compensatedRounding(Float32Array.from(whole, (value) => value / 32), rows, columns, [gram], everywhere(columns, 32))).toEqual(whole);
  });

  it('rounds each column by its own multiplier, plainly where activations have nothing to do with each other', () => {
    const identity = Float64Array.from({ length: 9 }, (_, index) => (index % 4 === 0 ? 1 : 0));
    expect([...compensatedRounding(Float32Array.of(0.26, -0.24, 9, 0.1, 0.3, -20), 3, 2, [identity], Float32Array.of(10, 5))]).toEqual([3, -1, 90, 1, 3, -100]);
  });
});
