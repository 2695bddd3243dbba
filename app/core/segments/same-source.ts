/** When two segments say the same: same text with the same tags in the same places, whatever the numbers of the tags. */
import { createHash } from 'node:crypto';
import type { ReadonlyRuns, Runs, Tag } from '../../contract/shapes/text.ts';
import { normalizeRuns } from './runs.ts';

const KEY_BYTES = 16;

/** Equal for segments that say the same: tags count in order of appearance, and by what their chip shows. */
export function sourceKey(source: ReadonlyRuns, tags: readonly Tag[]): Uint8Array {
  const order = appearance(source);
  const shape = normalizeRuns(source).map((run) => (typeof run === 'string' ? run : [order.indexOf(run.tag), run.kind, tags[run.tag - 1]?.label ?? '']));
  return createHash('sha256').update(JSON.stringify(shape)).digest().subarray(0, KEY_BYTES);
}

/** The target of one segment for another that says the same: its tags get the numbers that the other uses. */
export function carryTarget(target: ReadonlyRuns, from: ReadonlyRuns, to: ReadonlyRuns): Runs {
  const theirs = appearance(from), ours = appearance(to);
  return target.map((run) => {
    if (typeof run === 'string') return run;
    const tag = ours[theirs.indexOf(run.tag)];
    return tag === undefined ? run : { tag, kind: run.kind };
  });
}

function appearance(runs: ReadonlyRuns): number[] {
  const order: number[] = [];
  for (const run of runs) if (typeof run !== 'string' && !order.includes(run.tag)) order.push(run.tag);
  return order;
}
