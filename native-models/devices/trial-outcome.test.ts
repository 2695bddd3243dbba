import { describe, expect, test } from 'vitest';
import { agrees, compareOutputs } from './trial-outcome.ts';

describe('outputs side by side', () => {
  test('equal texts are counted, and the largest difference of their scores', () => {
    const reference = [{ text: 'um', score: -0.5 }, { text: 'dois', score: -0.25 }, { text: 'três', score: null }, { text: 'quatro', score: -1 }];
    const outputs = [{ text: 'um', score: -0.5 }, { text: 'dois', score: -0.375 }, { text: 'três', score: -2 }, { text: 'cinco', score: -9 }];
    expect(compareOutputs(outputs, reference)).toEqual({ sentences: 4, equal: 3, scoreDifference: 0.125 });
  });

  test('a missing output is a different one, a score that is no number is infinitely far', () => {
    expect(compareOutputs([{ text: 'um', score: NaN }], [{ text: 'um', score: -1 }, { text: 'dois', score: -1 }])).toEqual({ sentences: 2, equal: 1, scoreDifference: Infinity });
  });
});

describe('agreement', () => {
  const figures = { wordsPerSecond: 1, sentences: 6, equal: 6, scoreDifference: 0 };
  test.each([
    ['float32', { equal: 6, scoreDifference: 0.001 }, true],
    ['float32', { equal: 5, scoreDifference: 0 }, false],
    ['float32', { equal: 6, scoreDifference: 0.002 }, false],
    ['float16', { equal: 5, scoreDifference: 0.02 }, true],
    ['float16', { equal: 4, scoreDifference: 0 }, false],
    ['float16', { equal: 6, scoreDifference: 0.03 }, false],
    ['float16', { sentences: 0, equal: 0 }, false],
  ] as const)('in %s with %j: %s', (precision, found, expected) => {
    expect(agrees({ device: 'webgpu', precision }, { ...figures, ...found })).toBe(expected);
  });
});
