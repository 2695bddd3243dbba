import { expect, test } from 'vitest';
import { ERROR_CODES, StudioError } from '../../../app/contract/errors.ts';
import { ERROR_TEXTS, formatBytes, formatSeconds, languageName, plural, tellError } from './messages.ts';

test('every code has a sentence and an advice, and none is the code itself', () => {
  for (const code of ERROR_CODES) {
    const text = ERROR_TEXTS[code];
    expect(text.title).not.toContain(code);
    expect(text.advice).toMatch(/\.$/u);
  }
});

test('an error is told with its own message and advice, else with the advice of its code', () => {
  expect(tellError(new StudioError('NO_PERMISSION', 'No permission for out.', { advice: 'Ask the owner of out.' })))
    .toEqual({ code: 'NO_PERMISSION', title: 'No permission', message: 'No permission for out.', advice: 'Ask the owner of out.' });
  expect(tellError(new TypeError('x is not a function'))).toMatchObject({ code: 'INTERNAL', message: 'x is not a function', advice: ERROR_TEXTS.INTERNAL.advice });
  expect(tellError('odd')).toMatchObject({ code: 'INTERNAL', message: 'odd' });
});

test('counts, times and sizes read as people say them', () => {
  expect([plural(1, 'segment'), plural(2000, 'segment'), plural(0, 'file')]).toEqual(['1 segment', '2,000 segments', '0 files']);
  expect([0.2, 59, 61, 3600 + 50 * 60].map(formatSeconds)).toEqual(['1 s', '59 s', '1 min', '1 h 50 min']);
  expect([0, 999, 1500, 17_140_000].map(formatBytes)).toEqual(['0 bytes', '999 bytes', '1.5 kB', '17 MB']);
  expect(languageName('pt')).toBe('Portuguese');
});
