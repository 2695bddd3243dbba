/**
 * A machine translation as a target with tags. The model read plain text in which some tags stood for something: a line
 * break, a word of code. Where the translation has that again, the tag goes there; all other tags go where the alignment says.
 */
import type { Runs, Tag, TagRun } from '../../contract/shapes/text.ts';
import type { Link, Translation } from '../../../native-models/engine/engine.ts';
import { placeTags } from '../../../native-models/alignment/place-tags.ts';
import { normalizeRuns, plainText } from '../segments/runs.ts';
import { modelText } from './model-text.ts';
import { createSubstitution, standInSigns } from './stand-ins.ts';
import type { Range } from './stand-ins.ts';
import { spaceTagsAsInSource } from './tag-spacing.ts';
import { refillWordlessPairs } from './wordless-pairs.ts';

interface Part { readonly source: Runs; readonly text: string; readonly links: readonly Link[] }

/** `translation` is of `modelText(source, tags)`; `tags` as `tagsForModel` gives them. Every tag of the source is in the result once. */
export function placeTranslation(source: Runs, tags: readonly Tag[], translation: Pick<Translation, 'text' | 'links'>): Runs {
  if (!source.some((run) => typeof run !== 'string')) return normalizeRuns([translation.text]);
  const part = { source, text: translation.text, links: translation.links };
  const pieces = splitAtBreaks(part, tags) ?? [part];
  const placed = pieces.flatMap((piece) => ('kind' in piece ? [piece] : placeInLine(piece, tags)));
  return spaceTagsAsInSource(refillWordlessPairs(placed, source), source);
}

const standsFor = (run: TagRun, tags: readonly Tag[]): string => modelText([run], tags);

/** Cuts source and translation at the tags that stand for a line break; null when the translation has more or fewer lines. */
function splitAtBreaks({ source, text, links }: Part, tags: readonly Tag[]): (Part | TagRun)[] | null {
  const sent = modelText(source, tags), inSource = breaks(sent), inTarget = breaks(text);
  if (inSource.length !== inTarget.length) return null;
  const pieces: (Part | TagRun)[] = [];
  let runs: Runs = [], at = 0, sourceStart = 0, targetStart = 0;
  const cut = (sourceEnd: number, targetEnd: number): void => {
    pieces.push({ source: runs, text: text.slice(targetStart, targetEnd), links: linksWithin(links, [sourceStart, sourceEnd], [targetStart, targetEnd]) });
    runs = [];
  };
  for (const run of source) {
    const width = typeof run === 'string' ? run.length : standsFor(run, tags).length;
    if (typeof run !== 'string' && standsFor(run, tags) === '\n') {
      const target = inTarget[inSource.indexOf(at)];
      if (target === undefined) return null;
      cut(at, target);
      pieces.push(run);
      sourceStart = at + width;
      targetStart = target + 1;
    } else runs.push(run);
    at += width;
  }
  cut(sent.length, text.length);
  return pieces;
}

const breaks = (text: string): number[] => Array.from(text.matchAll(/\n/g), ({ index }) => index);

function linksWithin(links: readonly Link[], source: Range, target: Range): Link[] {
  const inside = (link: Range, range: Range): boolean => link[0] >= range[0] && link[1] <= range[1];
  const shift = (link: Range, by: number): Range => [link[0] - by, link[1] - by];
  return links.filter((link) => inside(link.source, source) && inside(link.target, target))
    .map((link) => ({ source: shift(link.source, source[0]), target: shift(link.target, target[0]), weight: link.weight }));
}

/**
 * Tags that stand for a word become one letter each, in the source and where the translation has the word; the others are
 * placed around them, led by the links; then the letters become tags again.
 */
function placeInLine({ source, text, links }: Part, tags: readonly Tag[]): Runs {
  if (!source.some((run) => typeof run !== 'string')) return [text];
  const sent = modelText(source, tags), standIns = standInSigns(sent + text);
  const fromSource = createSubstitution(sent), fromTarget = createSubstitution(text);
  const words = new Map<string, TagRun>(), taken: Range[] = [], runs: Runs = [], anchors: Link[] = [];
  let at = 0;
  for (const run of source) {
    const stands = typeof run === 'string' ? run : standsFor(run, tags), range: Range = [at, at + stands.length];
    at = range[1];
    if (typeof run === 'string') {
      runs.push(run);
      continue;
    }
    const found = stands.trim() === '' ? null : findWord(stands, range, { text, links, taken });
    const sign = found === null ? undefined : standIns.next();
    if (found === null || sign === undefined) {
      if (stands !== '') fromSource.replace(range, '');
      runs.push(run);
      continue;
    }
    taken.push(found);
    words.set(sign, run);
    fromSource.replace(range, sign);
    fromTarget.replace(found, sign);
    runs.push(sign);
    anchors.push({ source: range, target: found, weight: 1 });
  }
  const lines = plainText(source).includes('\n');
  const target = lines ? fromTarget.text() : fromTarget.text().replace(/\n/g, ' ');
  const moved = [...links, ...anchors].map((link) => ({ source: fromSource.range(link.source), target: fromTarget.range(link.target), weight: link.weight }))
    .filter((link) => link.source[1] > link.source[0] && link.target[1] > link.target[0]);
  const placed = placeTags({ source: normalizeRuns(runs), target, links: moved });
  return withoutDoubles(placed.flatMap((run) => (typeof run === 'string' ? wordsBack(run, words) : [run])), source, tags);
}

