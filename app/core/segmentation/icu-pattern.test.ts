import { expect, test } from 'vitest';
import { translateIcuPattern } from './icu-pattern.ts';

test.each([
  ['(?i)mr', 'MR', 'mx'], ['a(?i)b|c', 'aB', 'Ab'], ['((?i)jan|feb)x', 'JANx', 'JANX'],
  ['\\x{41}\\u0042', 'AB', 'ab'], ['\\Q(a.b)\\E', '(a.b)', '(acb)'], ['a++b*+c', 'aabc', 'ab'], ['\\h+', '\u00a0\t', '\n'],
  ['[[:upper:]x-z]', 'Q', 'q'], ['[a-z&&[^aeiou]]', 'b', 'a'], ['[a-f-[cd]]', 'b', 'c'], ['[\\p{L}-]+', 'a-b', ' '],
  ['[]a]', ']', 'b'], ['[^]a]', 'b', 'a'], ["[\"'()\\[{}]", '{', 'x'], ['\\p{Lower}\\p{IsLu}', 'aB', 'AB'], ['a{1,2}\\}', 'aa}', 'b}'], ['\\~\\%\\"', '~%"', '"'],
])('%s', (icu, yes, no) => {
  const pattern = new RegExp(`^(?:${translateIcuPattern(icu)})$`, 'v');
  expect([pattern.test(yes), pattern.test(no)]).toEqual([true, false]);
});

test('a pattern that is none names itself', () => {
  expect(() => translateIcuPattern('a(b')).toThrow('The segmentation rule a(b can\'t be compiled.');
});
