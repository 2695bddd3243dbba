import { expect, test } from 'vitest';
import { createRate } from './rate.ts';

test('a rate measures the last seconds, from the first batch on', () => {
  let now = 100;
  const rate = createRate(() => now);
  expect(rate.perSecond()).toBeNull();
  now = 105;
  rate.add(50);
  expect(rate.perSecond()).toBeNull();
  for (let second = 0; second < 30; second++) {
    now++;
    rate.add(second < 15 ? 10 : 40);
  }
  expect([rate.perSecond(), rate.seconds()]).toEqual([40, 35]);
});
