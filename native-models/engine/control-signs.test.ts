import { expect, test } from 'vitest';
import { controlSigns } from './control-signs.ts';

const signsIn = (text: string): string[] => controlSigns(text).map(([start, end]) => text.slice(start, end));

test.each([
  ['Plain text, with tabs\tand lines\r\n\u0085.', []],
  ['bell\u0007 and \u0000 and \u007f\u009b', ['\u0007', '\u0000', '\u007f\u009b']],
  ['\u001b[1;31mred\u001b[0m and \u001bc', ['\u001b[1;31m', '\u001b[0m', '\u001b']],
  ['Not [31m a colour', []],
  ['half \ud83d of \udc4d one, whole 👍', ['\ud83d', '\udc4d']],
  ['no characters: \ufffe\uffff\ufdd0\u{1ffff}', ['\ufffe\uffff\ufdd0\u{1ffff}']],
  ['lost\ufffd before, a bar ▁', ['\ufffd', '▁']],
  ['\u202bright\u202c and \u2067to\u2069 left\u200e\u200f\u061c', ['\u202b', '\u202c', '\u2067', '\u2069', '\u200e\u200f\u061c']],
  ['far \u0001 \u0002  \u0003 apart', ['\u0001 \u0002  \u0003']],
  // What joins letters or parts emoji is for others to judge.
  ['می\u200cخواهم, co\u00adop, 👨\u200d👩\u200d👧, \ufeff', []],
])('%j', (text, signs) => {
  expect(signsIn(text)).toEqual(signs);
});
