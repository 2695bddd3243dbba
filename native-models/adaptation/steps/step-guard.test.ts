import { expect, test } from 'vitest';
import { whyNotMade, whyTakenBack } from './step-guard.ts';
import { DEFAULT_STEPS } from './step-settings.ts';

const why = (heldOut: [number, number] | null, general: [number, number], generalAtFirst = 0.05): string | null =>
  whyTakenBack({ heldOut: heldOut === null ? null : { before: heldOut[0], after: heldOut[1] }, general: { before: general[0], after: general[1] }, generalAtFirst }, DEFAULT_STEPS);

test('a step is kept while nothing gets worse by more than the tolerance of 0.02', () => {
  expect([why(null, [0.05, 0.06]), why([3, 2.9], [0.05, 0.05]), why([1, 1.019], [0.05, 0.069])]).toEqual([null, null, null]);
});

test('and taken back for held-out segments, for general sentences, and for what all steps come to', () => {
  expect(why([1, 1.03], [0.05, 0.05])).toBe('Held-out segments became less likely, by 0.030 nats a token.');
  expect(why([1, 0.5], [0.05, 0.08])).toBe('General sentences became less likely, by 0.030 nats a token.');
  expect(why([1, 0.5], [0.14, 0.155])).toBe('With all steps general sentences would be less likely by 0.105 nats a token.');
  expect([why([1, Number.NaN], [0.05, 0.05]), why(null, [0.05, Number.NaN])].map((reason) => reason !== null)).toEqual([true, true]);
});

test('no step is made where half of the pairs hardly look like translations', () => {
  expect(whyNotMade([9, 1, 8.5, 12, 7, 2, 10, 0.5], DEFAULT_STEPS)).toBe('Its segments hardly look like translations: half of them are at 8.5 nats a token or above.');
  expect(whyNotMade([9, 1, 3, 12, 0.7, 2, 10, 0.5], DEFAULT_STEPS)).toBeNull();
  // Six nats a token may still be one.
  expect([whyNotMade([6], DEFAULT_STEPS), whyNotMade([6.01], DEFAULT_STEPS) === null]).toEqual([null, false]);
});
