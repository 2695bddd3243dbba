/**
 * From the tokens of a paragraph to a unit: markup at the edges stays outside, formatting is said relative to what most of the
 * text looks like, tags are numbered. Keeps for each tag what to write for it.
 */
import type { Runs, Tag, TagRun } from '../../../contract/shapes/text.ts';
import { normalizeRuns } from '../../segments/runs.ts';
import { hasWords } from '../inline-pieces.ts';
import { formattingLabel, isEmphasised, plainOnSpaces, type Formatting } from './formatting.ts';
import { nest, pairRanges, type Item } from './pairing.ts';
import type { Piece, Run, TextToken, Token } from './tokens.ts';

/** What stands for a tag in the document. */
export type TagPart =
  | { readonly kind: 'format'; readonly run: Run }
  /** Text inside looks like `run`. */
  | { readonly kind: 'wrapper'; readonly open: readonly Piece[]; readonly close: readonly Piece[]; readonly run: Run }
  | { readonly kind: 'empty'; readonly pieces: readonly Piece[] };

/** A paragraph's text, and how to write another in its place. */
export interface ParagraphText {
  readonly source: Runs;
  readonly tags: readonly Tag[];
  /** Of tag n at index n - 1. */
  readonly parts: readonly TagPart[];
  /** What untagged text looks like. */
  readonly base: Run;
  /** Source range to replace: whole elements. */
  readonly start: number;
  readonly end: number;
  /** Content of that range before and after the text. */
  readonly before: readonly Piece[];
  readonly after: readonly Piece[];
  /** As in `Unit.around`. */
  readonly around: readonly string[];
}

/**
 * The text of a paragraph, or null when it has none. `markup` gives the source of pieces, for tool tips; `plain` is the look
 * that the paragraph's style gives its text.
 */
export function readParagraph(tokens: readonly Token[], plain: Formatting, markup: (pieces: readonly Piece[]) => string): ParagraphText | null {
  const core = coreOf(tokens);
  if (!core) return null;
  const inside = tokens.slice(core.from, core.to);
  // What is not shown stands behind the text once it is written: it may part no two neighbours before, either.
  const items = nest(pairRanges(inside.filter((token) => token.kind !== 'empty' || !token.quiet)));
  const base = dominant(items)?.run ?? inside.find((token) => token.kind === 'text')?.run;
  if (!base) return null;
  const builder = new RunsBuilder(markup);
  builder.level(items, base);
  const { start, end, before, after } = regionOf(tokens, core);
  const quiet = inside.flatMap((token) => (token.kind === 'empty' && token.quiet ? token.pieces : []));
  return { source: normalizeRuns(builder.runs), tags: builder.tags, parts: builder.parts, base, start, end, before, after: [...quiet, ...after], around: [...edgesOf(tokens, core), ...looksOf(plain, base)] };
}

/** Markup left outside the text; the ends of a range count as a pair and as marks of their own, as they would inside. */
function edgesOf(tokens: readonly Token[], core: Core): string[] {
  return [...tokens.slice(0, core.from), ...tokens.slice(core.to)].flatMap((token) => {
    if (token.kind === 'open' || token.kind === 'close') return [`${token.kind} ${token.wrapper.label}`];
    if (token.kind === 'range') return [`empty ${token.label}`, `${token.end === 'start' ? 'open' : 'close'} ${token.label}`];
    return token.kind === 'empty' && !token.quiet ? [`empty ${token.label}`] : [];
  });
}

/** A look that all of the text has, though its style does not: a translation may leave no text outside a pair of tags. */
function looksOf(plain: Formatting, base: Run): string[] {
  const label = formattingLabel(plain, base.formatting);
  return label === 'fmt' ? [] : [`open ${label}`, `close ${label}`];
}

// ---------------------------------------------------------------------------------------------- which tokens are the text

interface Core { from: number; to: number }

const VISIBLE = /[^\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064]/;

/** From the first to the last token with text, and further where an element or a range has only one end in between. */
function coreOf(tokens: readonly Token[]): Core | null {
  const visible = (token: Token): boolean => token.kind === 'text' && VISIBLE.test(token.text);
  const first = tokens.findIndex(visible), last = tokens.findLastIndex(visible);
  if (!tokens.some((token) => token.kind === 'text' && hasWords(token.text))) return null;
  const partners = partnersOf(tokens);
  let from = first, to = last;
  for (const [start, end] of partners.ranges) {
    if (start < from && end > first && end < last) from = start;
    if (start > first && start < last && end > to) to = end;
  }
  for (let changed = true; changed;) {
    changed = false;
    for (const [open, close] of partners.elements) {
      if (open < from && close >= from && close <= to) [from, changed] = [open, true];
      if (open >= from && open <= to && close > to) [to, changed] = [close, true];
    }
  }
  return { from, to: to + 1 };
}

/** Indices of both ends of each element, and of each range that has both in this paragraph. */
function partnersOf(tokens: readonly Token[]): { elements: [number, number][]; ranges: [number, number][] } {
  const elements: [number, number][] = [], ranges: [number, number][] = [];
  const open: number[] = [];
  const starts = new Map<string, number>();
  tokens.forEach((token, i) => {
    if (token.kind === 'open') open.push(i);
    else if (token.kind === 'close') elements.push([open.pop() ?? i, i]);
    else if (token.kind === 'range' && token.end === 'start') starts.set(token.key, i);
    else if (token.kind === 'range') {
      const start = starts.get(token.key);
      if (start !== undefined) ranges.push([start, i]);
      starts.delete(token.key);
    }
  });
  return { elements, ranges };
}

