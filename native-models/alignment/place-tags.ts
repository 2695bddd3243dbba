/**
 * Puts the inline tags of a source into its translation, led by the links between their words: a pair goes around the words
 * that it covered, a single tag to the word that it stood at. Every tag is in the result exactly once, pairs nest as they did
 * in the source, and no tag goes inside a word unless it stood inside one.
 */
import { projectPoint } from './point-projection.ts';
import { bestRange, bestUnit, fitSigns, type Span, unitScores } from './span-projection.ts';
import { type PairNode, type TaggedText, type TagNode, type TagRun, tagTree } from './tag-tree.ts';
import { type UnitLinks, unitLinks } from './unit-links.ts';
import type { WordLink } from './word-links.ts';
import { unitsBetween } from './words.ts';

export interface PlaceTagsInput {
  readonly source: TaggedText;
  /** Translation of the source's text without its tags. */
  readonly target: string;
  /** Offsets in the source's text without its tags, and in `target`. */
  readonly links: readonly WordLink[];
}

/** The target with all tags of the source. Adjacent strings are one, and none is empty. */
export function placeTags({ source, target, links }: PlaceTagsInput): (string | TagRun)[] {
  const { text, nodes } = tagTree(source);
  if (nodes.length === 0) return target === '' ? [] : [target];
  if (text === target) return merged(source);
  const placer = new TagPlacer(text, target, unitLinks(text, target, links));
  const placed = placer.place(nodes);
  return keepsPairsInOrder(placed, source) ? placed : merged(inSourceOrder(source, text, target));
}

interface PlacedNode {
  readonly node: TagNode;
  readonly order: number;
  start: number;
  end: number;
}

class TagPlacer {
  private readonly texts: { readonly source: string; readonly target: string };
  private readonly links: UnitLinks;

  constructor(source: string, target: string, links: UnitLinks) {
    this.texts = { source, target };
    this.links = links;
  }

  place(nodes: readonly TagNode[]): (string | TagRun)[] {
    const runs: (string | TagRun)[] = [];
    this.emit(nodes, { start: 0, end: this.texts.source.length }, { start: 0, end: this.texts.target.length }, runs);
    return merged(runs);
  }

  /** Writes the target text of `there` with the nodes that stand in the source between `here.start` and `here.end`. */
  private emit(nodes: readonly TagNode[], here: Span, there: Span, runs: (string | TagRun)[]): void {
    const { target } = this.texts;
    let at = there.start;
    for (const { node, start, end } of this.arrange(nodes, here, there)) {
      const from = Math.max(at, start);
      const to = Math.max(from, end);
      runs.push(target.slice(at, from));
      if (node.kind === 'point') runs.push(node.run);
      else {
        runs.push(node.open);
        this.emit(node.children, node, { start: from, end: to }, runs);
        runs.push(node.close);
      }
      at = to;
    }
    runs.push(target.slice(at, there.end));
  }

  /** Places of the nodes within `there`, in the order of the target; pairs do not overlap. */
  private arrange(nodes: readonly TagNode[], here: Span, there: Span): PlacedNode[] {
    const placed: PlacedNode[] = [];
    const pairs: { node: PairNode; order: number }[] = [];
    nodes.forEach((node, order) => {
      const edge = this.atEdge(node, here, there);
      if (edge !== null) placed.push({ node, order, ...edge });
      else if (node.kind === 'pair' && this.hasText(node)) pairs.push({ node, order });
    });
    placed.push(...this.arrangePairs(pairs, there, placed));
    const done = new Set(placed.map(({ order }) => order));
    const points = nodes.flatMap((node, order) => (done.has(order) ? [] : [this.arrangePoint(node, order, there, placed)]));
    return [...placed, ...points].sort((a, b) => a.start - b.start || a.order - b.order);
  }

