/** Where a stretch of the source went in the target: the contiguous units whose links lie inside it, strays left out. */
import type { UnitLinks } from './unit-links.ts';
import { isSign, type Units, unitsBetween } from './words.ts';

/** Offsets in a text, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A range of units, end exclusive, and how well it fits: above 0. */
export interface UnitRange {
  readonly first: number;
  readonly end: number;
  readonly score: number;
}

/** A unit without links costs a trifle: it is taken in between two good ones, not at an edge. */
const UNLINKED = -0.001;

/**
 * For each target unit the weight of its links into the span less that of its links elsewhere. A source unit that the span
 * covers in part counts by its share.
 */
export function unitScores({ source, target, byTarget }: UnitLinks, span: Span): Float64Array {
  const [first, end] = unitsBetween(source, span.start, span.end);
  const scores = new Float64Array(target.count);
  for (let t = 0; t < target.count; t++) {
    const links = byTarget[t] ?? [];
    if (links.length === 0) scores[t] = UNLINKED;
    for (const { unit, weight } of links) {
      const share = unit < first || unit >= end ? 0 : coveredShare(source, unit, span);
      scores[t] = (scores[t] ?? 0) + weight * (2 * share - 1);
    }
  }
  return scores;
}

function coveredShare({ starts, ends }: Units, unit: number, span: Span): number {
  const start = starts[unit] ?? 0;
  const end = ends[unit] ?? 0;
  return (Math.min(end, span.end) - Math.max(start, span.start)) / (end - start);
}

/** The one free unit that has the most weight from the span, though it may have more from elsewhere; null when none has any. */
export function bestUnit({ source, bySource }: UnitLinks, span: Span, isFree: (unit: number) => boolean): UnitRange | null {
  const [first, end] = unitsBetween(source, span.start, span.end);
  let best: UnitRange | null = null;
  for (let s = first; s < end; s++)
    for (const { unit, weight } of bySource[s] ?? []) if (isFree(unit) && weight > (best?.score ?? 0)) best = { first: unit, end: unit + 1, score: weight };
  return best;
}

/** The contiguous free units within `first` to `end` with the highest sum of scores; null when no sum is above 0. */
export function bestRange(scores: Float64Array, isFree: (unit: number) => boolean, first: number, end: number): UnitRange | null {
  let best: UnitRange | null = null;
  let sum = 0;
  let from = first;
  for (let unit = first; unit < end; unit++) {
    if (!isFree(unit)) {
      sum = 0;
      from = unit + 1;
      continue;
    }
    if (sum <= 0) {
      sum = 0;
      from = unit;
    }
    sum += scores[unit] ?? 0;
    if (sum > (best?.score ?? 0)) best = { first: from, end: unit + 1, score: sum };
  }
  return best;
}

const QUOTES = '"\'“”„‟«»‹›‘’‚‛「」『』';
const STOPS = '.,;:!?…。、，！？；：';
const BRACKETS = '()[]{}（）【】〈〉《》';

const kindOfSign = (text: string): string => {
  for (const kind of [QUOTES, STOPS, BRACKETS]) if (kind.includes(text.charAt(0))) return kind;
  return text;
};

/**
 * Corrects a range at its edges: a sign comes along when the source span has one of its kind at that edge, and only then.
 */
export function fitSigns(
  range: { readonly first: number; readonly end: number },
  span: Span,
  texts: { readonly source: string; readonly target: string },
  { source, target }: UnitLinks,
  isFree: (unit: number) => boolean,
): { first: number; end: number } {
  const [firstSource, endSource] = unitsBetween(source, span.start, span.end);
  const sourceText = (unit: number): string => texts.source.slice(source.starts[unit], source.ends[unit]);
  const targetText = (unit: number): string => texts.target.slice(target.starts[unit], target.ends[unit]);
  let { first, end } = range;
  if (firstSource === endSource) return { first, end };
  const opens = sourceText(firstSource);
  const closes = sourceText(endSource - 1);
  if (isSign(closes)) {
    if (end < target.count && isFree(end) && !isSign(targetText(end - 1)) && kindOfSign(targetText(end)) === kindOfSign(closes)) end++;
  } else while (end - 1 > first && isSign(targetText(end - 1))) end--;
  if (isSign(opens)) {
    if (first > 0 && isFree(first - 1) && !isSign(targetText(first)) && kindOfSign(targetText(first - 1)) === kindOfSign(opens)) first--;
  } else while (first + 1 < end && isSign(targetText(first))) first++;
  return { first, end };
}
