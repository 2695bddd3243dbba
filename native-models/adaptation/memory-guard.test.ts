import { expect, test } from 'vitest';
import { gainOf, mayRemember, type Trial } from './memory-guard.ts';

const trials = (count: number, remembering: number, plain: number): Trial[] => Array.from({ length: count }, () => ({ remembering, plain }));

test('nothing is concluded from nine trials', () => {
  expect([gainOf(trials(9, 10, 90)), mayRemember(trials(9, 10, 90))]).toEqual([null, true]);
});

test('a memory that does harm is not used, and used again when the last 40 trials say that it helps', () => {
  const harmed = trials(10, 50, 51);
  expect([gainOf(harmed), mayRemember(harmed)]).toEqual([-1, false]);
  const better = [...harmed, ...trials(40, 60, 58)];
  expect([gainOf(better), mayRemember(better)]).toEqual([2, true]);
});
