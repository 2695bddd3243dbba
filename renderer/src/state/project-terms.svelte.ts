import type { FileFailure } from '../../../app/contract/shapes/project.ts';
import type { NewTerm, ProjectTermbase, Term, TermPlace } from '../../../app/contract/shapes/term.ts';
import type { Connection } from '../client/connection.ts';
import { plural, tellError } from '../i18n/messages.ts';
import { attempt } from './attempt.ts';
import { LongWork } from './long-work.svelte.ts';
import type { Failure } from './model-library.svelte.ts';
import { PagedList } from './paged-list.svelte.ts';

/** Rows that are read at a time. */
const PAGE = 200;

/** The termbases of a project: what they say of the active segment, and the list of all terms. */
export class ProjectTerms {
  /** Of the segment that was read last. */
  places = $state.raw<readonly TermPlace[]>([]);
  bases = $state.raw<readonly ProjectTermbase[] | null>(null);
  query = $state('');
  /** Ids of the terms that the query finds. */
  found = $state.raw<readonly number[]>([]);
  /** A new term, as it stands in its form. */
  draft = $state({ source: '', target: '', forbidden: false, caseSensitive: false, doNotTranslate: false });
  /** Lines of termbases that could not be used, of the last import. */
  unusable = $state.raw<readonly FileFailure[]>([]);
  failure = $state.raw<Failure | null>(null);
  readonly importing = new LongWork();
  readonly rows: PagedList<Term>;
  readonly #connection: Connection;
  readonly #projectId: number;
  #segmentId: number | null = null;
  #finding = 0;
  #visible: readonly [number, number] = [0, 0];

  constructor(connection: Connection, projectId: number) {
    this.#connection = connection;
    this.#projectId = projectId;
    this.rows = new PagedList({
      page: PAGE,
      read: (start) => connection.call('terms.rows', { projectId, ids: this.found.slice(start, start + PAGE) }),
      failed: (error) => { this.failure = tellError(error); },
    });
  }

  /** The terms of the active segment, each once, in the order of the source; those that only forbid come last. */
  get ofSegment(): readonly Term[] {
    const all = [...new Map(this.places.flatMap(({ terms }) => terms).map((term) => [term.id, term])).values()];
    return [...all.filter(insertable), ...all.filter((term) => !insertable(term))];
  }

  /** Reads what the termbases say of a segment; an answer for one that was left is dropped. */
  async readSegment(id: number | null): Promise<void> {
    if (id !== this.#segmentId) this.places = [];
    this.#segmentId = id;
    if (id === null) return;
    try {
      const places = await this.#connection.call('terms.ofSegment', { projectId: this.#projectId, segmentId: id });
      if (this.#segmentId === id) this.places = places;
    } catch {
      // A segment that is gone has no terms; what else is wrong is told by what asks for more.
      if (this.#segmentId === id) this.places = [];
    }
  }

  /** Reads the list of the dialog anew. */
  async readList(): Promise<void> {
    const finding = ++this.#finding;
    try {
      const [bases, { ids }] = await Promise.all([this.#connection.call('terms.bases', { projectId: this.#projectId }), this.#connection.call('terms.find', { projectId: this.#projectId, text: this.query })]);
      if (finding !== this.#finding) return;
      this.bases = bases;
      this.found = ids;
      this.rows.renew();
      this.see(...this.#visible);
    } catch (error) {
      if (finding === this.#finding) this.failure = tellError(error);
    }
  }

  /** Terms came or went. */
  changed(): void {
    void this.readSegment(this.#segmentId);
    if (this.bases !== null) void this.readList();
  }

  see(from: number, to: number): void {
    this.#visible = [from, to];
    if (this.found.length > 0) this.rows.see(Math.min(from, this.found.length - 1), Math.min(to, this.found.length - 1));
  }

  async import(paths: readonly string[]): Promise<void> {
    if (paths.length === 0) return;
    this.unusable = [];
    await this.#attempt(async () => {
      const done = await this.importing.run((options) => this.#connection.job('terms.import', { projectId: this.#projectId, paths: [...paths] }, options));
      if (done) this.unusable = done.unusable;
    });
  }

  /** Adds the term of the form; true when it is there now. */
  async addDraft(): Promise<boolean> {
    const { source, target, forbidden, caseSensitive, doNotTranslate } = this.draft;
    const forms = formsIn(target);
    const term: NewTerm = { sources: formsIn(source), targets: forbidden || doNotTranslate ? [] : forms, ...(forbidden ? { forbidden: forms } : {}), ...(caseSensitive ? { caseSensitive } : {}), ...(doNotTranslate ? { doNotTranslate } : {}) };
    const added = await this.#attempt(() => this.add(term));
    if (added !== undefined) this.draft = { source: '', target: '', forbidden: false, caseSensitive: false, doNotTranslate: false };
    return added !== undefined;
  }

  /** Rejects with what the core says of it. */
  add(term: NewTerm): Promise<Term> { return this.#connection.call('terms.add', { projectId: this.#projectId, term }); }

  async remove(termIds: readonly number[]): Promise<void> {
    await this.#attempt(() => this.#connection.call('terms.remove', { projectId: this.#projectId, termIds: [...termIds] }));
  }

  async removeBase(termbaseId: number): Promise<void> {
    await this.#attempt(() => this.#connection.call('terms.remove', { projectId: this.#projectId, termbaseId }));
  }

  #attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    this.failure = null;
    return attempt(work, (told) => { this.failure = told; });
  }
}

/** Forms of a cell are separated by `|`, as in a termbase that is a table. */
const formsIn = (cell: string): string[] => cell.split('|').map((form) => form.trim()).filter((form) => form !== '');

/** Whether a term says what to put into the target. */
export const insertable = ({ targets, doNotTranslate }: Term): boolean => doNotTranslate || targets.length > 0;

/** What is put into the target for a term of the source: the form that is paired with the one that stands there, or the preferred one. */
export function formFor(term: Term, place: TermPlace | undefined, source: string): string {
  const there = place === undefined ? (term.sources[0] ?? '') : source.slice(place.start, place.end);
  if (term.doNotTranslate) return there;
  const at = term.sources.length > 1 && term.sources.length === term.targets.length ? term.sources.findIndex((form) => form.toLowerCase() === there.toLowerCase()) : 0;
  return term.targets[Math.max(0, at)] ?? '';
}

/** Whether a target has one of the term's forms; letter case is left to the check. */
export function isSaid(term: Term, source: string, places: readonly TermPlace[], target: string): boolean {
  const text = target.toLowerCase();
  const forms = term.doNotTranslate ? places.filter(({ terms }) => terms.some(({ id }) => id === term.id)).map(({ start, end }) => source.slice(start, end)) : term.targets;
  return forms.some((form) => text.includes(form.toLowerCase()));
}

/** What a term says, in a line. */
export function describeTerm({ sources, targets, forbidden, doNotTranslate }: Term): string {
  const said = [...(doNotTranslate ? ['stays as it is'] : []), ...(targets.length > 0 ? [targets.join(', ')] : []), ...(forbidden.length > 0 ? [`never ${forbidden.join(', ')}`] : [])];
  return `${sources[0] ?? ''}: ${said.join('; ')}`;
}

/** How many terms there are, as a heading says it. */
export const countTerms = (bases: readonly ProjectTermbase[]): string => plural(bases.reduce((sum, { terms }) => sum + terms, 0), 'term');
