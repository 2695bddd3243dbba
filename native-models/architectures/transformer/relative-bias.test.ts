import { expect, test } from 'vitest';
import { relativeBucket } from './relative-bias.ts';

const buckets = (distances: readonly number[], count: number, most: number, bothSides: boolean): number[] =>
  distances.map((distance) => relativeBucket(distance, count, most, bothSides));

test('keys on both sides have half of the buckets each, exact up to 7, then by logarithm up to 128', () => {
  // 8 + 8 * log(d / 8) / log(16), rounded down: 9 from 12, 10 from 16, 12 from 32, 14 from 64, and no more than 15.
  const near = [0, -1, -7, -8, -11, -12, -15, -16, -31, -32, -63, -64, -127, -128, -5000];
  expect(buckets(near, 32, 128, true)).toEqual([0, 1, 7, 8, 8, 9, 9, 10, 11, 12, 13, 14, 15, 15, 15]);
  expect(buckets([1, 7, 8, 12, 16, 64, 128], 32, 128, true)).toEqual([17, 23, 24, 25, 26, 30, 31]);
});

test('a decoder has all buckets for what lies behind it', () => {
  // 16 + 16 * log(d / 16) / log(8): 24 at 16 * sqrt(8) = 45.3, 21 at 32 (a third of the way).
  expect(buckets([3, 0, -1, -15, -16, -32, -45, -46, -127, -128, -900], 32, 128, false)).toEqual([0, 0, 1, 15, 16, 21, 23, 24, 31, 31, 31]);
});

test('other numbers of buckets and distances', () => {
  // 4 exact, then 4 + 4 * log(d / 4) / log(10): 5 from 7.1, 6 from 12.6, 7 from 22.5.
  expect(buckets([-3, -4, -7, -8, -12, -13, -22, -23, -40, -41], 16, 40, true)).toEqual([3, 4, 4, 5, 5, 6, 6, 7, 7, 7]);
});
