import { expect, test } from 'vitest';
import type { Runs } from '../../contract/shapes/text.ts';
import { refillWordlessPairs } from './wordless-pairs.ts';

const o = (tag: number): Runs[number] => ({ tag, kind: 'open' }), c = (tag: number): Runs[number] => ({ tag, kind: 'close' });

test.each<[string, Runs, Runs, Runs]>([
  ['a reference that was dropped', ['A page."', o(1), '[7]', c(1)], ['Uma página."', o(1), c(1)], ['Uma página."', o(1), '[7]', c(1)]],
  ['one that stands elsewhere', ['A ', o(1), '[7]', c(1), ' b'], ['A [7]', o(1), c(1), ' b'], ['A [7]', o(1), c(1), ' b']],
  ['one of two', [o(1), '*', c(1), 'a', o(2), '*', c(2)], [o(1), '*', c(1), 'b', o(2), c(2)], [o(1), '*', c(1), 'b', o(2), '*', c(2)]],
  ['words are not put back', ['a ', o(1), 'big', c(1), ' one'], ['um', o(1), c(1)], ['um', o(1), c(1)]],
  ['a pair with text keeps it', [o(1), '3', c(1)], [o(1), 'três', c(1)], [o(1), 'três', c(1)]],
])('%s', (_name, source, target, expected) => {
  expect(refillWordlessPairs(target, source)).toEqual(expected);
});
