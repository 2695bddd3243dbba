/** The text that tag pairs enclose. */
import type { ReadonlyRuns } from '../../contract/shapes/text.ts';

export interface TagPair {
  readonly tag: number;
  /** Indices of the opening and the closing run. */
  readonly open: number;
  readonly close: number;
  /** Text between them, tags aside. */
  readonly text: string;
  /** Another tag stands between them. */
  readonly holdsTags: boolean;
}

/** Pairs with both runs in the text, by tag number; of a copied pair the first. */
export function tagPairs(runs: ReadonlyRuns): Map<number, TagPair> {
  const pairs = new Map<number, TagPair>(), opened = new Map<number, number>();
  runs.forEach((run, close) => {
    if (typeof run === 'string') return;
    if (run.kind === 'open' && !opened.has(run.tag)) opened.set(run.tag, close);
    const open = run.kind === 'close' ? opened.get(run.tag) : undefined;
    if (open === undefined || pairs.has(run.tag)) return;
    const inner = runs.slice(open + 1, close);
    pairs.set(run.tag, { tag: run.tag, open, close, text: inner.filter((part) => typeof part === 'string').join(''), holdsTags: inner.some((part) => typeof part !== 'string') });
  });
  return pairs;
}
