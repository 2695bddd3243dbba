import { expect, test } from 'vitest';
import { createRestartPolicy } from './restart-policy.ts';

test('the wait doubles, and the fifth death in a minute is the last', () => {
  const policy = createRestartPolicy();
  expect([0, 1_000, 2_000, 3_000, 4_000].map((now) => policy.died(now))).toEqual([100, 200, 400, 800, null]);
});

test('deaths further apart are forgotten', () => {
  const policy = createRestartPolicy();
  expect([0, 30_000, 60_000, 90_000, 120_000, 150_000].map((now) => policy.died(now))).toEqual([100, 200, 200, 200, 200, 200]);
});
