import { expect, test } from 'vitest';
import type { Runs } from '../../contract/shapes/text.ts';
import { spaceTagsAsInSource } from './tag-spacing.ts';

const x = (tag: number): Runs[number] => ({ tag, kind: 'empty' });
const open: Runs[number] = { tag: 9, kind: 'open' }, close: Runs[number] = { tag: 9, kind: 'close' };

test.each<[string, Runs, Runs, Runs]>([
  ['a word before', ['Page ', x(1), ' of ', x(2)], ['Página', x(1), ' de ', x(2)], ['Página ', x(1), ' de ', x(2)]],
  ['a word after', [x(1), ' rooms'], [x(1), 'quartos'], [x(1), ' quartos']],
  ['punctuation keeps close', ['Hello ', x(1), ', you'], ['Olá', x(1), ', você'], ['Olá ', x(1), ', você']],
  ['none in the source, none in the target', ['lux', x(1), 'ury'], ['lu', x(1), 'xo'], ['lu', x(1), 'xo']],
  ['at the ends', [x(1), ' a ', x(2)], [x(1), ' b ', x(2)], [x(1), ' b ', x(2)]],
  ['pairs are left alone', ['a ', open, 'b', close, ' c'], ['d', open, 'e', close, 'f'], ['d', open, 'e', close, 'f']],
])('%s', (_name, source, target, expected) => {
  expect(spaceTagsAsInSource(target, source)).toEqual(expected);
});
