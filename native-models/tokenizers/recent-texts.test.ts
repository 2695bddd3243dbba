import { expect, it } from 'vitest';
import { RecentTexts } from './recent-texts.ts';
import type { Tokenizer } from './tokenizer.ts';

it('asks its tokenizer once for a text, and again after many others', () => {
  const asked: string[] = [];
  const letters = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0));
  const tokenizer: Tokenizer = {
    size: 65_536, unkId: 1, eosId: 0, encode: letters, decode: () => '', decodeWithOffsets: () => ({ text: '', offsets: new Int32Array(0) }),
    encodeWithOffsets(text) {
      asked.push(text);
      return { ids: letters(text), offsets: Int32Array.from({ length: 2 * text.length }, (_, i) => (i + 1) >> 1) };
    },
  };
  const recent = new RecentTexts(tokenizer);
  expect([recent.unkId, recent.encodeWithOffsets('ab'), recent.encodeWithOffsets('ab')]).toEqual([1, { ids: [97, 98], offsets: Int32Array.of(0, 1, 1, 2) }, { ids: [97, 98], offsets: Int32Array.of(0, 1, 1, 2) }]);
  for (let i = 0; i < 100; i++) recent.encodeWithOffsets(String(i));
  recent.encodeWithOffsets('ab');
  expect(asked.filter((text) => text === 'ab').length).toBe(2);
});
