import { expect, it } from 'vitest';
import { unsureWords } from './unsure-words.ts';

it('finds the words that the model was not sure of, also where placing tags has moved them', () => {
  const words = [{ target: [0, 1], confidence: 0.9 }, { target: [2, 6], confidence: 0.3 }, { target: [7, 12], confidence: 0.49 }] as const;
  expect(unsureWords('O gato dorme.', words, 'O gato dorme.')).toEqual([{ start: 2, end: 6 }, { start: 7, end: 12 }]);
  expect(unsureWords('O gato dorme.', words, 'O  gato dorme.')).toEqual([{ start: 3, end: 7 }, { start: 8, end: 13 }]);
  expect(unsureWords('O gato dorme.', words, 'O dorme.')).toEqual([{ start: 2, end: 7 }]);
  expect(unsureWords('O gato dorme.', [], 'O gato dorme.')).toEqual([]);
});
