/**
 * Makes terms bind. A translation that says a term in other words gets the term in their place, found by the attention;
 * the small word before it is chosen anew where another form of it goes with the term, and what follows is decoded again
 * behind that text where it may have to agree with a word of another kind. A second translation that is worse than the
 * first with the terms written in is not taken.
 */
import type { WordLink } from '../alignment/word-links.ts';
import { FREE_TOKEN, type DecodedSentence } from '../runtime/compiled-model.ts';
import { chooseDeterminer, type Determiner, type DeterminerChoice, determinerOf, mayChange } from '../terms/determiners.ts';
import { replaceStretches } from '../terms/replace-stretches.ts';
import { checkTerms, TermBook, type TermOccurrence } from '../terms/term-book.ts';
import { writeTerms, type WrittenTerm } from '../terms/write-terms.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import type { TermEntry } from './engine.ts';
import { sentenceCase } from './letter-case.ts';

interface LinkedText {
  readonly text: string;
  readonly links: readonly WordLink[];
}

/** A translation that the terms were written into. */
export interface BoundText extends LinkedText {
  readonly terms: readonly BoundTerm[];
}

interface BoundTerm extends WrittenTerm {
  /** The question which determiner goes with the term; null when it has none. */
  readonly question: DeterminerQuestion | null;
}

/** A few words for the model, and what it must say: `prefix` with one free token. */
export interface DeterminerQuestion {
  readonly determiner: Determiner;
  readonly source: string;
  readonly prefix: readonly number[];
}

/** What was answered to a question; null when it was not asked. */
type Answers = (question: DeterminerQuestion) => readonly DeterminerChoice[] | null;

/** So many tokens behind the determiner say whether it goes with them. */
const QUESTION_TOKENS = 3;
/** Hypotheses that are followed for a question. */
export const QUESTION_BEAM = 4;

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
    const asking = written.terms.map((term): BoundTerm => {
      const determiner = determinerOf(source, written, term);
      return { ...term, question: determiner === null ? null : this.#ask(determiner, determiner.rest) };
    });
    return { ...written, terms: asking };
  }

  /** What the answer to a question says: the words that may stand there, with their scores. */
  readChoices({ prefix }: DeterminerQuestion, { hypotheses = [] }: DecodedSentence): DeterminerChoice[] {
    const free = prefix.indexOf(FREE_TOKEN);
    return hypotheses.flatMap(({ ids, score }) => {
      const token = ids.length < prefix.length ? undefined : ids[free];
      const word = token === undefined ? '' : this.#target.decode([token]).trim();
      return word === '' ? [] : [{ word, score }];
    });
  }

  /** Questions about the words that stood there before, for the terms whose determiner would change: see `chooseDeterminer`. */
  controlsOf(bound: BoundText, answers: Answers): DeterminerQuestion[] {
    return bound.terms.flatMap(({ question }) => {
      if (question === null || !mayChange(question.determiner, answers(question) ?? [])) return [];
      return this.#ask(question.determiner, question.determiner.restBefore) ?? [];
    });
  }

  /**
   * The text with the determiners that the answers ask for, and what the model is to continue, as target ids; null where
   * nothing follows that could have to agree with the last term, or the vocabulary lacks something in it.
   */
  agree(source: string, bound: BoundText, answers: Answers): LinkedText & { readonly prefix: readonly number[] | null } {
    const changes = bound.terms.flatMap(({ question }) => {
      if (question === null) return [];
      const { determiner } = question;
      const control = this.#ask(determiner, determiner.restBefore);
      const word = control === null ? determiner.word : chooseDeterminer(determiner, answers(question) ?? [], answers(control) ?? []);
      if (word === determiner.word) return [];
      return [{ start: determiner.start, end: determiner.end, text: word, question }];
    });
    const { text, links } = replaceStretches(bound, changes);
    const last = bound.terms.at(-1);
    if (last === undefined) return { text, links, prefix: null };
    const isAsked = last.question !== null && answers(last.question) !== null;
    const mustAgree = isAsked ? changes.some(({ question }) => question === last.question) : last.replaced === '' || (!endsAlike(last.replaced, bound.text.slice(last.start, last.end)) && isFollowedByOwn(source, bound, last));
    const end = last.end + text.length - bound.text.length;
    if (!mustAgree || !/\p{L}/u.test(text.slice(end))) return { text, links, prefix: null };
    const prefix = this.#target.encode(text.slice(0, end));
    return { text, links, prefix: prefix.includes(this.#target.unkId) ? null : prefix };
  }

  #ask(determiner: Determiner, rest: string): DeterminerQuestion | null {
    const prefix = [...this.#target.encode(determiner.lead), FREE_TOKEN, ...this.#target.encode(rest).slice(0, QUESTION_TOKENS)];
    return prefix.includes(this.#target.unkId) ? null : { determiner, source: determiner.source, prefix };
  }

  /** In a text that is all in capitals, so are its terms. */
  #inCase(source: string, terms: readonly TermOccurrence[]): readonly TermOccurrence[] {
    if (sentenceCase(source) === null) return terms;
    return terms.map((term) => (term.verbatim ? term : { ...term, forms: term.forms.map((form) => ({ ...form, text: form.text.toLocaleUpperCase(this.#language) })) }));
  }
}

/** Words of one gender and number often end in the same letters. */
const endsAlike = (one: string, other: string): boolean => one.slice(-2).toLowerCase() === other.slice(-2).toLowerCase();

/** Whether the word after the term stands for the one before it in the source, as adjectives do that change sides. */
function isFollowedByOwn(source: string, { text, links }: LinkedText, { occurrence, end }: WrittenTerm): boolean {
  const after = end + (/^\s+(?=\p{L})/u.exec(text.slice(end))?.[0].length ?? 0);
  return after > end && links.some((link) => link.target[0] === after && link.source[1] <= occurrence.start && /^\s+$/.test(source.slice(link.source[1], occurrence.start)));
}

/** From here on a link says that a word was translated. */
const TRANSLATED = 0.3;

/** Whether a word of the source that one translation stands for has nothing in another. */
export function losesWords(source: string, links: readonly WordLink[], others: readonly WordLink[]): boolean {
  return links.some(({ source: [start, end], weight }) => weight >= TRANSLATED && /\p{L}{3}/u.test(source.slice(start, end)) && others.every((other) => other.source[1] <= start || end <= other.source[0]));
}
