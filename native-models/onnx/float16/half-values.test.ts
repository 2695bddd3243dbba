import { expect, test } from 'vitest';
import { seededRandom } from '../../weights/testing/synthetic-student.ts';
import { fitsHalf, LARGEST_HALF, toHalf } from './half-values.ts';

/** The language's own conversion, which rounds to nearest, ties to even. */
const native = (values: Float32Array): Uint16Array => new Uint16Array(Float16Array.from(values).buffer);

test('numbers of every size become the halves that the language makes of them', () => {
  const random = seededRandom(5);
  const values = Float32Array.from({ length: 100_000 }, () => (random() - 0.5) * 2 ** (Math.floor(random() * 42) - 26));
  expect(toHalf(values)).toEqual(native(values));
});

test('every half stays itself, its neighbours and the middle between two of them are rounded to even', () => {
  const finite = Float32Array.from({ length: 0x7c00 }, (_, bits) => new Float16Array(Uint16Array.of(bits).buffer)[0] ?? 0);
  expect(toHalf(finite)).toEqual(Uint16Array.from(finite.keys()));
  const middles = finite.slice(0, -1).map((value, at) => (value + (finite[at + 1] ?? 0)) / 2);
  expect(toHalf(middles)).toEqual(native(middles));
});

test('infinities and NaN stay, finite numbers stay finite', () => {
  expect([...toHalf(Float32Array.of(Infinity, -Infinity, NaN, 65519, 65520, -1e9, -0))]).toEqual([0x7c00, 0xfc00, 0x7e00, 0x7bff, 0x7bff, 0xfbff, 0x8000]);
});

test('what is out of range is told', () => {
  expect(fitsHalf(Float32Array.of(-LARGEST_HALF, 0, LARGEST_HALF))).toBe(true);
  expect(fitsHalf(Float32Array.of(1, -1e9))).toBe(false);
});
