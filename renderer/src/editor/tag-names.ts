import type { ReadonlyRuns, Tag, TagRun } from '../../../app/contract/shapes/text.ts';

/** What stands on a chip: `b1`, `/b1`, `br2`. */
export function chipName(run: TagRun, tags: readonly Tag[]): string {
  const label = tags.find(({ tag }) => tag === run.tag)?.label ?? 'x';
  return `${run.kind === 'close' ? '/' : ''}${label}${run.tag}`;
}

/** The markup that a chip stands for, as its tool tip. */
export function chipMarkup(run: TagRun, tags: readonly Tag[]): string {
  const tag = tags.find((entry) => entry.tag === run.tag);
  return (run.kind === 'close' ? tag?.close : tag?.open) ?? '';
}

/** How a screen reader says a chip. */
export function chipLabel(run: TagRun, tags: readonly Tag[]): string {
  const label = tags.find(({ tag }) => tag === run.tag)?.label ?? 'x';
  return `${run.kind === 'close' ? 'end of tag' : 'tag'} ${label} ${run.tag}`;
}

const keyOf = (run: TagRun): string => `${run.kind}${run.tag}`;

/** The tags of the source that the target lacks, in the order of the source. */
export function missingTags(source: ReadonlyRuns, target: ReadonlyRuns): TagRun[] {
  const left = new Map<string, number>();
  for (const run of target) if (typeof run !== 'string') left.set(keyOf(run), (left.get(keyOf(run)) ?? 0) + 1);
  return source.filter((run) => typeof run !== 'string').filter((run) => {
    const have = left.get(keyOf(run)) ?? 0;
    left.set(keyOf(run), have - 1);
    return have <= 0;
  });
}

/** The other end of a paired tag; undefined for a tag that stands alone. */
export function partnerOf(run: TagRun): TagRun | undefined {
  return run.kind === 'empty' ? undefined : { tag: run.tag, kind: run.kind === 'open' ? 'close' : 'open' };
}
