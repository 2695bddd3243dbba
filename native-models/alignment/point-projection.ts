/** Where a place between two words of the source is in the target. */
import type { TagRun } from './tag-tree.ts';
import type { UnitLink, UnitLinks } from './unit-links.ts';
import { isSign, unitsBetween } from './words.ts';

/** How many units away a linked neighbour is looked for. */
const REACH = 4;

/**
 * The place of a tag that stands at `at` in the source, among the target units `first` to `end`. It follows the word that it
 * stands at: the one before when only that one touches it, the one after when only that one does; half a pair follows the
 * word that it would cover. With no linked neighbour, `null`.
 */
export function projectPoint(
  at: number,
  kind: TagRun['kind'],
  texts: { readonly source: string; readonly target: string },
  links: UnitLinks,
  first: number,
  end: number,
): number | null {
  const { source, target } = links;
  const [touching, touchingEnd] = unitsBetween(source, at, at + 1);
  const inside = touching < touchingEnd && (source.starts[touching] ?? 0) < at ? touching : -1;
  if (inside >= 0) return insideWord(at, inside, texts, links, first, end);
  const before = nearestLinked(links, touching - 1, -1, first, end);
  const after = nearestLinked(links, touching, 1, first, end);
  if (before === null && after === null) return null;
  const follows = after === null || (before !== null && staysWithWordBefore(at, kind, texts.source, before.weight, after.weight));
  if (follows && before !== null) return target.ends[before.end - 1] ?? null;
  return after === null ? null : (target.starts[after.first] ?? null);
}

function staysWithWordBefore(at: number, kind: TagRun['kind'], source: string, weightBefore: number, weightAfter: number): boolean {
  if (kind === 'open') return false;
  if (kind === 'close') return true;
  const left = source.slice(0, at).at(-1) ?? ' ';
  const right = source.charAt(at) || ' ';
  const spaceLeft = /\s/.test(left);
  const spaceRight = /\s/.test(right);
  if (spaceLeft !== spaceRight) return spaceRight;
  if (!spaceLeft && isSign(left) !== isSign(right)) return isSign(right);
  return weightBefore >= weightAfter;
}

/** The target units that the nearest linked source unit went to, looking from `unit` in one direction. */
function nearestLinked(links: UnitLinks, unit: number, step: 1 | -1, first: number, end: number): { first: number; end: number; weight: number } | null {
  for (let i = 0, s = unit; i < REACH && s >= 0 && s < links.source.count; i++, s += step) {
    const cluster = clusterOf(links.bySource[s] ?? [], first, end);
    if (cluster !== null) return { ...cluster, weight: cluster.weight / (1 + i) };
  }
  return null;
}

/** The best linked unit with its linked neighbours. */
function clusterOf(links: readonly UnitLink[], first: number, end: number): { first: number; end: number; weight: number } | null {
  const usable = links.filter(({ unit }) => unit >= first && unit < end).sort((a, b) => b.weight - a.weight || a.unit - b.unit);
  const best = usable[0];
  if (best === undefined) return null;
  const strong = new Set(usable.filter(({ weight }) => weight >= 0.5 * best.weight).map(({ unit }) => unit));
  let from = best.unit;
  let to = best.unit + 1;
  while (strong.has(from - 1)) from--;
  while (strong.has(to)) to++;
  return { first: from, end: to, weight: best.weight };
}

/** A tag inside a word: at the same letter when the word's counterpart begins or ends alike, else behind the counterpart. */
function insideWord(at: number, unit: number, texts: { readonly source: string; readonly target: string }, links: UnitLinks, first: number, end: number): number | null {
  const { source, target } = links;
  const cluster = clusterOf(links.bySource[unit] ?? [], first, end);
  if (cluster === null) return null;
  const start = target.starts[cluster.first] ?? 0;
  const stop = target.ends[cluster.end - 1] ?? 0;
  const counterpart = texts.target.slice(start, stop);
  const head = texts.source.slice(source.starts[unit], at);
  const tail = texts.source.slice(at, source.ends[unit]);
  if (counterpart.startsWith(head)) return start + head.length;
  if (counterpart.endsWith(tail)) return stop - tail.length;
  return stop;
}
