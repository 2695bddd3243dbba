/** Where in a translation a term of the source was said in other words, by the links between the two texts. */
import type { WordLink } from '../alignment/word-links.ts';
import { isSign, type Units, unitsBetween, unitsOf } from '../alignment/words.ts';
import type { LinkedTranslation } from './replace-stretches.ts';
import type { MetTerm, TermOccurrence } from './term-book.ts';

/** A stretch of the translation, UTF-16, end exclusive; empty where something is to be put in. */
export interface TermPlace {
  readonly occurrence: TermOccurrence;
  readonly start: number;
  readonly end: number;
}

/** Words of so many letters may be an article or a preposition. */
const SHORT = 3;
/** Weight of a word that rather goes along with others than to stand for the term, as a share of the heaviest. */
const COMPANY = 0.6;

/**
 * The places of the terms that a translation lacks, in the order of the translation and apart from each other. A word
 * belongs to the term that it is linked to most; where none does, the place is after what the words before the term
 * became. Words that say a term already (`met`) belong to it.
 */
export function placesOfTerms({ text, links }: LinkedTranslation, unmet: readonly TermOccurrence[], met: readonly MetTerm[]): TermPlace[] {
  const units = unitsOf(text);
  const taken = new Set<number>();
  for (const { start, end } of met) for (const unit of between(units, start, end)) taken.add(unit);
  const wordOf = (unit: number): string => text.slice(units.starts[unit], units.ends[unit]);
  const rivals = [...unmet, ...met.map(({ occurrence }) => occurrence)];
  const own = ownUnits(units, links, rivals, (unit) => taken.has(unit) || isSign(wordOf(unit)));

  const places = unmet.map((occurrence): TermPlace => {
    const mine = heaviestRun(own.get(occurrence) ?? [], (gap) => wordOf(gap).length <= SHORT || isSign(wordOf(gap)));
    const [first, last] = withoutCompany(mine, Math.max(wordsOf(occurrence, links), ...occurrence.forms.map((form) => unitsOf(form.text).count)), wordOf);
    if (first !== undefined && last !== undefined) return { occurrence, start: units.starts[first] ?? 0, end: units.ends[last] ?? 0 };
    const at = placeAfter(occurrence, links, met);
    return { occurrence, start: at, end: at };
  });
  return apart(places);
}

interface OwnUnit {
  readonly unit: number;
  readonly weight: number;
}

/**
 * For each term the units of the translation that stand for it, in order. The strongest links choose first, and each word
 * of the source one unit only (competitive linking: Melamed 2000, Models of translational equivalence among words), because
 * attention that strays between neighbours falls on a word that has its own; units left over go to their strongest link.
 */
function ownUnits(units: Units, links: readonly WordLink[], terms: readonly TermOccurrence[], isOut: (unit: number) => boolean): Map<TermOccurrence, OwnUnit[]> {
  const strongest = links.flatMap(({ source, target, weight }) => between(units, target[0], target[1]).filter((unit) => !isOut(unit)).map((unit) => ({ unit, weight, word: source.join(' '), term: terms.find(({ start, end }) => source[0] < end && start < source[1]) ?? null })));
  strongest.sort((a, b) => b.weight - a.weight);
  const owners = new Map<number, { term: TermOccurrence | null; weight: number }>();
  const words = new Set<string>();
  for (const { unit, word, term, weight } of strongest) {
    if (owners.has(unit) || words.has(word)) continue;
    owners.set(unit, { term, weight });
    words.add(word);
  }
  for (const { unit, term, weight } of strongest) if (!owners.has(unit)) owners.set(unit, { term, weight });
  const own = new Map<TermOccurrence, OwnUnit[]>();
  for (const [unit, { term, weight }] of [...owners].sort(([a], [b]) => a - b)) if (term !== null) own.set(term, [...(own.get(term) ?? []), { unit, weight }]);
  return own;
}

const between = (units: Units, start: number, end: number): number[] => {
  const [first, last] = unitsBetween(units, start, end);
  return Array.from({ length: last - first }, (_, i) => first + i);
};

/** Of units in order the run with the most weight; one unit that `joins` may lie between two of them. */
function heaviestRun(units: readonly OwnUnit[], joins: (unit: number) => boolean): readonly OwnUnit[] {
  let best: OwnUnit[] = [];
  let most = 0;
  let run: OwnUnit[] = [];
  let sum = 0;
  for (const each of units) {
    const last = run.at(-1)?.unit;
    const goesOn = last !== undefined && (each.unit === last + 1 || (each.unit === last + 2 && joins(last + 1)));
    run = goesOn ? [...run, each] : [each];
    sum = goesOn ? sum + each.weight : each.weight;
    if (sum > most) [best, most] = [run, sum];
  }
  return best;
}

/**
 * First and last unit of a run without what only goes along with the term, where the run has more than `most` words: an
 * article that the source has no word for, a word that looks at the term but stands for another.
 */
function withoutCompany(run: readonly OwnUnit[], most: number, wordOf: (unit: number) => string): readonly [number | undefined, number | undefined] {
  const heaviest = Math.max(...run.map(({ weight }) => weight));
  const left = [...run];
  const isArticle = (unit: number): boolean => wordOf(unit).length <= SHORT && (unit === 0 ? /^\p{Lu}?\p{Ll}*$/u : /^\p{Ll}+$/u).test(wordOf(unit));
  for (let first = left[0]; first !== undefined && left.length > 1 && left.length > most && (isArticle(first.unit) || first.weight < COMPANY * heaviest); first = left[0]) left.shift();
  for (let last = left.at(-1); last !== undefined && left.length > 1 && left.length > most && last.weight < COMPANY * heaviest; last = left.at(-1)) left.pop();
  return [left[0]?.unit, left.at(-1)?.unit];
}

/** Words of a term in the source, as far as they are linked. */
const wordsOf = ({ start, end }: TermOccurrence, links: readonly WordLink[]): number => new Set(links.flatMap(({ source }) => (source[0] < end && start < source[1] ? [source[0]] : []))).size;

/** The end of what the nearest words before the term became; the start of the text when there are none. */
function placeAfter({ start }: TermOccurrence, links: readonly WordLink[], met: readonly MetTerm[]): number {
  let at = 0;
  let nearest = -1;
  for (const { source, target } of links) {
    if (source[1] > start || source[0] < nearest) continue;
    at = source[0] === nearest ? Math.max(at, target[1]) : target[1];
    nearest = source[0];
  }
  const inside = met.find((term) => term.start < at && at < term.end);
  return inside?.end ?? at;
}

/** In order; a place that begins inside the one before it becomes empty at its end. */
function apart(places: readonly TermPlace[]): TermPlace[] {
  let end = 0;
  return [...places].sort((a, b) => a.start - b.start || a.end - b.end).map((place) => {
    const start = Math.max(place.start, end);
    const there = { occurrence: place.occurrence, start, end: Math.max(start, place.end) };
    end = there.end;
    return there;
  });
}
