/** Pseudo-translation: text that shows at a glance what was extracted, what was lost and what no longer fits. */
import type { ReadonlyRuns, Runs } from '../../contract/shapes/text.ts';

/** Latin-1 only, so that documents in the encodings of Western Europe can hold it. */
const PLAIN = 'ACEINOUYaceinouy', ACCENTED = 'ÁÇÉÍÑÓÚÝáçéíñóúý';
const ACCENTS = new Map([...PLAIN].map((letter, i) => [letter, ACCENTED.charAt(i)]));
const VOWEL = /[aeiouáéíóú]/giu;

/** A text with its letters accented, its tags in place; `lengthen` doubles the vowels, which adds about a third. */
export function pseudoRuns(runs: ReadonlyRuns, { lengthen = false }: { readonly lengthen?: boolean } = {}): Runs {
  return runs.map((run) => (typeof run === 'string' ? pseudoText(run, lengthen) : { tag: run.tag, kind: run.kind }));
}

function pseudoText(text: string, lengthen: boolean): string {
  let accented = '';
  for (const character of text) accented += ACCENTS.get(character) ?? character;
  return lengthen ? accented.replace(VOWEL, (vowel) => vowel + vowel.toLowerCase()) : accented;
}
