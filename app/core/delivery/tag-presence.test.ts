import { expect, test } from 'vitest';
import type { Runs, Tag } from '../../contract/shapes/text.ts';
import { tagPresence } from './tag-presence.ts';

const tag = (number: number, label: string, canDelete: boolean): Tag => ({ tag: number, label, open: '', canDelete, canCopy: false });
const open = (n: number): Runs[number] => ({ tag: n, kind: 'open' }), close = (n: number): Runs[number] => ({ tag: n, kind: 'close' }), mark = (n: number): Runs[number] => ({ tag: n, kind: 'empty' });
const bold = [tag(1, 'b', true)], link = [tag(1, 'link', false)], field = [tag(1, 'field', false)];
const presence = (wanted: Runs, tags: Tag[], runs: Runs, theirs: Tag[], around?: string[]) => {
  const { tags: count, found, missing } = tagPresence(wanted, tags, { runs, unit: { tags: theirs, ...(around ? { around } : {}) } });
  return [count, found, missing];
};

test.each<[string, ReturnType<typeof presence>, ReturnType<typeof presence>]>([
  ['the same tags in another order', presence(['a ', open(1), 'b', close(1), mark(2)], [...link, tag(2, 'br', true)], [mark(1), 'a ', open(2), 'b', close(2)], [tag(1, 'br', true), tag(2, 'link', false)]), [3, 3, []]],
  ['a link that is gone', presence([open(1), 'a', close(1), ' b'], link, ['a b'], []), [2, 0, ['open link', 'close link']]],
  ['a field that is gone', presence(['a ', mark(1)], field, ['a '], []), [1, 0, ['empty field']]],
  ['a link around nothing', presence(['a', open(1), ' ', close(1)], link, ['a'], []), [0, 0, []]],
  ['a link around an image', presence(['a', open(1), mark(2), close(1)], [...link, tag(2, 'image', false)], ['a'], []), [3, 0, ['open link', 'empty image', 'close link']]],
  ['bold read as plain around it', presence(['Olá, ', open(1), 'mundo', close(1), '!'], bold, [open(1), 'Olá, ', close(1), 'mundo', open(2), '!', close(2)], [tag(1, 'plain', true), tag(2, 'plain', true)]), [2, 2, []]],
  ['bold over the whole text', presence([open(1), 'Usos', close(1)], bold, ['Usos'], []), [2, 2, []]],
  ['bold elsewhere', presence(['a ', open(1), 'b', close(1), ' c'], bold, ['a b ', open(1), 'c', close(1)], [tag(1, 'plain', true)]), [2, 1, ['open b']]],
  ['markup at the edge of the text', presence([open(1), 'a', close(1)], link, ['a'], [], ['open link', 'close link']), [2, 2, []]],
])('%s', (_name, got, expected) => {
  expect(got).toEqual(expected);
});
