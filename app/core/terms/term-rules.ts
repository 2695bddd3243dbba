/** What termbases say of texts: which entries stand in a source, and what its translation lacks or must not have. */
import { PhraseFinder } from '../../../native-models/terms/phrase-finder.ts';
import { checkTerms, TermBook } from '../../../native-models/terms/term-book.ts';
import type { TermbaseEntry } from './termbase.ts';

/** Entries that speak of one stretch of a source; UTF-16 offsets, end exclusive. */
export interface EntryPlace<E> {
  readonly start: number;
  readonly end: number;
  readonly entries: readonly E[];
}

export interface TermFaults {
  /** Terms of the source, as they stand there, that the translation has in no listed form. */
  readonly missing: readonly { readonly term: string; readonly forms: readonly string[] }[];
  /** Forms in the translation that are forbidden for a term of the source. */
  readonly forbidden: readonly { readonly term: string; readonly form: string }[];
}

/** As a source is read: a term inside a longer one does not count, nor does a part of a word with a hyphen. */
const IN_SOURCE = { hyphenJoins: true, capitalAtStart: false };
const IN_TARGET = { hyphenJoins: false, capitalAtStart: true };

export class TermRules<E extends TermbaseEntry = TermbaseEntry> {
  readonly #finder: PhraseFinder<E>;
  readonly isEmpty: boolean;

  constructor(entries: readonly E[]) {
    this.isEmpty = entries.length === 0;
    this.#finder = new PhraseFinder(entries.flatMap((entry) => entry.sources.map((text) => ({ text, caseSensitive: entry.caseSensitive ?? false, value: entry }))), IN_SOURCE);
  }

  /** Where entries stand in a source text, in order. */
  placesIn(source: string): EntryPlace<E>[] {
    return this.#finder.find(source).map(({ start, end, values }) => ({ start, end, entries: values }));
  }

  /** Entries that bind in the translation of any of these texts. */
  bindingIn(sources: Iterable<string>): E[] {
    const found = new Set<E>();
    for (const source of sources) for (const { entries } of this.placesIn(source)) for (const entry of entries) if (binds(entry)) found.add(entry);
    return [...found];
  }

  /** What a translation does against the entries that stand in its source. */
  check(source: string, target: string): TermFaults {
    const places = this.placesIn(source);
    if (places.length === 0) return { missing: [], forbidden: [] };
    const entries = new Set(places.flatMap((place) => place.entries));
    const { unmet } = checkTerms(new TermBook([...entries].filter(binds)).occurrencesIn(source), target);
    return {
      missing: unmet.map(({ start, end, forms }) => ({ term: source.slice(start, end), forms: forms.map(({ text }) => text) })),
      forbidden: forbiddenIn(places, source, target),
    };
  }
}

const binds = ({ targets, doNotTranslate = false }: TermbaseEntry): boolean => doNotTranslate || targets.length > 0;

/** A forbidden form inside a longer one that is allowed is none. */
function forbiddenIn(places: readonly EntryPlace<TermbaseEntry>[], source: string, target: string): { term: string; form: string }[] {
  if (places.every(({ entries }) => entries.every(({ forbidden = [] }) => forbidden.length === 0))) return [];
  const phrases = places.flatMap(({ start, end, entries }) => entries.flatMap(({ targets, forbidden = [], caseSensitive = false }) => [
    ...targets.map((text) => ({ text, caseSensitive, value: null })),
    ...forbidden.map((text) => ({ text, caseSensitive, value: source.slice(start, end) })),
  ]));
  const found = new Map<string, { term: string; form: string }>();
  for (const { start, end, values } of new PhraseFinder<string | null>(phrases, IN_TARGET).find(target)) {
    const [term] = values;
    if (typeof term !== 'string' || values.includes(null)) continue;
    const form = target.slice(start, end);
    found.set(`${term}\n${form}`, { term, form });
  }
  return [...found.values()];
}
