import { describe, expect, test } from 'vitest';
import { offsetsOfTokens } from './token-offsets.ts';

const places = (text: string, tokens: readonly string[], normalized = true): string[] => {
  const offsets = offsetsOfTokens(text, tokens.map((token) => new TextEncoder().encode(token)), { normalized });
  return tokens.map((_, i) => text.slice(offsets[2 * i], offsets[2 * i + 1]));
};

describe('the places of tokens', () => {
  test('are those of their spellings, without the space in front', () => {
    expect(places('The cats sat.', [' The', ' cat', 's', ' sat', '.'])).toEqual(['The', 'cat', 's', 'sat', '.']);
    expect(places('a  b', [' ', 'a', ' ', ' b'])).toEqual(['', 'a', '', 'b']);
  });

  test('of an unknown token: what lies between its neighbours', () => {
    expect(places('one \u2603\u2604 two', [' one', '', ' two'])).toEqual(['one', '\u2603\u2604', 'two']);
    expect(places('\u2603', ['', ''])).toEqual(['\u2603', '']);
    expect(places('two \u2603', [' two', ' ', ''])).toEqual(['two', '\u2603', '']);
  });

  test('follow NFKC where the tokenizer normalizes: ligatures, full-width letters, combining marks', () => {
    expect(places('o\ufb03ce \uff21\uff22 cafe\u0301!', [' office', ' A', 'B', ' caf', '\u00e9', '!'])).toEqual(['o\ufb03ce', '\uff21', '\uff22', 'caf', 'e\u0301', '!']);
  });

  test('of bytes: a character that is cut apart belongs to the first of its tokens', () => {
    const text = 'x \ud83d\ude00y', bytes = new TextEncoder().encode('\ud83d\ude00');
    const offsets = offsetsOfTokens(text, [Uint8Array.of(0x78), Uint8Array.of(0x20, ...bytes.subarray(0, 2)), bytes.subarray(2), Uint8Array.of(0x79)], { normalized: false });
    expect([...offsets]).toEqual([0, 1, 2, 4, 4, 4, 4, 5]);
  });

  test('a spelling that is nowhere does not move those behind it', () => {
    expect(places('Gro\u00df ist gut', [' Gross', ' ist', ' gut'])).toEqual(['Gro\u00df', 'ist', 'gut']);
  });

  test('of nothing', () => {
    expect([...offsetsOfTokens('', [], { normalized: true })]).toEqual([]);
    expect(places('', [''])).toEqual(['']);
  });
});
