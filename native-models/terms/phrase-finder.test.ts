import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FinderRules, PhraseFinder } from './phrase-finder.ts';

const RULES: FinderRules = { hyphenJoins: true, capitalAtStart: false };
const found = (text: string, phrases: readonly string[], rules: Partial<FinderRules> = {}, caseSensitive = false): string[] =>
  new PhraseFinder(phrases.map((phrase) => ({ text: phrase, caseSensitive, value: phrase })), { ...RULES, ...rules }).find(text).map(({ start, end }) => text.slice(start, end));

describe('phrases are found', () => {
  it.each([
    ['whole words only', 'a car, cars and a carpet', ['car'], ['car']],
    ['in any letter case', 'CAR Car', ['car'], ['CAR', 'Car']],
    ['with any white space between their words', 'prime\u00a0 minister, prime\nminister', ['prime minister'], ['prime\u00a0 minister', 'prime\nminister']],
    ['before an apostrophe, straight or not', "the car's key, the car’s key", ['car'], ['car', 'car']],
    ['with either apostrophe', 'l’eau de l\'eau', ["l'eau"], ['l’eau', "l'eau"]],
    ['not in words with a hyphen', 'e-mail mail-order mail', ['mail'], ['mail']],
    ['with a hyphen of their own', 'an e-mail', ['e-mail'], ['e-mail']],
    ['composed or not', 'vál\u0301vula a\u0301gua', ['água'], ['a\u0301gua']],
    ['with signs', 'AT&T makes C++ and .NET', ['AT&T', 'C++', '.NET'], ['AT&T', 'C++', '.NET']],
    ['anywhere in Chinese', '数据库管理', ['数据库'], ['数据库']],
    ['next to Chinese', '用API调用', ['API'], ['API']],
  ])('%s', (_name, text, phrases, expected) => {
    expect(found(text, phrases)).toEqual(expected);
  });

  it('the longer one where two overlap, even if it starts later', () => {
    expect(found('safety relief valve spring', ['safety relief', 'relief valve spring', 'valve'])).toEqual(['relief valve spring']);
  });

  it('by exact letters where case matters, with a capital at the start of a sentence where that is allowed', () => {
    expect(found('US and us', ['US'], {}, true)).toEqual(['US']);
    expect(found('Apple pie. Apple pie, Apple', ['apple'], { capitalAtStart: true }, true)).toEqual(['Apple', 'Apple']);
  });

  it('in words with a hyphen where the rule says so', () => {
    expect(found('registou-se', ['registou'], { hyphenJoins: false })).toEqual(['registou']);
  });
});

const word = fc.stringMatching(/^[a-zé]{1,6}$/);
const gap = fc.constantFrom(' ', '  ', '\u00a0', '\n');

describe('for all texts', () => {
  it('a phrase between other words is found once for each time that it stands there', () => {
    fc.assert(fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), fc.array(word, { maxLength: 6 }), gap, fc.integer({ min: 1, max: 3 }), (phrase, others, space, times) => {
      const plain = others.filter((other) => !phrase.includes(other));
      const text = Array.from({ length: times }, () => [...plain, ...phrase].join(space)).join(' | ');
      expect(found(text, [phrase.join(' ')])).toEqual(Array.from({ length: times }, () => phrase.join(space)));
    }));
  });

  it('matches are in order, apart, whole words and equal to a phrase but for case and space', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), { maxLength: 5 }), (text, phrases) => {
      const matches = new PhraseFinder(phrases.map((phrase) => ({ text: phrase, caseSensitive: false, value: phrase })), RULES).find(text);
      const same = (part: string): string => part.normalize('NFC').replace(/[‘’ʼ]/g, "'").toLowerCase().normalize('NFC').replace(/\s+/g, '');
      let end = 0;
      for (const match of matches) {
        expect(match.start).toBeGreaterThanOrEqual(end);
        expect(match.end).toBeGreaterThan(match.start);
        expect(match.values.map(same)).toContain(same(text.slice(match.start, match.end)));
        end = match.end;
      }
    }));
  });
});
