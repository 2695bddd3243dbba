import { expect, test } from 'vitest';
import { WorkPace } from './work-pace.ts';

const MINUTE = 60_000;
const of = (wordsDone: number, words = 1000): { words: number; wordsDone: number } => ({ words, wordsDone });

test('words of an hour and the time that the rest takes, once a minute was worked', () => {
  const pace = new WorkPace(of(100), 0);
  expect(pace.take(of(105), MINUTE / 2)).toBeNull();
  // 20 words in two minutes are 600 in an hour; the other 880 take 88 minutes.
  expect(pace.take(of(120), 2 * MINUTE)).toEqual({ wordsPerHour: 600, secondsLeft: 88 * 60 });
});

test('a break is no work', () => {
  const pace = new WorkPace(of(0), 0);
  pace.take(of(10), MINUTE);
  pace.take(of(20), 61 * MINUTE);
  expect(pace.take(of(30), 62 * MINUTE)).toEqual({ wordsPerHour: 600, secondsLeft: 97 * 60 });
});

test('what is undone counts against it', () => {
  const pace = new WorkPace(of(0), 0);
  pace.take(of(10), MINUTE);
  expect(pace.take(of(0), 2 * MINUTE)).toBeNull();
});

test('documents that are added with their translations are no work', () => {
  const pace = new WorkPace(of(0), 0);
  pace.take(of(10), MINUTE);
  expect(pace.take(of(510, 2000), 2 * MINUTE)).toEqual({ wordsPerHour: 600, secondsLeft: 149 * 60 });
});
