/**
 * Units of a text document with the place of each in the source, and the one way in which text formats write: the source string
 * is kept, and the places of translated units are replaced.
 */
import { StudioError } from '../../contract/errors.ts';
import type { ReadonlyRuns, Runs } from '../../contract/shapes/text.ts';
import { MAX_TEXT } from '../../contract/shapes/values.ts';
import { normalizeRuns, plainText, requireWholeTags } from '../segments/runs.ts';
import type { Unit } from './format.ts';

/** UTF-16 offsets in the document's text, end exclusive. */
export interface Span { readonly start: number; readonly end: number }

/** A stretch of the source and what to write in its place. */
export interface Replacement extends Span { readonly text: string }

/** Source text of a span, with the translations of units that lie inside it (an `alt` inside an image tag). */
export type Markup = (span: Span) => string;

export interface Place extends Span {
  /** Lies inside a tag of another unit, or inside no unit at all, but never around one: attributes and the like. */
  readonly inner: boolean;
  /** The document's characters for a target whose tags have been checked. */
  render(target: Runs, markup: Markup): string;
}

/** A unit as a reader finds it; `placeUnits` gives it its id. */
export interface FoundUnit extends Place { readonly unit: Omit<Unit, 'id'> }
export interface PlacedUnit extends Place { readonly unit: Unit }

/** A segment never has more runs than this (`Runs` in the contract). */
const MAX_RUNS = 100_000;
const LINE_END = /\r\n|[\n\r]/g;

/**
 * Sorts units by place and names each after its line: `line-12`, then `line-12.2` for the second that begins there.
 * @throws StudioError FORMAT_LIMIT when a unit is longer than a segment may be.
 */
export function placeUnits(text: string, found: readonly FoundUnit[]): PlacedUnit[] {
  const lineEnds = new RegExp(LINE_END);
  let line = 1, onLine = 0, nextLine = lineEnds.exec(text) ? lineEnds.lastIndex : Infinity;
  return [...found].sort((a, b) => a.start - b.start || b.end - a.end).map((place) => {
    while (nextLine <= place.start) {
      line++;
      onLine = 0;
      nextLine = lineEnds.exec(text) ? lineEnds.lastIndex : Infinity;
    }
    onLine++;
    const id = onLine === 1 ? `line-${line}` : `line-${line}.${onLine}`;
    const tooLong = place.unit.source.length > MAX_RUNS || plainText(place.unit.source).length > MAX_TEXT;
    if (tooLong) throw new StudioError('FORMAT_LIMIT', `The text at line ${line} is longer than ${MAX_TEXT.toLocaleString('en')} characters, or has more than ${MAX_RUNS.toLocaleString('en')} tags.`, {
      advice: 'Break the text into paragraphs, or check that the file really is a document.', data: { line, characters: place.end - place.start },
    });
    return { ...place, unit: { id, ...place.unit } };
  });
}

/**
 * The document's text with targets in the places of their units, and `others` (a language attribute, say) replaced as well.
 * @throws StudioError INVALID_INPUT for an unknown unit id, TAGS_BROKEN for a broken tag set.
 */
export function replaceUnits(text: string, placed: readonly PlacedUnit[], targets: ReadonlyMap<string, ReadonlyRuns>, others: readonly Replacement[] = []): string {
  const known = new Map(placed.map((place) => [place.unit.id, place]));
  for (const [id, target] of targets) {
    const place = known.get(id);
    if (!place) throw new StudioError('INVALID_INPUT', `The document has no unit ${id}.`, { advice: 'Take the document in again: it has changed since.', data: { unit: id } });
    requireWholeTags(id, place.unit.source, target, place.unit.tags);
  }
  const plain: Markup = ({ start, end }) => text.slice(start, end);
  const inner: Replacement[] = [...others];
  for (const place of placed) {
    const target = targets.get(place.unit.id);
    if (place.inner && target) inner.push({ start: place.start, end: place.end, text: place.render(normalizeRuns(target), plain) });
  }
  inner.sort(byStart);
  const markup: Markup = (span) => replaceSpans(text, inner, span);
  const outer: Replacement[] = [];
  for (const place of placed) {
    const target = targets.get(place.unit.id);
    if (!place.inner && target) outer.push({ start: place.start, end: place.end, text: place.render(normalizeRuns(target), markup) });
  }
  outer.sort(byStart);
  const outside = inner.filter((replacement) => !covers(outer[firstEndingAfter(outer, replacement.start)], replacement));
  return replaceSpans(text, [...outer, ...outside].sort(byStart), { start: 0, end: text.length });
}

const byStart = (a: Span, b: Span): number => a.start - b.start;
const covers = (outer: Span | undefined, span: Span): boolean => outer !== undefined && outer.start <= span.start && span.end <= outer.end;

/** `replacements` must be sorted and must not overlap; those that lie outside `span` are left out. */
function replaceSpans(text: string, replacements: readonly Replacement[], span: Span): string {
  let result = '', at = span.start;
  for (let i = firstEndingAfter(replacements, span.start - 1); i < replacements.length; i++) {
    const next = replacements[i];
    if (next === undefined || next.start >= span.end) break;
    if (next.start < at || next.end > span.end) continue;
    result += text.slice(at, next.start) + next.text;
    at = next.end;
  }
  return result + text.slice(at, span.end);
}

/** Index of the first of sorted, separate spans that ends after an offset. */
function firstEndingAfter(spans: readonly Span[], offset: number): number {
  let low = 0, high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.end ?? Infinity) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
