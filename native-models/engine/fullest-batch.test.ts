import { describe, expect, it } from 'vitest';
import { batchUpTo, fullestBatch } from './fullest-batch.ts';

describe('a batch', () => {
  it('has as many rows as asked for, or as its longest allows', () => {
    expect(batchUpTo([2, 3, 4, 5], 4, 2, 100)).toEqual({ start: 2, end: 4 });
    expect(batchUpTo([2, 3, 4, 5], 4, 4, 15)).toEqual({ start: 1, end: 4 });
    expect(batchUpTo([2, 3, 4, 5], 2, 4, 100)).toEqual({ start: 0, end: 2 });
    expect(batchUpTo([2, 300], 2, 4, 100)).toEqual({ start: 1, end: 2 });
  });
});

describe('the fullest batch', () => {
  it('is the one with the least padding', () => {
    // 22 of 24 tokens are real; of 8, 14, 20 it were 42 of 60, of 1, 4, 7 only 12 of 21.
    expect(fullestBatch([1, 4, 7, 7, 8, 14, 20], 3, 100)).toEqual({ start: 2, end: 5 });
  });

  it('is the longest of several as full', () => {
    expect(fullestBatch([3, 3, 3, 9, 9, 9], 3, 100)).toEqual({ start: 3, end: 6 });
  });

  it('is all there is when that is less than a batch', () => {
    expect(fullestBatch([3, 9], 4, 100)).toEqual({ start: 0, end: 2 });
    expect(fullestBatch([5], 4, 100)).toEqual({ start: 0, end: 1 });
  });
});
