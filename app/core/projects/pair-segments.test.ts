import { describe, expect, it } from 'vitest';
import { pairSegments } from './pair-segments.ts';

/** One letter a segment. */
const pairs = (before: string, after: string) => pairSegments([...before], [...after]);

describe('pairSegments', () => {
  it('keeps what is unchanged where something was changed, added, removed or moved', () => {
    expect(pairs('abcd', 'aXcd')).toEqual([0, null, 2, 3]);
    expect(pairs('abcd', 'abXcd')).toEqual([0, 1, null, 2, 3]);
    expect(pairs('abcd', 'acd')).toEqual([0, 2, 3]);
    expect(pairs('abcd', 'cdab')).toEqual([2, 3, 0, 1]);
  });

  it('tells repeated ones apart by their neighbours', () => {
    expect(pairs('a-b-c-', 'b-c-')).toEqual([2, 3, 4, 5]);
    expect(pairs('a-b-c-', 'a-X-b-c-')).toEqual([0, 1, null, null, 2, 3, 4, 5]);
    expect(pairs('-a-b-', 'b-a-')).toEqual([3, 4, 1, 2]);
  });

  it('gives what is left over to the nearest, each old one once', () => {
    expect(pairs('aa', 'aaa').filter((old) => old !== null).sort()).toEqual([0, 1]);
    expect(pairs('-x-y-z-', 'Q-R')).toEqual([null, 0, null]);
    expect(pairs('', 'a')).toEqual([null]);
    expect(pairs('a', '')).toEqual([]);
  });

  it('takes a long book of one sentence as it takes any other', () => {
    const book = new Array<string>(20_000).fill('a');
    expect(pairSegments(book, ['b', ...book, 'b']).filter((old) => old === null)).toHaveLength(2);
    expect(pairSegments(book.flatMap((a, i) => [a, `old ${i}`]), book.flatMap((a, i) => [a, `new ${i}`])).filter((old) => old !== null)).toHaveLength(20_000);
  });
});
