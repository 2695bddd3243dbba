/** Writes terms into a translation that says them in other words. */
import type { WordLink } from '../alignment/word-links.ts';
import { chooseForm } from './choose-form.ts';
import type { MetTerm, TermOccurrence } from './term-book.ts';
import { type LinkedTranslation, placesOfTerms } from './term-places.ts';

export interface WrittenTerms extends LinkedTranslation {
  /** Where the last term that was written ends. */
  readonly end: number;
}

/** The translation of `source` with each of the `unmet` terms in the place of what stands for it; `met` ones stay as they are. */
export function writeTerms(source: string, translation: LinkedTranslation, unmet: readonly TermOccurrence[], met: readonly MetTerm[]): WrittenTerms {
  let text = '';
  let at = 0;
  let end = 0;
  const written: { from: number; to: number; shift: number }[] = [];
  const links: WordLink[] = [];
  for (const place of placesOfTerms(translation, unmet, met)) {
    text += translation.text.slice(at, place.start);
    const form = chooseForm(place.occurrence, { source, target: translation.text, ...place });
    const alone = place.start === place.end;
    const lead = alone && /[^\s(["“«'’]$/u.test(text) && isSpaced(form) ? ' ' : '';
    const trail = alone && /^[\p{L}\p{N}]/u.test(translation.text.slice(place.end)) && isSpaced(form) ? ' ' : '';
    const start = text.length + lead.length;
    end = start + form.length;
    text += lead + form + trail;
    at = place.end;
    links.push({ source: [place.occurrence.start, place.occurrence.end], target: [start, end], weight: 1 });
    written.push({ from: place.start, to: place.end, shift: text.length - place.end });
  }
  text += translation.text.slice(at);
  return { text, end, links: [...links, ...moved(translation.links, written)].sort((a, b) => a.target[0] - b.target[0] || a.source[0] - b.source[0]) };
}

/** Whether a word is written with spaces around it. */
const isSpaced = (word: string): boolean => !/^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u.test(word);

/** The links of what was not written over, at their new places. */
function moved(links: readonly WordLink[], written: readonly { from: number; to: number; shift: number }[]): WordLink[] {
  return links.flatMap((link) => {
    const [start, end] = link.target;
    if (written.some(({ from, to }) => start < to && from < end)) return [];
    const shift = written.findLast(({ to }) => to <= start)?.shift ?? 0;
    return [{ ...link, target: [start + shift, end + shift] as const }];
  });
}
