import { expect, test } from 'vitest';
import { ConstantTable } from './constant-table.ts';
import { float32, int32 } from './tensors.ts';

test('finds a constant by its content, type and shape', () => {
  const table = new ConstantTable();
  const values = Float32Array.from({ length: 1000 }, (_, i) => i);
  table.add('a', float32([10, 100], values));
  expect(table.nameOf(float32([10, 100], Float32Array.from(values)))).toBe('a');
  expect(table.nameOf(float32([100, 10], values))).toBe(null);
  expect(table.nameOf(int32([10, 100], new Int32Array(values.buffer)))).toBe(null);
  expect([...table.tensors.keys()]).toEqual(['a']);
});

test('tells apart what differs in one byte, wherever that is', () => {
  const table = new ConstantTable();
  const values = new Float32Array(5000);
  table.add('zeros', float32([5000], values));
  for (const at of [0, 1, 77, 2499, 4999]) {
    const other = Float32Array.from(values);
    other[at] = 1e-30;
    expect(table.nameOf(float32([5000], other))).toBe(null);
    table.add(`one at ${at}`, float32([5000], other));
    expect(table.nameOf(float32([5000], Float32Array.from(other)))).toBe(`one at ${at}`);
  }
  expect(table.nameOf(float32([5000], new Float32Array(5000)))).toBe('zeros');
});

test('constants of nothing and single numbers', () => {
  const table = new ConstantTable();
  table.add('none', float32([0], []));
  table.add('one', float32([], [1]));
  expect([table.nameOf(float32([0], [])), table.nameOf(float32([], [1])), table.nameOf(float32([1], [1])), table.nameOf(float32([], [2]))]).toEqual(['none', 'one', null, null]);
});
