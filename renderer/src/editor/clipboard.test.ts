import { expect, test } from 'vitest';
import type { Runs, Tag } from '../../../app/contract/shapes/text.ts';
import { readClipboard, RUNS_TYPE, writeClipboard, type ClipboardData } from './clipboard.ts';

function clipboard(start: Record<string, string> = {}): ClipboardData & { types: Map<string, string> } {
  const types = new Map(Object.entries(start));
  return { types, getData: (type) => types.get(type) ?? '', setData: (type, data) => { types.set(type, data); } };
}
const tags: Tag[] = [
  { tag: 1, label: 'b', open: '<b>', close: '</b>', canDelete: true, canCopy: true },
  { tag: 2, label: 'br', open: '<br/>', equivalent: '\n', canDelete: false, canCopy: false },
];
const runs: Runs = [{ tag: 1, kind: 'open' }, 'bold', { tag: 1, kind: 'close' }, { tag: 2, kind: 'empty' }, 'next'];

test('tags survive copy and paste, and other programs get the text', () => {
  const data = clipboard();
  writeClipboard(data, runs, tags);
  expect(readClipboard(data, tags, false)).toEqual(runs);
  expect(data.types.get('text/plain')).toBe('bold\nnext');
});

test('a segment takes only tags that it has', () => {
  const data = clipboard();
  writeClipboard(data, runs, tags);
  expect(readClipboard(data, [{ tag: 1, label: 'i', open: '<i>', close: '</i>', canDelete: true, canCopy: true }], false)).toEqual(['bold', 'next']);
});

test('text from elsewhere loses its line breaks in a single line', () => {
  const data = clipboard({ 'text/plain': 'one\r\n  two' });
  expect(readClipboard(data, tags, false)).toEqual(['one two']);
  expect(readClipboard(data, tags, true)).toEqual(['one\n  two']);
});

test('a foreign value under the studio\u2019s type is ignored', () => {
  for (const foreign of ['{', '{"a":1}', '[1]', '[{"tag":1}]']) expect(readClipboard(clipboard({ [RUNS_TYPE]: foreign, 'text/plain': 'plain' }), tags, false)).toEqual(['plain']);
});
