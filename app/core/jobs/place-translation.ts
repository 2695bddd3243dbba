/**
 * A machine translation as a target with tags. The model saw plain text in which some tags stood for a character
 * (a line break, a tab, a hyphen): where the translation has that character again, the tag goes there; all other tags go
 * where the alignment says.
 */
import type { Runs, Tag, TagRun } from '../../contract/shapes.ts';
import type { Link, Translation } from '../../../native-models/engine/engine.ts';
import { placeTags } from '../../../native-models/alignment/place-tags.ts';
import { equivalentText, normalizeRuns, plainText } from '../segments/runs.ts';

interface Part { readonly source: Runs; readonly text: string; readonly links: readonly Link[] }

/** `translation` is of `equivalentText(source, tags)`. Every tag of the source is in the result once. */
export function placeTranslation(source: Runs, tags: readonly Tag[], translation: Pick<Translation, 'text' | 'links'>): Runs {
  if (!source.some((run) => typeof run !== 'string')) return normalizeRuns([translation.text]);
  return normalizeRuns(place({ source, text: translation.text, links: translation.links }, tags));
}

function place(part: Part, tags: readonly Tag[]): Runs {
  for (const sign of signsOf(part.source, tags)) {
    const pieces = splitAt(sign, part, tags);
    if (pieces) return pieces.flatMap((piece) => ('kind' in piece ? [piece] : place(piece, tags)));
  }
  return placeByAlignment(part, tags);
}

const equivalentOf = (run: TagRun, tags: readonly Tag[]): string => equivalentText([run], tags);

/** What tags of the text stand for, when it can be told from ordinary text: a line break, a hyphen; not a space. */
function signsOf(source: Runs, tags: readonly Tag[]): Set<string> {
  const signs = new Set<string>();
  for (const run of source) {
    if (typeof run === 'string') continue;
    const sign = equivalentOf(run, tags);
    if (sign !== '' && (sign.trim() !== '' || sign.includes('\n'))) signs.add(sign);
  }
  return signs;
}

/** Cuts source and translation at the tags that stand for `sign`; null when the translation has more or fewer of it. */
function splitAt(sign: string, { source, text, links }: Part, tags: readonly Tag[]): (Part | TagRun)[] | null {
  const sent = equivalentText(source, tags);
  const inSource = occurrences(sent, sign), inTarget = occurrences(text, sign);
  if (inSource.length !== inTarget.length) return null;
  const pieces: (Part | TagRun)[] = [];
  let runs: Runs = [], at = 0, sourceStart = 0, targetStart = 0;
  const cut = (sourceEnd: number, targetEnd: number): void => {
    pieces.push({ source: runs, text: text.slice(targetStart, targetEnd), links: linksWithin(links, [sourceStart, sourceEnd], [targetStart, targetEnd]) });
    runs = [];
  };
  for (const run of source) {
    const width = typeof run === 'string' ? run.length : equivalentOf(run, tags).length;
    if (typeof run !== 'string' && equivalentOf(run, tags) === sign) {
      const target = inTarget[inSource.indexOf(at)];
      if (target === undefined) return null;
      cut(at, target);
      pieces.push(run);
      sourceStart = at + width;
      targetStart = target + sign.length;
    } else runs.push(run);
    at += width;
  }
  cut(sent.length, text.length);
  return pieces;
}

function occurrences(text: string, sign: string): number[] {
  const starts: number[] = [];
  for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + sign.length)) starts.push(at);
  return starts;
}

type Range = readonly [start: number, end: number];

function linksWithin(links: readonly Link[], source: Range, target: Range): Link[] {
  const inside = (link: Range, range: Range): boolean => link[0] >= range[0] && link[1] <= range[1];
  const shift = (link: Range, by: number): Range => [link[0] - by, link[1] - by];
  return links.filter((link) => inside(link.source, source) && inside(link.target, target))
    .map((link) => ({ source: shift(link.source, source[0]), target: shift(link.target, target[0]), weight: link.weight }));
}

/** Links count characters of the text that the model saw; the runs hold it without what stands for tags. */
function placeByAlignment({ source, text, links }: Part, tags: readonly Tag[]): Runs {
  if (!source.some((run) => typeof run !== 'string')) return [text];
  const stands: { at: number; width: number }[] = [];
  let at = 0;
  for (const run of source) {
    const width = typeof run === 'string' ? run.length : equivalentOf(run, tags).length;
    if (typeof run !== 'string' && width > 0) stands.push({ at, width });
    at += width;
  }
  const plain = (offset: number): number => stands.reduce((rest, stand) => rest - Math.min(stand.width, Math.max(0, offset - stand.at)), offset);
  const moved = links.map((link) => ({ ...link, source: [plain(link.source[0]), plain(link.source[1])] as const })).filter((link) => link.source[1] > link.source[0]);
  const target = plainText(source).includes('\n') ? text : text.replace(/\s*\n\s*/g, ' ');
  return withoutDoubles(placeTags({ source, target, links: target === text ? moved : [] }), source, tags);
}

/** A tab that stands for a space has brought a space along: it goes, unless the source has one there too. */
function withoutDoubles(target: Runs, source: Runs, tags: readonly Tag[]): Runs {
  const result = normalizeRuns(target);
  for (const [i, run] of result.entries()) {
    if (typeof run === 'string' || equivalentOf(run, tags) === '' || equivalentOf(run, tags).trim() !== '') continue;
    const there = source.findIndex((other) => typeof other !== 'string' && other.tag === run.tag && other.kind === run.kind);
    const before = result[i - 1], after = result[i + 1], sourceBefore = source[there - 1], sourceAfter = source[there + 1];
    if (typeof before === 'string' && !(typeof sourceBefore === 'string' && /\s$/.test(sourceBefore))) result[i - 1] = before.trimEnd();
    if (typeof after === 'string' && !(typeof sourceAfter === 'string' && /^\s/.test(sourceAfter))) result[i + 1] = after.trimStart();
  }
  return result;
}
