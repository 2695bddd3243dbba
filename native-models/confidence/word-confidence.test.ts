import { describe, expect, it } from 'vitest';
import { confidenceOf, wordConfidences } from './word-confidence.ts';

const rounded = (words: ReturnType<typeof wordConfidences>): unknown[] => words.map(({ target, confidence }) => [...target, Number(confidence.toFixed(6))]);

describe('confidence', () => {
  it('of a word is the geometric mean of its tokens, signs have none', () => {
    // "O gato dorme." in the tokens O, ga, to, dorme, full stop, and the end.
    const offsets = Int32Array.of(0, 1, 2, 4, 4, 6, 7, 12, 12, 13);
    const scores = [0.5, 0.9, 0.4, 0.25, 1, 1].map(Math.log);
    expect(rounded(wordConfidences({ text: 'O gato dorme.', offsets }, scores))).toEqual([[0, 1, 0.5], [2, 6, 0.6], [7, 12, 0.25]]);
  });

  it('of a token that spans two words counts for both, words without tokens have none', () => {
    expect(rounded(wordConfidences({ text: 'a b c', offsets: Int32Array.of(0, 3) }, [Math.log(0.5)]))).toEqual([[0, 1, 0.5], [2, 3, 0.5]]);
  });

  it('of a translation is the mean probability of its tokens', () => {
    expect([confidenceOf(Math.log(0.8)), confidenceOf(0), confidenceOf(null)].map((each) => (each === null ? null : Number(each.toFixed(6))))).toEqual([0.8, 1, null]);
  });
});
