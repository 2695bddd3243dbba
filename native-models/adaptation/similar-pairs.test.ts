import { expect, test } from 'vitest';
import { SimilarPairs } from './similar-pairs.ts';

const filled = (...sources: string[]): SimilarPairs => {
  const pairs = new SimilarPairs();
  sources.forEach((source, id) => { pairs.set(id, { source, target: source.toUpperCase() }); });
  return pairs;
};
const found = (pairs: SimilarPairs, text: string, most = 16, without: number | null = null): number[] => pairs.nearest(text, most, without).map(({ id }) => id);

test('pairs that share rarer words, and more of them, come first; those that share none do not come', () => {
  const pairs = filled('the house', 'the red house by the lake', 'the lake', 'a dog');
  expect(found(pairs, 'The red lake')).toEqual([1, 2, 0]);
  expect(found(pairs, 'something else')).toEqual([]);
});

test('the score is BM25 with k1 1.2 and b 0.75, counted by hand', () => {
  // Two pairs of two words: both of average length, so the part of the length is 1. "crate" is in one of two.
  const [best] = filled('useful crate', 'other name').nearest('crate', 1);
  const idf = Math.log(1 + (2 - 1 + 0.5) / (1 + 0.5));
  expect(best).toEqual({ id: 0, source: 'useful crate', target: 'USEFUL CRATE', score: expect.closeTo((idf * 1 * 2.2) / (1 + 1.2), 12) });
});

test('of two equal ones the newer comes first, a plural finds its singular, and accents and case do not matter', () => {
  expect(found(filled('HAL crate', 'HAL crates'), 'crates')).toEqual([1, 0]);
  expect(found(filled('Edição'), 'edicao')).toEqual([0]);
});

test('one can be left out, replaced and taken away', () => {
  const pairs = filled('a crate', 'the crate');
  expect(found(pairs, 'crate', 16, 1)).toEqual([0]);
  pairs.set(0, { source: 'a box', target: 'UMA CAIXA' });
  expect([found(pairs, 'crate'), found(pairs, 'box')]).toEqual([[1], [0]]);
  pairs.delete(1);
  expect([found(pairs, 'crate'), pairs.size, pairs.ids()]).toEqual([[], 1, [0]]);
});
