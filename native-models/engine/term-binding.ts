/**
 * Makes terms bind. A translation that says a term in other words gets the term in their place, found by the attention;
 * what follows the last of them is then decoded again behind that text, so that it agrees with the new words. A
 * translation that comes out worse than the first with the terms written in is not taken.
 */
import type { WordLink } from '../alignment/word-links.ts';
import type { TermEntry } from './engine.ts';
import { checkTerms, TermBook, type TermOccurrence } from '../terms/term-book.ts';
import { writeTerms } from '../terms/write-terms.ts';
import { sentenceCase } from './letter-case.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';

interface LinkedText {
  readonly text: string;
  readonly links: readonly WordLink[];
}

/** A text with all terms that could be written into it. */
export interface BoundText extends LinkedText {
  /** What the model is to continue, as target ids; null where nothing that could change follows. */
  readonly prefix: readonly number[] | null;
}

export class TermBinding {
  readonly #book: TermBook;
  readonly #target: Tokenizer;
  readonly #language: string;

  /** Null when there is nothing to bind. `language`: of the target, for its capitals. */
  static of(entries: readonly TermEntry[] | undefined, target: Tokenizer, language: string): TermBinding | null {
    return entries === undefined || entries.length === 0 ? null : new TermBinding(new TermBook(entries), target, language);
  }

  private constructor(book: TermBook, target: Tokenizer, language: string) {
    this.#book = book;
    this.#target = target;
    this.#language = language;
  }

  termsIn(source: string): readonly TermOccurrence[] {
    return this.#book.occurrencesIn(source);
  }

  isMissingAny(terms: readonly TermOccurrence[], translation: string): boolean {
    return terms.length > 0 && checkTerms(terms, translation).unmet.length > 0;
  }

  /** The translation with all terms in it; null when it has them already. */
  bind(source: string, terms: readonly TermOccurrence[], translation: LinkedText): BoundText | null {
    if (terms.length === 0) return null;
    const { met, unmet } = checkTerms(terms, translation.text, { each: true, links: translation.links });
    if (unmet.length === 0) return null;
    const written = writeTerms(source, translation, this.#inCase(source, unmet), met);
    const prefix = /\p{L}/u.test(written.text.slice(written.end)) ? this.#target.encode(written.text.slice(0, written.end)) : null;
    return { text: written.text, links: written.links, prefix: prefix?.includes(this.#target.unkId) === true ? null : prefix };
  }

  /** In a text that is all in capitals, so are its terms. */
  #inCase(source: string, terms: readonly TermOccurrence[]): readonly TermOccurrence[] {
    if (sentenceCase(source) === null) return terms;
    return terms.map((term) => (term.verbatim ? term : { ...term, forms: term.forms.map((form) => ({ ...form, text: form.text.toLocaleUpperCase(this.#language) })) }));
  }
}
