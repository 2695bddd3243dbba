/** A unit of a document cut into segments, and put together again. */
import type { ReadonlyRuns, Runs } from '../../contract/shapes/text.ts';
import type { Unit } from '../formats/format.ts';
import type { SplitSentences } from '../segmentation/split-sentences.ts';
import { equivalentText, normalizeRuns } from './runs.ts';

export interface CutSegment {
  /** What stands between the previous segment (or the start of the unit) and this one: white space and line-break tags. */
  readonly gapBefore: Runs;
  readonly source: Runs;
  /** The translation that stood in the document. */
  readonly target: Runs | null;
}

/** Gaps and sources in order are the source of the unit, exactly. */
export interface CutUnit { readonly segments: readonly CutSegment[]; readonly gapAfter: Runs }

const HAS_WORD = /[\p{L}\p{N}]/u;

/**
 * Cuts a unit at its sentences. Tags are transparent: an opening one goes to the segment on its right, a closing one to its
 * left. White space (and tags that stand for it) around a segment belongs to the gaps. A piece without a letter or digit
 * joins its neighbour; a unit without any has no segment at all, unless its format says that it is one. A unit that its
 * format has cut, or that has a translation already, stays in one piece.
 */
export function cutUnit(unit: Unit, split: SplitSentences, language: string): CutUnit {
  const target = unit.target && unit.target.length > 0 ? normalizeRuns(unit.target) : null;
  if (unit.segmented || target) return wholeUnit(unit, target);
  const text = equivalentText(unit.source, unit.tags);
  if (!HAS_WORD.test(text)) return { segments: [], gapAfter: normalizeRuns(unit.source) };
  const pieces = splitRuns(unit, text, sentenceStarts(text, split(text, language)));
  const segments: CutSegment[] = [];
  let gap: Runs = [];
  for (const piece of pieces) {
    const { before, inner, after } = trim(piece, unit);
    segments.push({ gapBefore: normalizeRuns([...gap, ...before]), source: normalizeRuns(inner), target: null });
    gap = after;
  }
  return { segments, gapAfter: normalizeRuns(gap) };
}

/** Gaps and texts in order: the target where there is one, else the source. */
export function joinUnit(unit: { readonly segments: readonly { readonly gapBefore: ReadonlyRuns; readonly source: ReadonlyRuns; readonly target: ReadonlyRuns | null }[]; readonly gapAfter: ReadonlyRuns }): Runs {
  return normalizeRuns([...unit.segments.flatMap(({ gapBefore, source, target }) => [...gapBefore, ...(target ?? source)]), ...unit.gapAfter]);
}

/** One segment; the white space around it is a gap only when the translation has the same. */
function wholeUnit(unit: Unit, target: Runs | null): CutUnit {
  const source = trim(unit.source, unit);
  if (source.inner.length === 0) return target ? { segments: [{ gapBefore: [], source: normalizeRuns(unit.source), target }], gapAfter: [] } : { segments: [], gapAfter: normalizeRuns(unit.source) };
  if (!target) return { segments: [{ gapBefore: source.before, source: source.inner, target }], gapAfter: source.after };
  const translated = trim(target, unit);
  const same = translated.inner.length > 0 && JSON.stringify([source.before, source.after]) === JSON.stringify([translated.before, translated.after]);
  return same
    ? { segments: [{ gapBefore: source.before, source: source.inner, target: translated.inner }], gapAfter: source.after }
    : { segments: [{ gapBefore: [], source: normalizeRuns(unit.source), target }], gapAfter: [] };
}

/** The starts that leave a word on either side: punctuation alone belongs to the sentence after it, at the end to the one before. */
function sentenceStarts(text: string, starts: readonly number[]): number[] {
  const kept: number[] = [];
  let from = 0;
  for (const start of starts) {
    if (start <= from || start >= text.length || isLowSurrogate(text, start)) continue;
    if (!HAS_WORD.test(text.slice(from, start))) continue;
    kept.push(start);
    from = start;
  }
  while (kept.length > 0 && !HAS_WORD.test(text.slice(kept.at(-1)))) kept.pop();
  return kept;
}

const isLowSurrogate = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;

/** Cuts runs at offsets of their equivalent text. */
function splitRuns(unit: Unit, text: string, starts: readonly number[]): Runs[] {
  const pieces: Runs[] = [];
  let piece: Runs = [], at = 0, next = 0;
  const start = (): number => starts[next] ?? Infinity;
  const cut = (): void => { pieces.push(piece); piece = []; next++; };
  for (const [i, run] of unit.source.entries()) {
    if (typeof run !== 'string') {
      const width = equivalentText([run], unit.tags).length;
      if (at >= start() && beginsRight(unit.source, i, text, at)) cut();
      piece.push(run);
      at += width;
      continue;
    }
    let from = 0;
    while (start() < at + run.length) {
      const to = Math.max(from, start() - at);
      if (to > from) piece.push(run.slice(from, to));
      cut();
      from = to;
    }
    if (from < run.length) piece.push(run.slice(from));
    at += run.length;
  }
  pieces.push(piece);
  return pieces;
}

/** Whether the tag at a sentence's start belongs to that sentence: no closing tag follows in the same place, and it is not a mark set right after the previous one. */
function beginsRight(runs: ReadonlyRuns, index: number, text: string, at: number): boolean {
  for (const run of runs.slice(index)) {
    if (typeof run === 'string') break;
    if (run.kind === 'close') return false;
  }
  const run = runs[index];
  const isMark = run !== undefined && typeof run !== 'string' && run.kind === 'empty';
  return !isMark || /\s/.test(text.charAt(at - 1));
}

/** White space and white-space tags at both ends, apart from the rest. */
function trim(runs: ReadonlyRuns, unit: Unit): { before: Runs; inner: Runs; after: Runs } {
  const inner = normalizeRuns(runs);
  const before: Runs = [], after: Runs = [];
  for (let first = inner[0]; first !== undefined; first = inner[0]) {
    const blank = typeof first === 'string' ? (/^\s+/.exec(first)?.[0] ?? '') : '';
    if (blank !== '') before.push(blank);
    if (typeof first === 'string' ? blank !== first : !standsForSpace(first, unit)) {
      if (typeof first === 'string') inner[0] = first.slice(blank.length);
      break;
    }
    if (typeof first !== 'string') before.push(first);
    inner.shift();
  }
  for (let last = inner.at(-1); last !== undefined; last = inner.at(-1)) {
    const blank = typeof last === 'string' ? last.slice(last.trimEnd().length) : '';
    if (blank !== '') after.unshift(blank);
    if (typeof last === 'string' ? blank !== last : !standsForSpace(last, unit)) {
      if (typeof last === 'string') inner[inner.length - 1] = last.slice(0, last.length - blank.length);
      break;
    }
    if (typeof last !== 'string') after.unshift(last);
    inner.pop();
  }
  return { before: normalizeRuns(before), inner, after: normalizeRuns(after) };
}

function standsForSpace(run: Exclude<Runs[number], string>, unit: Unit): boolean {
  return run.kind === 'empty' && /^\s+$/.test(equivalentText([run], unit.tags));
}
