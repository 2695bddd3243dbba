import { expect, test } from 'vitest';
import { GraphBuilder } from './graph-builder.ts';
import { float32 } from './tensors.ts';

test('a constant that holds a replaced array is the value in its place, in bodies too; equal numbers elsewhere are not', () => {
  const g = new GraphBuilder('model');
  const x = g.input('x', 'float32', [2]);
  // Two ranges of one memory, with the same numbers.
  const memory = Float32Array.of(1, 2, 1, 2);
  const [first, second] = [memory.subarray(0, 2), memory.subarray(2)];
  g.replaceConstant(first, x);
  expect(g.constant(float32([2], first))).toBe(x);
  expect(g.body('inside').constant(float32([1, 2], first))).toBe(x);
  const others = [g.constant(float32([2], second)), g.constant(float32([2], Float32Array.of(1, 2))), g.constant(float32([1], memory.subarray(0, 1)))];
  expect(others).not.toContain(x);
  // Those with equal content are one constant.
  expect(others[0]).toBe(others[1]);
});
