/** Text with inline tags as a tree: pairs hold what stands between them, everything else is a point in the text. */

export interface TagRun {
  readonly tag: number;
  readonly kind: 'open' | 'close' | 'empty';
}

/** Strings and tags in order. An opening and a closing run with one number are a pair. */
export type TaggedText = readonly (string | TagRun)[];

export interface PairNode {
  readonly kind: 'pair';
  readonly open: TagRun;
  readonly close: TagRun;
  /** What the pair covers: offsets in the text without tags. */
  readonly start: number;
  readonly end: number;
  readonly children: readonly TagNode[];
}

/** A tag that stands alone, or half of a pair whose other half is elsewhere or overlaps another pair. */
export interface PointNode {
  readonly kind: 'point';
  readonly run: TagRun;
  readonly start: number;
  readonly end: number;
}

export type TagNode = PairNode | PointNode;

export interface TagTree {
  readonly text: string;
  readonly nodes: readonly TagNode[];
}

interface OpenPair {
  readonly run: TagRun;
  readonly start: number;
  readonly children: TagNode[];
}

/** Any order of runs gives a tree; each run is in it exactly once. */
export function tagTree(source: TaggedText): TagTree {
  let text = '';
  const nodes: TagNode[] = [];
  const stack: OpenPair[] = [];
  const inner = (): TagNode[] => stack.at(-1)?.children ?? nodes;
  /** The innermost open tag turns out to be half a pair. */
  const demote = (): void => {
    const half = stack.pop();
    if (half) inner().push(pointOf(half.run, half.start), ...half.children);
  };
  for (const run of source) {
    if (typeof run === 'string') text += run;
    else if (run.kind === 'open') stack.push({ run, start: text.length, children: [] });
    else if (run.kind === 'close' && stack.some((open) => open.run.tag === run.tag)) {
      while (stack.at(-1)?.run.tag !== run.tag) demote();
      const pair = stack.pop();
      if (pair) inner().push({ kind: 'pair', open: pair.run, close: run, start: pair.start, end: text.length, children: pair.children });
    } else inner().push(pointOf(run, text.length));
  }
  while (stack.length > 0) demote();
  return { text, nodes };
}

const pointOf = (run: TagRun, at: number): PointNode => ({ kind: 'point', run, start: at, end: at });
