import { expect, test } from 'vitest';
import { INVISIBLE, piecesOf, signOf } from './invisibles.ts';

test('a text is cut at characters that can\u2019t be seen, and nothing is lost', () => {
  const text = '10\u00a0km\tfar\nend';
  expect(piecesOf(text)).toEqual([
    { text: '10' }, { text: '\u00a0', sign: '°', name: 'no-break space' }, { text: 'km' }, { text: '\t', sign: '→', name: 'tab' },
    { text: 'far' }, { text: '\n', sign: '↵', name: 'line break' }, { text: 'end' },
  ]);
  expect(piecesOf('')).toEqual([]);
  expect(piecesOf('plain words')).toEqual([{ text: 'plain words' }]);
});

test('every character that is looked for has a sign and a name', () => {
  const all = Array.from({ length: 0x10000 }, (_, point) => String.fromCharCode(point)).join('');
  const found = all.match(INVISIBLE) ?? [];
  expect(found.length).toBe(19);
  expect(found.filter((character) => signOf(character) === undefined)).toEqual([]);
});