  /** The place of a node with nothing but white space between it and an edge of what it stands in; null for any other. */
  private atEdge(node: TagNode, here: Span, there: Span): Span | null {
    const { source, target } = this.texts;
    const leading = source.slice(here.start, node.start).trim() === '';
    const trailing = source.slice(node.end, here.end).trim() === '';
    const covers = node.kind === 'pair' && this.hasText(node);
    if (covers ? !(leading && trailing) : !(leading || trailing)) return null;
    const inner = target.slice(there.start, there.end);
    const spaceBefore = inner.length - inner.trimStart().length;
    const spaceAfter = inner.trim() === '' ? 0 : inner.length - inner.trimEnd().length;
    const atStart = (offset: number): number => there.start + Math.min(spaceBefore, offset - here.start);
    const atEnd = (offset: number): number => there.end - Math.min(spaceAfter, here.end - offset);
    if (covers) {
      // A pair around all the text is around all of it again, whatever the white space has become.
      const start = /^\s/.test(source.slice(node.start)) ? atStart(node.start) : there.start + spaceBefore;
      const end = /\s$/.test(source.slice(0, node.end)) ? atEnd(node.end) : there.end - spaceAfter;
      return { start, end: Math.max(start, end) };
    }
    const place = leading ? (node.start === here.start ? there.start : source.slice(here.start, node.start + 1).trim() === '' ? atStart(node.start) : there.start + spaceBefore) : atEnd(node.end);
    return { start: place, end: place };
  }

  /** Pairs with text, the clearest case first; what one has taken the others leave alone. */
  private arrangePairs(pairs: readonly { node: PairNode; order: number }[], there: Span, taken: readonly PlacedNode[]): PlacedNode[] {
    const { links } = this;
    const [first, end] = unitsBetween(links.target, there.start, there.end);
    const placed: PlacedNode[] = [];
    const waiting = pairs.map((pair) => ({ ...pair, scores: unitScores(links, pair.node) }));
    const overlaps = (start: number, stop: number): boolean => [...placed, ...taken].some((other) => other.start < stop && other.end > start);
    const isFree = (unit: number): boolean => unit >= first && unit < end && !overlaps(links.target.starts[unit] ?? 0, links.target.ends[unit] ?? 0);
    for (const pair of waiting.filter(({ node }) => this.isInsideWord(node))) {
      const span = this.partOfWord(pair.node, first, end);
      if (span === null || overlaps(span.start, span.end)) continue;
      placed.push({ node: pair.node, order: pair.order, ...span });
      waiting.splice(waiting.indexOf(pair), 1);
    }
    while (waiting.length > 0) {
      const ranges = waiting.map(({ scores }) => bestRange(scores, isFree, first, end));
      let best = 0;
      ranges.forEach((range, i) => {
        if ((range?.score ?? 0) > (ranges[best]?.score ?? 0)) best = i;
      });
      const [pair] = waiting.splice(best, 1);
      if (pair === undefined) break;
      const range = ranges[best] ?? bestUnit(links, pair.node, isFree);
      placed.push({ node: pair.node, order: pair.order, ...(range === null ? this.withoutWords(pair.node, there, isFree) : this.spanOf(pair.node, range, there, isFree, overlaps)) });
    }
    return placed;
  }

  /** From units to offsets, with signs and white space at the edges as in the source. */
  private spanOf(node: PairNode, range: { first: number; end: number }, there: Span, isFree: (unit: number) => boolean, overlaps: (start: number, end: number) => boolean): Span {
    const { source, target } = this.texts;
    const { first, end } = fitSigns(range, node, this.texts, this.links, isFree);
    let start = this.links.target.starts[first] ?? there.start;
    let stop = this.links.target.ends[end - 1] ?? there.end;
    const covered = source.slice(node.start, node.end);
    if (/^\s/.test(covered)) while (start > there.start && /\s/.test(target.charAt(start - 1)) && !overlaps(start - 1, start)) start--;
    if (/\s$/.test(covered)) while (stop < there.end && /\s/.test(target.charAt(stop)) && !overlaps(stop, stop + 1)) stop++;
    return { start: Math.max(start, there.start), end: Math.min(stop, there.end) };
  }

  /** A pair whose words have no counterpart: around words that nothing claims at its place, else around nothing. */
  private withoutWords(node: PairNode, there: Span, isFree: (unit: number) => boolean): Span {
    const { target, byTarget } = this.links;
    const place = this.placeOf(node.start, 'open', there);
    const [next] = unitsBetween(target, place, there.end + 1);
    const unclaimed = (unit: number): boolean => isFree(unit) && (byTarget[unit]?.length ?? 0) === 0;
    for (const unit of [next, next - 1]) {
      if (unclaimed(unit)) return { start: target.starts[unit] ?? place, end: target.ends[unit] ?? place };
    }
    return { start: place, end: place };
  }

