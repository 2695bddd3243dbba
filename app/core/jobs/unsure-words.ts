/** Which words of a machine translation deserve a second look. */
import type { Translation } from '../../../native-models/engine/engine.ts';

type WordConfidence = NonNullable<Translation['words']>[number];

/** Below it more than half of the words are not in a translation by a human (docs/engine-coverage.md). */
const UNSURE = 0.5;

/**
 * Places of the words that the model was not sure of, in the text that the translation became once its tags were placed:
 * each word is looked for behind the one before it. UTF-16 offsets, end exclusive.
 */
export function unsureWords(translation: string, words: readonly WordConfidence[], placed: string): { start: number; end: number }[] {
  const unsure: { start: number; end: number }[] = [];
  let at = 0;
  for (const { target, confidence } of words) {
    const word = translation.slice(...target);
    const start = placed.indexOf(word, at);
    if (start < 0) continue;
    at = start + word.length;
    if (confidence < UNSURE) unsure.push({ start, end: at });
  }
  return unsure;
}
