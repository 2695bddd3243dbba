import { expect, it } from 'vitest';
import { stepSpan, wordsOf } from './source-span.ts';

const TEXT = 'Open the water pump, now.';
const words = wordsOf(TEXT, 'en');
const said = (span: { start: number; end: number } | null): string | null => (span === null ? null : TEXT.slice(span.start, span.end));

it('knows the words of a text, in a language of any name', () => {
  expect(words.map(said)).toEqual(['Open', 'the', 'water', 'pump', 'now']);
  expect(wordsOf(TEXT, 'x').map(said)).toEqual(['Open', 'the', 'water', 'pump', 'now']);
});

it('goes from word to word and takes more of them', () => {
  const water = { start: 9, end: 14 };
  expect([said(stepSpan(words, null, 1, false)), said(stepSpan(words, null, -1, false))]).toEqual(['Open', 'now']);
  expect([said(stepSpan(words, water, 1, false)), said(stepSpan(words, water, -1, false))]).toEqual(['pump', 'the']);
  expect([said(stepSpan(words, water, 1, true)), said(stepSpan(words, water, -1, true))]).toEqual(['water pump', 'the water']);
  const now = { start: 21, end: 24 };
  expect([stepSpan(words, now, 1, false), said(stepSpan(words, now, 1, true))]).toEqual([null, 'now']);
});
