import { expect, test } from 'vitest';
import type { Runs, Tag } from '../../../app/contract/shapes/text.ts';
import { chipLabel, chipMarkup, chipName, missingTags } from './tag-names.ts';

const tags: Tag[] = [
  { tag: 1, label: 'b', open: '<b>', close: '</b>', canDelete: true, canCopy: true },
  { tag: 2, label: 'br', open: '<br/>', equivalent: '\n', canDelete: false, canCopy: false },
];

test('chips are named and numbered', () => {
  expect([chipName({ tag: 1, kind: 'open' }, tags), chipName({ tag: 1, kind: 'close' }, tags), chipName({ tag: 2, kind: 'empty' }, tags), chipName({ tag: 9, kind: 'empty' }, tags)]).toEqual(['b1', '/b1', 'br2', 'x9']);
  expect(chipMarkup({ tag: 1, kind: 'close' }, tags)).toBe('</b>');
  expect(chipLabel({ tag: 1, kind: 'close' }, tags)).toBe('end of tag b 1');
});

test('missing tags are counted, in the order of the source', () => {
  const source: Runs = [{ tag: 1, kind: 'open' }, 'a', { tag: 1, kind: 'close' }, { tag: 2, kind: 'empty' }, 'b', { tag: 2, kind: 'empty' }];
  expect(missingTags(source, [])).toEqual(source.filter((run) => typeof run !== 'string'));
  expect(missingTags(source, ['x', { tag: 2, kind: 'empty' }, { tag: 1, kind: 'open' }])).toEqual([{ tag: 1, kind: 'close' }, { tag: 2, kind: 'empty' }]);
  expect(missingTags(source, source)).toEqual([]);
});
