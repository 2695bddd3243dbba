/** The entries of termbases, ready to be looked for in texts: where terms stand in a source, and whether its translation has them. */
import type { WordLink } from '../alignment/word-links.ts';
import { addressesIn } from '../engine/addresses.ts';
import type { TermEntry } from '../engine/engine.ts';
import { PhraseFinder } from './phrase-finder.ts';

export interface TermForm {
  readonly text: string;
  readonly caseSensitive: boolean;
}

/** A term in a source text. */
export interface TermOccurrence {
  /** UTF-16 offsets in the source, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** What may stand for it in the translation; the first is preferred. At least one. */
  readonly forms: readonly TermForm[];
  /** The source's own words stay as they are. */
  readonly verbatim: boolean;
  /** The first form is the counterpart of the form in the source: the plural of a plural. */
  readonly paired: boolean;
}

/** A term of the source and where it stands in the translation. */
export interface MetTerm {
  readonly occurrence: TermOccurrence;
  readonly start: number;
  readonly end: number;
}

export interface TermCheck {
  readonly met: readonly MetTerm[];
  readonly unmet: readonly TermOccurrence[];
}

export class TermBook {
  readonly #finder: PhraseFinder<{ readonly entry: TermEntry; readonly form: number }>;

  constructor(entries: readonly TermEntry[]) {
    const usable = entries.filter(({ targets, doNotTranslate = false }) => doNotTranslate || targets.some((text) => text.trim() !== ''));
    const phrases = usable.flatMap((entry) => entry.sources.map((text, form) => ({ text, caseSensitive: entry.caseSensitive ?? false, value: { entry, form } })));
    this.#finder = new PhraseFinder(phrases, { hyphenJoins: true, capitalAtStart: false });
  }

  /** The terms of a source text, in order; longer terms win over those inside them. Addresses hold none. */
  occurrencesIn(source: string): TermOccurrence[] {
    const addresses = placesOf(addressesIn(source), source);
    return this.#finder.find(source).filter(({ start, end }) => addresses.every(([from, to]) => end <= from || to <= start)).map(({ start, end, values }) => {
      const verbatim = values.some(({ entry }) => entry.doNotTranslate === true);
      const forms = new Map<string, TermForm>();
      if (verbatim) forms.set('', { text: source.slice(start, end), caseSensitive: true });
      else for (const { entry, form } of values) for (const text of formsOf(entry, form)) if (!forms.has(text)) forms.set(text, { text, caseSensitive: entry.caseSensitive ?? false });
      return { start, end, forms: [...forms.values()], verbatim, paired: values.every(({ entry }) => isPaired(entry)) };
    });
  }
}

/** Where as many forms of the source are listed as of the target, they are pairs. */
const isPaired = ({ sources, targets }: TermEntry): boolean => sources.length > 1 && sources.length === targets.length;

/** The forms of the target: the pair of the one that was found, or the preferred one, first. */
function formsOf(entry: TermEntry, matched: number): string[] {
  const forms = entry.targets.map((text) => text.trim().replace(/\s+/g, ' '));
  const pair = isPaired(entry) ? forms[matched] : undefined;
  return (pair === undefined ? forms : [pair, ...forms.filter((text) => text !== pair)]).filter((text) => text !== '');
}

function placesOf(tokens: readonly string[], text: string): [number, number][] {
  let at = 0;
  return tokens.map((token) => {
    const start = text.indexOf(token, at);
    at = start + token.length;
    return [start, at];
  });
}

/**
 * Which terms of a source its translation has. A stretch of the translation stands for one term only, and a term inside a
 * longer one of another entry does not count. A term that comes several times in the source may be said fewer times, with a
 * pronoun for the others: the check asks for it once, `unmet` names the further ones only with `each`. `links` tell which of
 * several is meant.
 */
export function checkTerms(occurrences: readonly TermOccurrence[], target: string, { each = false, links = [] }: { each?: boolean; links?: readonly WordLink[] } = {}): TermCheck {
  const finder = new PhraseFinder(
    occurrences.flatMap((occurrence) => occurrence.forms.map(({ text, caseSensitive }) => ({ text, caseSensitive, value: occurrence }))),
    { hyphenJoins: false, capitalAtStart: true },
  );
  const met: MetTerm[] = [];
  const done = new Set<TermOccurrence>();
  for (const { start, end, values } of finder.find(target)) {
    const open = values.filter((value) => !done.has(value));
    const occurrence = open.find((value) => links.some((link) => overlaps(link.source, value) && overlaps(link.target, { start, end }))) ?? open[0];
    if (occurrence === undefined) continue;
    done.add(occurrence);
    met.push({ occurrence, start, end });
  }
  const said = new Set([...done].map(keyOf));
  return { met, unmet: occurrences.filter((occurrence) => !done.has(occurrence) && (each || !said.has(keyOf(occurrence)))) };
}

const overlaps = ([from, to]: readonly [number, number], { start, end }: { start: number; end: number }): boolean => from < end && start < to;

const keyOf = ({ forms }: TermOccurrence): string => forms.map(({ text }) => text).sort().join('\n');
