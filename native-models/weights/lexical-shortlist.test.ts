import { expect, test } from 'vitest';
import { readLexicalShortlist } from './lexical-shortlist.ts';
import { writeLexicalShortlist } from './testing/synthetic-student.ts';

const file = writeLexicalShortlist(2, [[], [5, 9], [7], [5, 6, 8]]);

test('gives the list of each source token', () => {
  const list = readLexicalShortlist(file, 'lex.bin');
  expect({ ...list, offsets: [...list.offsets], ids: [...list.ids] }).toEqual({
    firstNum: 2,
    bestNum: 50,
    sourceTokens: 4,
    offsets: [0, 0, 2, 3, 6],
    ids: [5, 9, 7, 5, 6, 8],
  });
});

test('one altered byte anywhere is found', () => {
  for (let at = 0; at < file.length; at++) {
    const altered = Uint8Array.from(file);
    altered[at] = (altered[at] ?? 0) ^ 0x10;
    // The checksum is over whole words of eight bytes: Marian leaves out a last half word.
    const covered = at < file.length - (file.length % 8);
    if (covered) expect(() => readLexicalShortlist(altered, 'lex.bin')).toThrow(expect.objectContaining({ code: 'MODEL_BROKEN' }));
  }
});

test('a file cut at any byte is found', () => {
  for (let length = 0; length < file.length; length++) {
    expect(() => readLexicalShortlist(file.subarray(0, length), 'lex.bin')).toThrow(expect.objectContaining({ code: 'MODEL_BROKEN' }));
  }
});
