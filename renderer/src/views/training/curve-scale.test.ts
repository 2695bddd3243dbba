import { expect, test } from 'vitest';
import { linear, roundTicks, thinned } from './curve-scale.ts';

test.each([
  [0, 10, 5, [0, 2, 4, 6, 8, 10]],
  [0.13, 0.42, 3, [0.2, 0.3, 0.4]],
  [0, 1234, 4, [0, 500, 1000]],
  [3, 3, 4, [3]],
])('ticks from %d to %d', (least, most, count, ticks) => { expect(roundTicks(least, most, count)).toEqual(ticks); });

test('a long curve is averaged to at most 400 points and ends where it ended', () => {
  const points = Array.from({ length: 1000 }, (_, i) => ({ x: i + 1, y: i % 3 }));
  const thin = thinned(points);
  expect([thin.length, thin.at(-1)?.x, thin[0]]).toEqual([334, 1000, { x: 3, y: 1 }]);
  expect(thinned(points.slice(0, 400))).toEqual(points.slice(0, 400));
});

test('a scale, also of a range without extent', () => {
  expect([linear([0, 10], [100, 0])(2.5), linear([4, 4], [0, 10])(4)]).toEqual([75, 5]);
});
