/**
 * From the pieces of a paragraph (text and markup, in source order) to a unit's runs and tag table: pairs are matched, markup at
 * the edges is left outside, white space is collapsed, tags are numbered.
 */
import type { ReadonlyRuns, Runs, Tag } from '../../contract/shapes/text.ts';
import { normalizeRuns } from '../segments/runs.ts';
import type { Markup, Span } from './placed-units.ts';

export type Piece = TextPiece | MarkPiece;

export interface TextPiece extends Span {
  readonly kind: 'text';
  /** Decoded: references and escapes are characters. */
  readonly text: string;
}

export interface MarkPiece extends Span {
  readonly kind: 'open' | 'close' | 'empty';
  /** Pairs match by name; also the tag's label. */
  readonly name: string;
  readonly equivalent?: string;
  /** Part of the sentence (a code span, a placeholder): stays in the unit at its edges too, and can't be deleted. */
  readonly word?: boolean;
  /** Can't be deleted. */
  readonly needed?: boolean;
  /** Written instead of the source's markup once the unit is translated; never left outside the unit, for that reason. */
  readonly markup?: string;
}

/** Source spans of a tag's markup; written back from there, so the tag table may abbreviate it. */
export interface TagSpans { readonly open: Span & { readonly markup?: string }; readonly close?: Span & { readonly markup?: string } }

export interface InlineText extends Span {
  readonly source: Runs;
  readonly tags: readonly Tag[];
  /** Of tag n at index n - 1. */
  readonly spans: readonly TagSpans[];
  /** Markup left outside, as in `Unit.around`. */
  readonly around: readonly string[];
}

const SPACES = /[ \t\n\r\f]+/g;
/** Markup is shown in tool tips: a picture of a megabyte in a data URL need not be. */
const SHOWN_MARKUP = 2000;

/** A text that someone could translate: it holds a letter or a digit. */
export const hasWords = (text: string): boolean => /[\p{L}\p{N}]/u.test(text);

/**
 * The translatable stretch of a paragraph, or undefined when it holds no letter or digit.
 * `keepSpaces`: white space counts (`<pre>`); otherwise runs of it are one space, and none stands at the edges.
 */
export function inlineText(text: string, pieces: readonly Piece[], { keepSpaces = false }: { readonly keepSpaces?: boolean } = {}): InlineText | undefined {
  if (!pieces.some((piece) => piece.kind === 'text' && hasWords(piece.text))) return undefined;
  const partners = matchPairs(pieces);
  const { first, last } = wordsOf(pieces, partners);
  const kept = pieces.slice(first, last + 1);
  const head = kept[0], tail = kept.at(-1);
  if (!head || !tail) return undefined;
  let { start } = head, { end } = tail;
  if (!keepSpaces) {
    // Spaces written as references (&#32;) are meant, and stay.
    if (head.kind === 'text') start += /^[ \t\n\r\f]*/.exec(text.slice(head.start, head.end))?.[0].length ?? 0;
    if (tail.kind === 'text') end = tail.start + text.slice(tail.start, tail.end).replace(/[ \t\n\r\f]+$/, '').length;
  }
  const runs: Runs = [], tags: Tag[] = [], spans: TagSpans[] = [];
  const numbers = new Map<number, number>();
  kept.forEach((piece, offset) => {
    const index = first + offset;
    if (piece.kind === 'text') {
      runs.push(keepSpaces ? piece.text : piece.text.replace(SPACES, ' '));
      return;
    }
    const partner = partners.get(index);
    const number = numbers.get(partner ?? index);
    if (partner !== undefined && number !== undefined) {
      runs.push({ tag: number, kind: 'close' });
      return;
    }
    const closing = partner === undefined ? undefined : pieces[partner];
    const tag = tags.length + 1;
    numbers.set(index, tag);
    tags.push({
      tag, label: labelOf(piece), open: shown(text, piece),
      ...(closing && { close: shown(text, closing) }),
      ...(piece.equivalent !== undefined && { equivalent: piece.equivalent }),
      canDelete: piece.word !== true && piece.needed !== true && (piece.kind === 'empty' || closing !== undefined),
      canCopy: false,
    });
    spans.push({ open: piece, ...(closing && { close: closing }) });
    runs.push({ tag, kind: closing ? 'open' : 'empty' });
  });
  const source = normalizeRuns(runs);
  if (!keepSpaces) trimEnds(source, head, tail);
  const around = pieces.flatMap((piece, i) => (piece.kind === 'text' || (i >= first && i <= last) ? [] : [`${partners.has(i) ? piece.kind : 'empty'} ${labelOf(piece)}`]));
  return { source, tags, spans, start, end, around };
}

const labelOf = ({ name }: MarkPiece): string => name.replace(/\s+/g, '').slice(0, 24) || 'x';

/** Writes runs in the source's markup; `write` turns text into the document's characters. */
export function renderRuns(target: ReadonlyRuns, spans: readonly TagSpans[], markup: Markup, write: (text: string, index: number) => string): string {
  let result = '';
  target.forEach((run, index) => {
    if (typeof run === 'string') { result += write(run, index); return; }
    const tag = spans[run.tag - 1];
    const span = run.kind === 'close' ? tag?.close : tag?.open;
    if (span) result += span.markup ?? markup(span);
  });
  return result;
}

/** Index of each half of a pair -> index of the other; markup without its other half is missing. */
export function matchPairs(pieces: readonly Piece[]): Map<number, number> {
  const partners = new Map<number, number>(), open = new Map<string, number[]>();
  pieces.forEach((piece, index) => {
    if (piece.kind === 'open') {
      const stack = open.get(piece.name);
      if (stack) stack.push(index);
      else open.set(piece.name, [index]);
    } else if (piece.kind === 'close') {
      const start = open.get(piece.name)?.pop();
      if (start === undefined) return;
      partners.set(start, index);
      partners.set(index, start);
    }
  });
  return partners;
}

/** The range of pieces from the first to the last that matter: words, and pairs of which one half stands among them. */
function wordsOf(pieces: readonly Piece[], partners: ReadonlyMap<number, number>): { first: number; last: number } {
  const matters = (piece: Piece): boolean => (piece.kind === 'text' ? piece.text.trim() !== '' : piece.word === true || piece.markup !== undefined);
  let first = pieces.findIndex(matters), last = pieces.findLastIndex(matters);
  let seenFirst = first, seenLast = last;
  // Each round looks only at partners of pieces that the last one added.
  const extend = (from: number, to: number): void => {
    for (let i = from; i <= to; i++) {
      const partner = partners.get(i);
      if (partner === undefined) continue;
      first = Math.min(first, partner);
      last = Math.max(last, partner);
    }
  };
  extend(first, last);
  while (first < seenFirst || last > seenLast) {
    const [from, to] = [seenFirst, seenLast];
    seenFirst = first;
    seenLast = last;
    extend(seenFirst, from - 1);
    extend(to + 1, seenLast);
  }
  return { first, last };
}

function trimEnds(runs: Runs, head: Piece, tail: Piece): void {
  const first = runs[0];
  if (head.kind === 'text' && typeof first === 'string') runs[0] = first.replace(/^ /, '');
  const last = runs.at(-1);
  if (tail.kind === 'text' && typeof last === 'string') runs[runs.length - 1] = last.replace(/ $/, '');
  if (runs[0] === '') runs.shift();
  if (runs.at(-1) === '') runs.pop();
}

function shown(text: string, { start, end }: Span): string {
  return end - start <= SHOWN_MARKUP ? text.slice(start, end) : `${text.slice(start, start + SHOWN_MARKUP)}…`;
}
