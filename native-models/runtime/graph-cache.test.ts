import { expect, test } from 'vitest';
import { contentKey } from './graph-cache.ts';

test('the key is of all parts and their borders', () => {
  expect(contentKey(['ab', 'c'])).not.toBe(contentKey(['a', 'bc']));
  expect(contentKey(['a', Uint8Array.of(1)])).not.toBe(contentKey(['a', Uint8Array.of(2)]));
  expect(contentKey(['a', Uint8Array.of(1)])).toBe(contentKey(['a', Uint8Array.of(1)]));
});
