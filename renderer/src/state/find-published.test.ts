import { expect, test } from 'vitest';
import type { PublishedModelInfo } from '../../../app/contract/shapes/model.ts';
import { PublishedList } from './find-published.ts';

const model = (from: string, to: string, size: string | null = 'tiny'): PublishedModelInfo => ({ id: `${from}-${to}-${size ?? 'x'}-3.0`, from, to, size, version: '3.0', downloadBytes: 1, installedBytes: 1, licence: 'MPL-2.0', source: '' });
const list = new PublishedList([model('de', 'en'), model('en', 'de', 'base'), model('en', 'fr'), model('en', 'zh-Hant'), model('en', 'zh', null), model('not a tag!', 'en')]);
const ids = (found: readonly PublishedModelInfo[]): string[] => found.map(({ id }) => id);

test('every word counts, of names, tags, sizes and ids, in any order', () => {
  expect(ids(list.find('german'))).toEqual(['de-en-tiny-3.0', 'en-de-base-3.0']);
  expect(ids(list.find('  BASE German '))).toEqual(['en-de-base-3.0']);
  expect(ids(list.find('en-fr'))).toEqual(['en-fr-tiny-3.0']);
  expect(ids(list.find('to french'))).toEqual(['en-fr-tiny-3.0']);
  expect(list.find('klingon')).toEqual([]);
  expect(list.find(' ')).toHaveLength(6);
});

test('models of wanted pairs: a region may differ, a script may not', () => {
  expect(ids(list.find('', [{ from: 'de-AT', to: 'en-GB' }, { from: 'en', to: 'fr-CA' }]))).toEqual(['de-en-tiny-3.0', 'en-fr-tiny-3.0']);
  expect(ids(list.find('', [{ from: 'en', to: 'zh-TW' }]))).toEqual(['en-zh-Hant-tiny-3.0']);
  expect(ids(list.find('base', [{ from: 'de', to: 'en' }]))).toEqual([]);
});
