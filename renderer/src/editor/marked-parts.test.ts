import { expect, it } from 'vitest';
import { type Mark, markedParts } from './marked-parts.ts';

const mark = (start: number, end: number): Mark => ({ start, end, kind: 'unsure', title: '' });

it('cuts a run at what is marked in the whole text', () => {
  const cat = mark(2, 6), none = mark(0, 1);
  expect(markedParts('O gato dorme.', 0, [cat])).toEqual([{ text: 'O ', mark: null }, { text: 'gato', mark: cat }, { text: ' dorme.', mark: null }]);
  // The second run of "O ga|to dorme.": a word across two runs is marked in both.
  expect(markedParts('to dorme.', 4, [none, cat])).toEqual([{ text: 'to', mark: cat }, { text: ' dorme.', mark: null }]);
  expect(markedParts('O gato', 0, [])).toEqual([{ text: 'O gato', mark: null }]);
});
