import { describe, expect, it } from 'vitest';
import { identityLinks, wordLinks } from './word-links.ts';
import { unitsOf } from './words.ts';

const units = (text: string): string[] => {
  const { count, starts, ends } = unitsOf(text);
  return Array.from({ length: count }, (_, i) => text.slice(starts[i], ends[i]));
};

describe('units', () => {
  it('are words, numbers, addresses and single signs', () => {
    expect(units("Don't pay 1,234.50 (or 3rd), see https://a.example/x?y=1. Mail: me@b.example!")).toEqual([
      "Don't", 'pay', '1,234.50', '(', 'or', '3rd', ')', ',', 'see', 'https://a.example/x?y=1', '.', 'Mail', ':', 'me@b.example', '!',
    ]);
  });

  it('are single characters where a script has no spaces, and whole emoji', () => {
    expect(units('日本語 text 👨‍👩‍👧🇧🇷👍🏽')).toEqual(['日', '本', '語', 'text', '👨‍👩‍👧', '🇧🇷', '👍🏽']);
  });

  it('keep combining marks with their letter, and placeholders whole', () => {
    expect(units('cafe\u0301 %s {name} save_as')).toEqual(['cafe\u0301', '%s', '{name}', 'save_as']);
  });
});

describe('links from attention', () => {
  // "red car" in tokens "red", " c", "ar", end; "carro vermelho" in "carro", " verme", "lho", end.
  const source = { text: 'red car', offsets: Int32Array.of(0, 3, 3, 5, 5, 7) };
  const target = { text: 'carro vermelho', offsets: Int32Array.of(0, 5, 5, 11, 11, 14) };

  it('join the tokens of a word and take the word looked at most', () => {
    const attention = Float32Array.of(
      0.125, 0.5, 0.25, 0.125,
      0.75, 0, 0, 0.25,
      0.25, 0.25, 0, 0.5,
      0, 0, 0, 1,
    );
    expect(wordLinks(source, target, attention, 4)).toEqual([
      { source: [4, 7], target: [0, 5], weight: 0.75 },
      { source: [0, 3], target: [6, 14], weight: 0.5 },
    ]);
  });

  it('leave out a word that looks at the end of the sentence only, and reach a source word that none took', () => {
    const attention = Float32Array.of(
      0.625, 0.25, 0, 0.125,
      0, 0, 0, 1,
      0, 0, 0, 1,
      0, 0, 0, 1,
    );
    expect(wordLinks(source, target, attention, 4)).toEqual([
      { source: [0, 3], target: [0, 5], weight: 0.625 },
      { source: [4, 7], target: [0, 5], weight: 0.25 },
    ]);
  });

  it('are none for a text without words', () => {
    expect(wordLinks({ text: '', offsets: new Int32Array(0) }, target, Float32Array.of(1, 1, 1, 1), 1)).toEqual([]);
  });

  it('of a text that stays as it is join each unit with itself', () => {
    expect(identityLinks('A 12')).toEqual([{ source: [0, 1], target: [0, 1], weight: 1 }, { source: [2, 4], target: [2, 4], weight: 1 }]);
  });
});
