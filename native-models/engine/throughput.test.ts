import { expect, it } from 'vitest';
import { countWords, Throughput } from './throughput.ts';

it('counts words between white space', () => {
  expect(['', '  ', 'one', ' one two\u00a0three\u3000four\nfive ', 'a-b c'].map(countWords)).toEqual([0, 0, 1, 5, 2]);
});

it('measures words per second of busy time: parallel runs share it, pauses do not count', () => {
  const throughput = new Throughput();
  expect(throughput.wordsPerSecond).toBe(null);
  throughput.record({ start: 0, end: 2, words: 100 });
  throughput.record({ start: 1, end: 3, words: 200 });
  throughput.record({ start: 100, end: 101, words: 100 });
  expect(throughput.wordsPerSecond).toBe(100); // 400 words in 3 + 1 seconds
});
