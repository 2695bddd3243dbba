import { expect, test } from 'vitest';
import { verbatimRuns, withoutVerbatimRuns } from './verbatim-runs.ts';

const runsIn = (text: string): string[] => verbatimRuns(text).map(([start, end]) => text.slice(start, end));

test.each([
  ['a'.repeat(3000), ['a'.repeat(3000)]],
  [`The key ${'3b1f9c'.repeat(21)} is lost.`, ['3b1f9c'.repeat(21)]],
  // No word of any language is so long; 79 letters are one of German's.
  ['Rechtsschutzversicherungsgesellschaften und Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft', []],
  ['Name: ________ Date: ______', ['________', '______']],
  ['Chapter one .............. 12', ['..............']],
  ['Wait... No!!! "Yes" --- *** |---|---|', []],
  ['Nooooooooo! He said hahahahahahahaha.', ['Nooooooooo', 'hahahahahahahaha']],
  ['Ha ha ha ha ha ha ha ha ha! Noooo. 1000000000000 10101010101010101010', []],
  // Chinese, Thai and others write no spaces.
  ['今天天气很好'.repeat(50), []],
  ['สวัสดีครับวันนี้'.repeat(20), []],
  [`${'x'.repeat(200)}\u4e2d`, [`${'x'.repeat(200)}\u4e2d`]],
  ['', []],
])('%j', (text, runs) => {
  expect(runsIn(text)).toEqual(runs);
  expect(withoutVerbatimRuns(text)).toBe(runs.reduce((rest, run) => rest.replace(run, ''), text));
});
