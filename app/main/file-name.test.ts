import { expect, test } from 'vitest';
import { fileName } from './file-name.ts';

test.each([
  ['Contract 2026', 'Contract 2026'], ['a/b\\c:d*e?f"g<h>i|j', 'a-b-c-d-e-f-g-h-i-j'], ['line\nbreak', 'line-break'], ['Version 1. ', 'Version 1'], ['...', 'project'], ['', 'project'],
  ['Tradu\u00e7\u00e3o \u8bd1\u6587', 'Tradu\u00e7\u00e3o \u8bd1\u6587'], ['x'.repeat(300), 'x'.repeat(100)],
])('%j becomes %j', (name, file) => {
  expect(fileName(name)).toBe(file);
});
