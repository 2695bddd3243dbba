import { expect, test } from 'vitest';
import { collectSentences } from './collect-sentences.ts';

// Two sentences of 2 and 3 source tokens in one batch. Row 0 ends after two tokens, row 1 after three.
const tokens = Int32Array.of(11, 21, 12, 22, 0, 23, 99, 0);
const rows = Int32Array.of(0, 1, 0, 1, 0, 1, 0, 1);
const sources = [
  [5, 0],
  [6, 7, 0],
];
const plain = { score: null, tokenScores: null, attention: null };

test('hands each token to its sentence and leaves out what follows its end', () => {
  expect(collectSentences(sources, [9, 9], { tokens: { data: tokens }, rows: { data: rows } })).toEqual([
    { ...plain, ids: Int32Array.of(11, 12), sourceLength: 2, truncated: false },
    { ...plain, ids: Int32Array.of(21, 22, 23), sourceLength: 3, truncated: false },
  ]);
});

test('an end at the limit counts, one behind it does not', () => {
  const cut = collectSentences(sources, [2, 2], { tokens: { data: tokens }, rows: { data: rows } });
  expect(cut.map(({ ids, truncated }) => ({ ids: [...ids], truncated }))).toEqual([
    { ids: [11, 12], truncated: false },
    { ids: [21, 22], truncated: true },
  ]);
});

test('scores are summed and attention is cut to the source, the end of sentence included', () => {
  const scores = Float32Array.of(-1, -2, -3, -4, -5, -6, -7, -8);
  const attention = Float32Array.from({ length: 24 }, (_, index) => index);
  const fetched = { tokens: { data: tokens }, rows: { data: rows }, scores: { data: scores }, attention: { data: attention } };
  const [first, second] = collectSentences(sources, [9, 2], fetched);
  expect([first?.score, second?.score]).toEqual([-9, -6]);
  expect([first?.tokenScores, second?.tokenScores]).toEqual([Float32Array.of(-1, -3, -5), Float32Array.of(-2, -4)]);
  expect(first?.attention).toEqual(Float32Array.of(0, 1, 6, 7, 12, 13));
  expect(second?.attention).toEqual(Float32Array.of(3, 4, 5, 9, 10, 11));
});
