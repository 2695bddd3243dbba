import { describe, expect, it } from 'vitest';
import type { Runs, Tag } from '../../contract/shapes/text.ts';
import { checkTarget } from './findings.ts';
import { compareNumbers, numbersOf } from './numbers.ts';
import { carryTarget, sourceKey } from './same-source.ts';
import { countWords } from './words.ts';

const bold: Tag = { tag: 1, label: 'b', open: '<b>', close: '</b>', canDelete: true, canCopy: false };
const check = (source: Runs, target: Runs | null, flags: Parameters<typeof checkTarget>[0]['flags'] = []) => checkTarget({ source, target, tags: [bold], flags });

describe('checkTarget', () => {
  it('says nothing of a good translation, nor of none', () => {
    expect(check([{ tag: 1, kind: 'open' }, 'Pay', { tag: 1, kind: 'close' }, ' 1,250.00 at http://a.example/x.'], [{ tag: 1, kind: 'open' }, 'Pague', { tag: 1, kind: 'close' }, ' 1.250,00 em http://a.example/x.'])).toEqual([]);
    expect(check(['Pay 3 now'], null)).toEqual([]);
  });

  it('names each thing that went wrong', () => expect(check(['Send 3 of 40 to me@a.example today', { tag: 1, kind: 'open' }, '!', { tag: 1, kind: 'close' }], ['Envie 4 de 40 hoje', { tag: 1, kind: 'open' }, '!'], ['text-lost'])).toEqual([
    { code: 'tag-missing', severity: 'error', message: 'The tag </b1> is missing.' },
    { code: 'number-changed', severity: 'warning', message: 'The source has 3, the translation 4.' },
    { code: 'url-changed', severity: 'warning', message: 'Not in the translation: me@a.example.' },
    { code: 'text-lost', severity: 'warning', message: 'The machine translation seems to leave out part of the source.' },
  ]));

  it('passes on what the engine noticed and the texts alone do not show', () => {
    expect(check(['At -5 call getName'], ['A 5 chame'], ['number-changed', 'number-rewritten', 'identifier-changed'])).toEqual([
      { code: 'number-changed', severity: 'warning', message: 'A number of the source may not be in the machine translation.' },
      { code: 'identifier-changed', severity: 'warning', message: 'A placeholder, path or name of a program does not stand in the machine translation as in the source.' },
    ]);
  });

  it('tells of a pair that lost its text', () => {
    expect(check(['See ', { tag: 1, kind: 'open' }, 'the note', { tag: 1, kind: 'close' }, '.'], ['Veja', { tag: 1, kind: 'open' }, { tag: 1, kind: 'close' }, '.'])).toEqual([
      { code: 'text-lost', severity: 'warning', message: 'Nothing is left between the tags <b1>.' },
    ]);
  });

  it('names an empty target and one that is the source', () => {
    expect(check(['Pay now please'], [' '])).toEqual([{ code: 'empty-target', severity: 'warning', message: 'The translation is empty.' }]);
    expect(check(['Pay now please'], ['Pay now please'])).toEqual([{ code: 'target-is-source', severity: 'warning', message: 'The translation is the same as the source.' }]);
    expect(check(['New York'], ['New York'])).toEqual([]);
  });

  it('lets a whole pair go with a warning, but not the half whose other half stands in another segment', () => {
    expect(check([{ tag: 1, kind: 'open' }, 'a', { tag: 1, kind: 'close' }], ['a']).map(({ severity }) => severity)).toEqual(['warning', 'warning']);
    expect(check([{ tag: 1, kind: 'open' }, 'a'], ['a'])).toEqual([{ code: 'tag-missing', severity: 'error', message: 'The tag <b1> is missing.' }]);
  });
});

describe('numbers', () => {
  it.each([
    ['1,000.50 and 7', ['100050', '7']],
    ['1 000 000,5', ['10000005']],
    ['12\u00a0500 km', ['12500']],
    ['05/06/2026', ['5', '6', '2026']],
    ['٣٤ and ３４ and 𝟑𝟒', ['34', '34', '34']],
    ['0.5 and 007', ['05', '7']],
    ['none', []],
  ])('finds those of %s', (text, numbers) => { expect(numbersOf(text)).toEqual(numbers); });

  it('takes 12 500 and 12500 for one, and 12 and 13 for two', () => {
    expect(compareNumbers('12500 m', '12 500 m')).toEqual({ lost: [], added: [] });
    expect(compareNumbers('1,234.56 EUR', '1.234,56 EUR')).toEqual({ lost: [], added: [] });
    expect(compareNumbers('1,234.56 EUR', '1.234.56 EUR')).toEqual({ lost: ['1,234.56'], added: ['1.234.56'] });
    expect(compareNumbers('rows 5 and 6', 'linhas 6 e 7')).toEqual({ lost: ['5'], added: ['7'] });
  });
});

describe('sourceKey', () => {
  const tags = (label: string): Tag[] => [1, 2, 3].map((n) => ({ ...bold, tag: n, label }));
  const at = (n: number): Runs => ['Press ', { tag: n, kind: 'open' }, 'OK', { tag: n, kind: 'close' }];

  it('looks at text, places and kinds of tags, not at their numbers', () => {
    expect(sourceKey(at(1), tags('b'))).toEqual(sourceKey(at(3), tags('b')));
    expect(sourceKey(at(1), tags('b'))).not.toEqual(sourceKey(at(1), tags('i')));
    expect(sourceKey(at(1), tags('b'))).not.toEqual(sourceKey(['Press OK'], tags('b')));
  });

  it('carries a target over with the numbers of the other segment', () =>
    expect(carryTarget([{ tag: 1, kind: 'open' }, 'OK', { tag: 1, kind: 'close' }, ' premir'], at(1), at(3))).toEqual([{ tag: 3, kind: 'open' }, 'OK', { tag: 3, kind: 'close' }, ' premir']));
});

describe('countWords', () => {
  it.each([['one two-three  four.', 3], ['— * —', 0], ['', 0], ['漢字 and かな', 5], ['3 items', 2]])('%s', (text, words) => { expect(countWords(text)).toBe(words); });
});
