import { expect, test } from 'vitest';
import { pseudoRuns } from './pseudo.ts';

test('accents letters and leaves tags, digits and other scripts alone', () => {
  expect(pseudoRuns(['In 2026: ', { tag: 1, kind: 'open' }, 'Quality', { tag: 1, kind: 'close' }, ' 品質'])).toEqual(['Íñ 2026: ', { tag: 1, kind: 'open' }, 'Qúálítý', { tag: 1, kind: 'close' }, ' 品質']);
});
test('lengthens by doubling vowels', () => {
  expect(pseudoRuns(['Open file'], { lengthen: true })).toEqual(['Óópééñ fííléé']);
});
