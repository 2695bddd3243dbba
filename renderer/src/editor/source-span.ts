/** Stretches of a source text: what is selected with the mouse, and words by the keyboard. UTF-16 offsets in the text without tags, end exclusive. */
import { runsOfFragment } from './clipboard.ts';

export interface Span { readonly start: number; readonly end: number }

/** What is selected inside `cell`, a text on the page; null where nothing is, or only something else. */
export function selectedSpan(cell: HTMLElement, selection: Selection | null): Span | null {
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  if (!cell.contains(range.startContainer) || !cell.contains(range.endContainer)) return null;
  const before = document.createRange();
  before.setStart(cell, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const start = lengthOf(before), end = start + lengthOf(range);
  return end > start ? { start, end } : null;
}

const lengthOf = (range: Range): number => runsOfFragment(range.cloneContents()).reduce((sum, run) => sum + (typeof run === 'string' ? run.length : 0), 0);

/** The words of a text. */
export function wordsOf(text: string, language: string): Span[] {
  return Array.from(segmenterFor(language).segment(text)).flatMap(({ segment, index, isWordLike }) => (isWordLike === true ? [{ start: index, end: index + segment.length }] : []));
}

/** A tag that the system does not know is split as English is. */
function segmenterFor(language: string): Intl.Segmenter {
  try { return new Intl.Segmenter(language, { granularity: 'word' }); } catch { return new Intl.Segmenter('en', { granularity: 'word' }); }
}

/** The word after (1) or before (-1) a stretch, or the stretch longer by a word; null where there is none any more. */
export function stepSpan(words: readonly Span[], span: Span | null, step: 1 | -1, extend: boolean): Span | null {
  if (span === null) return (step === 1 ? words[0] : words.at(-1)) ?? null;
  const next = step === 1 ? words.find(({ start }) => start >= span.end) : words.findLast(({ end }) => end <= span.start);
  if (next === undefined) return extend ? span : null;
  return extend ? { start: Math.min(span.start, next.start), end: Math.max(span.end, next.end) } : next;
}
