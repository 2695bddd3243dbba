import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clausesOf, sentencesOf, splitLongText } from './split-long-text.ts';
import { hasWords, planText } from './text-plan.ts';

const shorterThan = (length: number) => (text: string): boolean => text.length <= length;
const plan = (text: string, most = Infinity): [string, boolean][] => planText(text, shorterThan(most)).map((part) => [part.text, part.translate]);

describe('what goes to the model', () => {
  it('are lines without the space around them', () => {
    expect(plan('  Hello there \r\n\n World\t(1)\u2028x')).toEqual([
      ['  ', false], ['Hello there', true], [' ', false], ['\r\n', false], ['\n', false], [' ', false], ['World', true], ['\t', false], ['(1)', false], ['\u2028', false], ['x', true],
    ]);
    expect(plan('')).toEqual([]);
  });

  it('are sentences', () => {
    expect(plan('He left.  "Why?" Nobody knew.')).toEqual([['He left.', true], ['  ', false], ['"Why?"', true], [' ', false], ['Nobody knew.', true]]);
  });

  it('is not what has no words', () => {
    for (const text of ['', ' ', '1,234.5', '—', '12:30 / 13:45', 'https://a.example/path?q=the', 'www.a.example', 'me@a.example, you@b.example', 'src/main.rs', 'snake_case_name', 'std::vec', './run/it', 'com.example.app', '☎ 555'])
      expect([text, hasWords(text)]).toEqual([text, false]);
    for (const text of ['a', 'Yes/No', 'e.g. this', 'See https://a.example', 'AT&T', 'and/or', 'p.m.', '日本', 'U.S.A.'])
      expect([text, hasWords(text)]).toEqual([text, true]);
  });

  it('joined gives the text again, each part at its offset', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', 'B', ' ', '\n', '.', ',', '; ', '1', '。', '日', '\t', '"', '! ', 'https://a.b/c ') }), fc.integer({ min: 1, max: 12 }), (text, most) => {
      const parts = planText(text, shorterThan(most));
      expect(parts.map((part) => part.text).join('')).toBe(text);
      let at = 0;
      for (const part of parts) {
        expect(part.start).toBe(at);
        at += part.text.length;
        if (part.translate) expect([part.text.trim() === part.text, part.text.length <= most || Array.from(part.text).length === 1]).toEqual([true, true]);
      }
    }), { numRuns: 2000 });
  });
});

describe('sentences', () => {
  it('end at full stops, not at abbreviations or inside addresses', () => {
    expect(sentencesOf('Mr. Smith met Dr. Brown at 5 p.m. Tuesday. He left. See No. 5.')).toEqual(['Mr. Smith met Dr. Brown at 5 p.m. Tuesday. ', 'He left. ', 'See No. 5.']);
    expect(sentencesOf('Open https://a.example/?Q=1!B now. Then wait.')).toEqual(['Open https://a.example/?Q=1!B now. ', 'Then wait.']);
    expect(sentencesOf(`${'Dr. '.repeat(20_000)}Brown is here. He sits.${' '.repeat(1000)}She stands.`).map((sentence) => sentence.trim().slice(-9))).toEqual([' is here.', 'He sits.', 'e stands.']);
    expect(sentencesOf('これは本です。あれは？はい！')).toEqual(['これは本です。', 'あれは？', 'はい！']);
  });
});

describe('a text that is too long', () => {
  it('is cut at the best boundary there is: sentence, semicolon, comma, space, character', () => {
    expect(splitLongText('One two three. Four five six.', shorterThan(16))).toEqual(['One two three. ', 'Four five six.']);
    expect(splitLongText('one, two three; four, five six', shorterThan(18))).toEqual(['one, two three; ', 'four, five six']);
    expect(splitLongText('one two, three four', shorterThan(11))).toEqual(['one two, ', 'three four']);
    expect(splitLongText('one two three', shorterThan(8))).toEqual(['one two ', 'three']);
    expect(splitLongText('abcdefgh', shorterThan(3))).toEqual(['abc', 'def', 'gh']);
  });

  it('is cut into parts of about equal length', () => {
    expect(splitLongText('aa, bb, cc, dd, ee, ff.', shorterThan(20))).toEqual(['aa, bb, cc, ', 'dd, ee, ff.']);
  });

  it('is not cut inside an emoji', () => {
    expect(splitLongText('👨‍👩‍👧👍🏽', shorterThan(2))).toEqual(['👨‍👩‍👧', '👍🏽']);
  });

  it('of a million characters is cut quickly', () => {
    const parts = splitLongText('x'.repeat(1_000_000), shorterThan(96));
    expect(parts.join('')).toHaveLength(1_000_000);
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(96);
  });
});

it('clauses are what is between commas, semicolons, colons, dashes and sentence ends', () => {
  expect(clausesOf('If so, do it: now; then rest — well. Good.')).toEqual(['If so, ', 'do it: ', 'now; ', 'then rest — ', 'well. ', 'Good.']);
});