/** The smallest range of whole elements around the core, and the tokens in it that are not the core's. */
function regionOf(tokens: readonly Token[], core: Core): Pick<ParagraphText, 'start' | 'end' | 'before' | 'after'> {
  let { from, to } = core;
  const bounds = tokens.slice(from, to).flatMap(piecesOf);
  let start = bounds.reduce((least, piece) => Math.min(least, piece.ownerStart), Infinity);
  let end = bounds.reduce((most, piece) => Math.max(most, piece.ownerEnd), 0);
  for (let changed = true; changed;) {
    changed = false;
    for (const token of [tokens[from - 1], tokens[to]]) {
      const pieces = token ? piecesOf(token) : [];
      if (!pieces.some((piece) => piece.ownerEnd > start && piece.ownerStart < end)) continue;
      start = pieces.reduce((least, piece) => Math.min(least, piece.ownerStart), start);
      end = pieces.reduce((most, piece) => Math.max(most, piece.ownerEnd), end);
      if (token === tokens[from - 1]) from--;
      else to++;
      changed = true;
    }
  }
  return { start, end, before: tokens.slice(from, core.from).flatMap(piecesOf), after: tokens.slice(core.to, to).flatMap(piecesOf) };
}

const piecesOf = (token: Token): readonly Piece[] => (token.kind === 'open' ? token.wrapper.open : token.kind === 'close' ? token.wrapper.close : token.pieces);

// ---------------------------------------------------------------------------------------------- runs and tags

/** The look that most of the text of a level has, wrappers in it aside. Plain text counts double: `**Buyer** and` is not bold with an exception. */
function dominant(items: readonly Item[]): TextToken | undefined {
  const lengths = new Map<string, { first: TextToken; length: number }>();
  for (const item of items) {
    if (item.kind !== 'text') continue;
    const known = lengths.get(item.key);
    const length = item.text.trim().length * (isEmphasised(item.run.formatting) ? 1 : 2);
    if (known) known.length += length;
    else lengths.set(item.key, { first: item, length });
  }
  let best: { first: TextToken; length: number } | undefined;
  for (const entry of lengths.values()) if (!best || entry.length > best.length) best = entry;
  return best?.first;
}

/** Tool tips need no megabyte of markup. */
const SHOWN_MARKUP = 2000;

class RunsBuilder {
  readonly runs: (string | TagRun)[] = [];
  readonly tags: Tag[] = [];
  readonly parts: TagPart[] = [];
  readonly #markup: (pieces: readonly Piece[]) => string;

  constructor(markup: (pieces: readonly Piece[]) => string) { this.#markup = markup; }

  /** Items in the look of `base`; stretches that look different become pairs, which may reach across tags between them. */
  level(items: readonly Item[], base: Run): void {
    const baseKey = dominant(items)?.key;
    let span: { key: string; tag: number } | null = null;
    let pending: Item[] = [];
    const flush = (): void => {
      for (const item of pending) this.#item(item, base);
      pending = [];
    };
    for (const item of items) {
      if (item.kind !== 'text' || this.#anyLook(item, baseKey, span?.key)) { pending.push(item); continue; }
      if (span && item.key !== span.key) {
        this.runs.push({ tag: span.tag, kind: 'close' });
        span = null;
      }
      flush();
      if (!span && item.key !== baseKey) {
        span = { key: item.key, tag: this.#format(item.run, base) };
        this.runs.push({ tag: span.tag, kind: 'open' });
      }
      this.runs.push(item.text);
    }
    if (span) this.runs.push({ tag: span.tag, kind: 'close' });
    flush();
  }

  /** White space that looks the same in its own look and in those around it. */
  #anyLook(item: TextToken, ...around: (string | undefined)[]): boolean {
    return item.text.trim() === '' && [item.key, ...around].every((key) => key === undefined || plainOnSpaces(key));
  }

  #item(item: Item, base: Run): void {
    if (item.kind === 'text') this.runs.push(item.text);
    else if (item.kind === 'empty') {
      const tag = this.#tag({ label: item.label, open: this.#shown(item.pieces), equivalent: item.equivalent, canDelete: item.canDelete, canCopy: item.canCopy }, { kind: 'empty', pieces: item.pieces });
      this.runs.push({ tag, kind: 'empty' });
    } else {
      const { wrapper, items } = item;
      const run = dominant(items)?.run ?? base;
      const tag = this.#tag({ label: wrapper.label, open: this.#shown(wrapper.open), close: this.#shown(wrapper.close), canDelete: wrapper.canDelete, canCopy: wrapper.canCopy }, { kind: 'wrapper', open: wrapper.open, close: wrapper.close, run });
      this.runs.push({ tag, kind: 'open' });
      this.level(items, run);
      this.runs.push({ tag, kind: 'close' });
    }
  }

  #format(run: Run, base: Run): number {
    const properties = run.properties ? this.#shown([{ ...run.properties, run: null, ownerStart: 0, ownerEnd: 0 }]) : '';
    return this.#tag({ label: formattingLabel(base.formatting, run.formatting), open: `<${run.element.name}>${properties}`, close: `</${run.element.name}>`, canDelete: true, canCopy: true }, { kind: 'format', run });
  }

  #tag(tag: Omit<Tag, 'tag'>, part: TagPart): number {
    this.parts.push(part);
    const { equivalent, ...rest } = tag;
    return this.tags.push({ tag: this.tags.length + 1, ...rest, ...(equivalent ? { equivalent } : {}) });
  }

  #shown(pieces: readonly Piece[]): string {
    const whole = this.#markup(pieces);
    return whole.length > SHOWN_MARKUP ? `${whole.slice(0, SHOWN_MARKUP).toWellFormed()}…` : whole;
  }
}
