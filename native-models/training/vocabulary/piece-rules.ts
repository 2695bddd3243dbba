/** Which runs of characters may be a piece: within one word, of one script, digits apart from letters (SentencePiece's defaults). */
import { WORD_START } from './word-counts.ts';

/** Characters. */
export const LONGEST_PIECE = 16;

const SCRIPTS: readonly (readonly [string, RegExp])[] = [
  ['digit', /\p{Nd}/u],
  ['latin', /\p{Script=Latin}/u],
  ['cyrillic', /\p{Script=Cyrillic}/u],
  ['greek', /\p{Script=Greek}/u],
  ['arabic', /\p{Script=Arabic}/u],
  ['hebrew', /\p{Script=Hebrew}/u],
  // Japanese writes Chinese characters and both syllabaries in one word.
  ['han', /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30fc]/u],
  ['hangul', /\p{Script=Hangul}/u],
  ['thai', /\p{Script=Thai}/u],
  ['devanagari', /\p{Script=Devanagari}/u],
  ['letter', /\p{L}/u],
];

const known = new Map<string, string>();

/** Marks go with any script: '' for those and for WORD_START. */
function scriptOf(character: string): string {
  let script = known.get(character);
  if (script === undefined) {
    script = character === WORD_START || /\p{M}/u.test(character) ? '' : (SCRIPTS.find(([, pattern]) => pattern.test(character))?.[0] ?? 'other');
    known.set(character, script);
  }
  return script;
}

/** Whether `right` may stand directly behind `left` in a piece. */
export function mayJoin(left: string, right: string): boolean {
  if (right === WORD_START) return false;
  const a = scriptOf(left);
  const b = scriptOf(right);
  return a === '' || b === '' || a === b;
}
