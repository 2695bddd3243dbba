/** The terms of an open project as texts are checked against them, read from its file once. */
import type { Term } from '../../contract/shapes/term.ts';
import type { ReadDb } from '../db/connection.ts';
import { allTerms } from './stored-terms.ts';
import { TermRules } from './term-rules.ts';

export class ProjectTerms {
  readonly rules: TermRules<Term>;
  readonly all: readonly Term[];
  /** By the alphabet, with what a search looks at; made when it is asked for. */
  #list: readonly { readonly id: number; readonly text: string }[] | undefined;

  constructor(terms: readonly Term[]) {
    this.all = terms;
    this.rules = new TermRules(terms);
  }

  /** Ids of the terms that have a text in one of their forms, whatever its case; by the alphabet of the source. */
  find(text: string): number[] {
    this.#list ??= listed(this.all);
    const wanted = text.trim().toLowerCase();
    return this.#list.filter((entry) => entry.text.includes(wanted)).map(({ id }) => id);
  }
}

const byAlphabet = new Intl.Collator();

function listed(terms: readonly Term[]): { id: number; text: string }[] {
  return [...terms].sort((a, b) => byAlphabet.compare(a.sources[0] ?? '', b.sources[0] ?? '') || a.id - b.id)
    .map(({ id, sources, targets, forbidden }) => ({ id, text: [...sources, ...targets, ...forbidden].join('\n').toLowerCase() }));
}

const known = new WeakMap<ReadDb, ProjectTerms>();

/** The project's terms as they are now. */
export function projectTerms(db: ReadDb): ProjectTerms {
  const there = known.get(db) ?? new ProjectTerms(allTerms(db));
  known.set(db, there);
  return there;
}

/** To be called when the stored terms were changed. */
export function forgetProjectTerms(db: ReadDb): void { known.delete(db); }
