import { expect, test } from 'vitest';
import { parseFilterText } from './parse-filter.ts';

test.each([
  ['', undefined],
  ['   ', undefined],
  ['clause 14', { pattern: 'clause 14', side: 'both', regex: false, matchCase: false }],
  ['/clause \\d+/', { pattern: 'clause \\d+', side: 'both', regex: true, matchCase: true }],
  ['/clause/i', { pattern: 'clause', side: 'both', regex: true, matchCase: false }],
  ['/usr', { pattern: '/usr', side: 'both', regex: false, matchCase: false }],
  ['\\/usr/bin/', { pattern: '/usr/bin/', side: 'both', regex: false, matchCase: false }],
  ['//', { pattern: '//', side: 'both', regex: false, matchCase: false }],
  ['/a/b/', { pattern: 'a/b', side: 'both', regex: true, matchCase: true }],
])('%s', (typed, text) => {
  expect(parseFilterText(typed, 'both')).toEqual({ text });
});

test('the side is passed on', () => {
  expect(parseFilterText('x', 'target').text?.side).toBe('target');
});

test('an expression that can\u2019t be read is an error, not a search', () => {
  expect(parseFilterText('/(/', 'both')).toEqual({ error: 'The expression can\u2019t be read: unterminated group.' });
  expect(parseFilterText('/a: [/', 'both').error).toMatch(/^The expression can\u2019t be read: [^/[]+\.$/u);
  expect(parseFilterText('/a/g', 'both')).toEqual({ error: 'The flag g is not known; i is the only one.' });
});
