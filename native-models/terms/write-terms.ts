/** Writes terms into a translation that says them in other words. */
import { chooseForm } from './choose-form.ts';
import { type LinkedTranslation, replaceStretches, type Stretch } from './replace-stretches.ts';
import type { MetTerm, TermOccurrence } from './term-book.ts';
import { placesOfTerms } from './term-places.ts';

export interface WrittenTerm {
  readonly occurrence: TermOccurrence;
  /** UTF-16 offsets in the new translation, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** What stood there; empty where the term was put in. */
  readonly replaced: string;
}

export interface WrittenTerms extends LinkedTranslation {
  /** In the order of the translation. */
  readonly terms: readonly WrittenTerm[];
}

/** The translation of `source` with each of the `unmet` terms in the place of what stands for it; `met` ones stay as they are. */
export function writeTerms(source: string, translation: LinkedTranslation, unmet: readonly TermOccurrence[], met: readonly MetTerm[]): WrittenTerms {
  const { text } = translation;
  const found = placesOfTerms(translation, unmet, met);
  const stretches = found.map((place): Stretch => {
    const { occurrence, start, end } = place;
    const form = chooseForm(occurrence, { source, target: text, start, end });
    return { start, end, text: start === end ? spaced(form, text.slice(0, start), text.slice(end)) : form, source: [occurrence.start, occurrence.end] };
  });
  const replaced = replaceStretches(translation, stretches);
  const terms = found.map(({ occurrence, start, end }, i): WrittenTerm => {
    const [from, to] = replaced.places[i] ?? [0, 0];
    const put = replaced.text.slice(from, to);
    return { occurrence, start: from + put.length - put.trimStart().length, end: to - (put.length - put.trimEnd().length), replaced: text.slice(start, end) };
  });
  return { text: replaced.text, links: replaced.links, terms };
}

/** Scripts that put no spaces between words. */
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** A word that is put in, with the spaces that set it apart. */
function spaced(word: string, before: string, after: string): string {
  if (UNSPACED.test(word)) return word;
  return (/[^\s(["“«'’]$/u.test(before) ? ' ' : '') + word + (/^[\p{L}\p{N}]/u.test(after) ? ' ' : '');
}
