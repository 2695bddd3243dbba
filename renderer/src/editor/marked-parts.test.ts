import { expect, it } from 'vitest';
import { markedParts } from './marked-parts.ts';

it('cuts a run at what is marked in the whole text', () => {
  expect(markedParts('O gato dorme.', 0, [{ start: 2, end: 6 }])).toEqual([{ text: 'O ', marked: false }, { text: 'gato', marked: true }, { text: ' dorme.', marked: false }]);
  // The second run of "O ga|to dorme.": a word across two runs is marked in both.
  expect(markedParts('to dorme.', 4, [{ start: 0, end: 1 }, { start: 2, end: 6 }])).toEqual([{ text: 'to', marked: true }, { text: ' dorme.', marked: false }]);
  expect(markedParts('O gato', 0, [])).toEqual([{ text: 'O gato', marked: false }]);
});
