import { expect, test } from 'vitest';
import { rankByWords } from './lexical-rank.ts';
import { findSupport } from './support.ts';
import { wordsOf } from './words.ts';

test('BM25 of three texts, by hand', () => {
  // Lengths 2, 3 and 4, mean 3. "pump": in two of three, idf = ln(1 + 1.5/2.5) = 0.470004; "valve": in one, ln(1 + 2.5/1.5) = 0.980829.
  // Text 1: 0.470004 * 1 * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2/3)) = 0.544215
  // Text 2: no shared word. Text 3: length factor 1.2 * (0.25 + 0.75 * 4/3) = 1.5; pump twice 0.470004 * 2 * 2.2 / 3.5 = 0.590862; valve 0.980829 * 2.2 / 2.5 = 0.863130.
  const ranks = rankByWords('The pump valve?', ['Pump room', 'A red door', 'pump, valve; PUMP on']);
  expect(ranks.map((rank) => rank.toFixed(4))).toEqual(['0.5442', '0.0000', '1.4540']);
});

test('words are folded, and found where no space is between them', () => {
  expect(wordsOf('Ünder-score, naïve ＡＢＣ 10.5!')).toEqual(['under', 'score', 'naive', 'abc', '10.5']);
  expect(wordsOf('今日は天気です').length).toBeGreaterThan(2);
  expect(rankByWords('天気', ['今日は天気です', '私は猫です']).map((rank) => rank > 0)).toEqual([true, false]);
});

test('an answer comes from the segment that holds most of its words, in a row where several do', () => {
  const segments = ['The blue car is old.', 'Anna drives a red car.', 'A car that is red stands there.', 'It rains.'];
  expect(findSupport('red car', 'Who drives?', segments)).toEqual({ segment: 1, share: 1 });
  expect(findSupport('Red', 'What stands there?', segments)).toEqual({ segment: 2, share: 1 });
  expect(findSupport('a green car', 'x', segments)).toEqual({ segment: 1, share: 2 / 3 });
  expect(findSupport('Lisbon', 'x', segments)).toEqual({ segment: null, share: 0 });
  expect(findSupport('!', 'x', segments)).toEqual({ segment: null, share: 0 });
});