  private arrangePoint(node: TagNode, order: number, there: Span, placed: readonly PlacedNode[]): PlacedNode {
    let place = this.placeOf(node.start, node.kind === 'point' ? node.run.kind : 'empty', there);
    const around = placed.find((other) => other.start < place && other.end > place);
    if (around !== undefined) place = order < around.order ? around.start : around.end;
    return { node, order, start: place, end: place };
  }

  private placeOf(at: number, kind: TagRun['kind'], there: Span): number {
    const { source, target } = this.texts;
    const [first, end] = unitsBetween(this.links.target, there.start, there.end);
    const place = projectPoint(at, kind, this.texts, this.links, first, end) ?? sameShare(at, source, target, there, this.links);
    return Math.min(there.end, Math.max(there.start, place));
  }

  private hasText(node: PairNode): boolean {
    return this.texts.source.slice(node.start, node.end).trim() !== '';
  }

  /** Whether a pair covers a part of one word and nothing else. */
  private isInsideWord({ start, end }: PairNode): boolean {
    const { source } = this.links;
    const [first, stop] = unitsBetween(source, start, end);
    return stop === first + 1 && ((source.starts[first] ?? 0) < start || (source.ends[first] ?? 0) > end);
  }

  /** The same letters of the word's counterpart, or the rest of it beside equal letters; null when it has no such part. */
  private partOfWord({ start, end }: PairNode, first: number, stop: number): Span | null {
    const { source, target, bySource } = this.links;
    const [unit] = unitsBetween(source, start, end);
    const best = [...(bySource[unit] ?? [])].filter((link) => link.unit >= first && link.unit < stop).sort((a, b) => b.weight - a.weight)[0];
    if (best === undefined) return null;
    const from = target.starts[best.unit] ?? 0;
    const to = target.ends[best.unit] ?? 0;
    const counterpart = this.texts.target.slice(from, to);
    const head = this.texts.source.slice(source.starts[unit], start);
    const part = this.texts.source.slice(start, end);
    const tail = this.texts.source.slice(end, source.ends[unit]);
    if (head.length + tail.length < counterpart.length && counterpart.startsWith(head) && counterpart.endsWith(tail)) return { start: from + head.length, end: to - tail.length };
    const at = counterpart.indexOf(part);
    return at < 0 || counterpart.includes(part, at + 1) ? null : { start: from + at, end: from + at + part.length };
  }
}

/** The unit boundary at the same share of the text. */
function sameShare(at: number, source: string, target: string, there: Span, { target: units }: UnitLinks): number {
  const wanted = source.length === 0 ? 0 : (at / source.length) * target.length;
  let best = there.start;
  for (let unit = 0; unit < units.count; unit++)
    for (const place of [units.starts[unit] ?? 0, units.ends[unit] ?? 0]) if (place >= there.start && place <= there.end && Math.abs(place - wanted) < Math.abs(best - wanted)) best = place;
  return best;
}

/** All tags in the order of the source, at the same share of the text: always right, never clever. */
function inSourceOrder(source: TaggedText, text: string, target: string): (string | TagRun)[] {
  const links = unitLinks(text, target, []);
  const runs: (string | TagRun)[] = [];
  let here = 0;
  let at = 0;
  for (const run of source) {
    if (typeof run === 'string') {
      here += run.length;
      continue;
    }
    const place = Math.max(at, sameShare(here, text, target, { start: 0, end: target.length }, links));
    runs.push(target.slice(at, place), run);
    at = place;
  }
  runs.push(target.slice(at));
  return runs;
}

/** Whether no closing run stands before its opening one where the source has them the other way round. */
function keepsPairsInOrder(placed: TaggedText, source: TaggedText): boolean {
  const reversed = (runs: TaggedText): Set<number> => {
    const open = new Set<number>();
    const found = new Set<number>();
    for (const run of runs) {
      if (typeof run === 'string') continue;
      if (run.kind === 'open') open.add(run.tag);
      else if (run.kind === 'close' && !open.has(run.tag)) found.add(run.tag);
    }
    return found;
  };
  const before = reversed(source);
  return [...reversed(placed)].every((tag) => before.has(tag));
}

function merged(runs: TaggedText): (string | TagRun)[] {
  const result: (string | TagRun)[] = [];
  let text = '';
  for (const run of runs) {
    if (typeof run === 'string') text += run;
    else {
      if (text !== '') result.push(text);
      text = '';
      result.push(run);
    }
  }
  if (text !== '') result.push(text);
  return result;
}