const overlaps = (a: Range, b: Range): boolean => a[0] < b[1] && b[0] < a[1];

/** Where the translation has a word that a tag stands for: the same word, linked rather than not; else what is linked with it. */
function findWord(word: string, source: Range, { text, links, taken }: { text: string; links: readonly Link[]; taken: readonly Range[] }): Range | null {
  const free = (range: Range): boolean => !taken.some((other) => overlaps(other, range));
  const linked = links.filter((link) => overlaps(link.source, source));
  const weightOf = (range: Range): number => linked.reduce((sum, link) => sum + (overlaps(link.target, range) ? link.weight : 0), 0);
  const same: { range: Range; weight: number }[] = [];
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const range: Range = [at, at + word.length];
    if (isWhole(text, range, word) && free(range)) same.push({ range, weight: weightOf(range) });
  }
  // A word of one or two letters is likely to be another word of the other language.
  const [best] = same.filter(({ weight }) => weight > 0 || links.length === 0 || word.length > 2).sort((a, b) => b.weight - a.weight || a.range[0] - b.range[0]);
  if (best) return best.range;
  return linkedAlone(word, source, { text, links, free });
}

/** The stretch of the translation that is linked with the word rather than with its neighbours. */
function linkedAlone(word: string, source: Range, { text, links, free }: { text: string; links: readonly Link[]; free(range: Range): boolean }): Range | null {
  const lean = (range: Range): number => links.reduce((sum, link) => (overlaps(link.target, range) ? sum + (overlaps(link.source, source) ? link.weight : -link.weight) : sum), 0);
  const own = links.filter((link) => overlaps(link.source, source) && lean(link.target) > 0);
  if (own.length === 0) return null;
  const hull: Range = [Math.min(...own.map((link) => link.target[0])), Math.max(...own.map((link) => link.target[1]))];
  const holdsOther = links.some((link) => !overlaps(link.source, source) && overlaps(link.target, hull) && lean(link.target) < 0);
  const inner = withoutSigns(word, hull, text);
  return holdsOther || !free(inner) ? null : inner;
}

/** A full stop after the word, a bracket before it: they belong to the sentence unless the word itself has them. */
function withoutSigns(word: string, [start, end]: Range, text: string): Range {
  const first = /^[("'“‘«¿¡]/, last = /[.,;:!?)"'”’»…]$/;
  let from = start, to = end;
  while (to - from > 1 && last.test(text.slice(from, to)) && !last.test(word)) to--;
  while (to - from > 1 && first.test(text.slice(from, to)) && !first.test(word)) from++;
  return [from, to];
}

/** Whether the range is not a piece of a longer word; signs at its ends part it from anything. */
function isWhole(text: string, [start, end]: Range, word: string): boolean {
  const letter = /[\p{L}\p{N}_]/u;
  const parted = (edge: string, neighbour: string): boolean => !letter.test(edge) || !letter.test(neighbour);
  return parted(word.slice(0, 1), text.slice(Math.max(0, start - 1), start)) && parted(word.slice(-1), text.slice(end, end + 1));
}

function wordsBack(text: string, words: ReadonlyMap<string, TagRun>): Runs {
  const runs: Runs = [];
  for (const sign of text) runs.push(words.get(sign) ?? sign);
  return normalizeRuns(runs);
}

/** A tag that stands for a space has brought a space along: it goes, unless the source has one there too. */
function withoutDoubles(target: Runs, source: Runs, tags: readonly Tag[]): Runs {
  const result = normalizeRuns(target);
  for (const [i, run] of result.entries()) {
    if (typeof run === 'string' || standsFor(run, tags) === '' || standsFor(run, tags).trim() !== '') continue;
    const there = source.findIndex((other) => typeof other !== 'string' && other.tag === run.tag && other.kind === run.kind);
    const before = result[i - 1], after = result[i + 1], sourceBefore = source[there - 1], sourceAfter = source[there + 1];
    if (typeof before === 'string' && !(typeof sourceBefore === 'string' && /\s$/.test(sourceBefore))) result[i - 1] = before.trimEnd();
    if (typeof after === 'string' && !(typeof sourceAfter === 'string' && /^\s/.test(sourceAfter))) result[i + 1] = after.trimStart();
  }
  return result;
}
