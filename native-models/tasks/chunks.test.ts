import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chunkText, pack, pieces } from './chunks.ts';

const countWords = (text: string): number => text.split(/\s+/).filter((word) => word !== '').length;

test('chunks are whole segments in order, as few as fit and as even as they can be', () => {
  const chunks = pack(pieces(['a b c', 'd e', 'f g h', '', 'i', 'j k'], countWords, 6), 6);
  // Eleven words are two chunks of at most six, not six and five of whatever order.
  expect(chunks.map(chunkText)).toEqual(['a b c d e', 'f g h i j k']);
  expect(chunks.map((chunk) => [chunk[0]?.segment, chunk.at(-1)?.segment])).toEqual([[0, 1], [2, 5]]);
});

test('a segment that is too long by itself is cut between words, and a word that is too long within it', () => {
  expect(pieces(['one two three four five', 'six'], countWords, 2)).toEqual([
    { segment: 0, text: 'one two', tokens: 2 }, { segment: 0, text: 'three four', tokens: 2 }, { segment: 0, text: 'five', tokens: 1 }, { segment: 1, text: 'six', tokens: 1 },
  ]);
  const letters = (text: string): number => text.length;
  expect(pieces(['abcdefgh'], letters, 3).map(({ text }) => text)).toEqual(['abc', 'def', 'gh']);
  // A character of two code units stays whole.
  expect(pieces(['\u{1F600}\u{1F600}\u{1F600}'], letters, 3).map(({ text }) => text)).toEqual(['\u{1F600}', '\u{1F600}', '\u{1F600}']);
});

test('nothing is lost, nothing is twice, no chunk is too long', () => {
  fc.assert(fc.property(fc.array(fc.string({ maxLength: 60 }), { maxLength: 30 }), fc.integer({ min: 2, max: 12 }), (segments, room) => {
    const chunks = pack(pieces(segments, countWords, room), room);
    for (const chunk of chunks) expect(countWords(chunkText(chunk))).toBeLessThanOrEqual(room);
    expect(chunks.map(chunkText).join(' ').replace(/\s/g, '')).toBe(segments.join('').replace(/\s/g, ''));
  }));
});
