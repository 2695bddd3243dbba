/** White space around tags that stand for a word: a page number, a name that is filled in. The model did not see them. */
import type { ReadonlyRuns, Runs } from '../../contract/shapes/text.ts';
import { normalizeRuns, tagKey } from '../segments/runs.ts';

const WORD = /[\p{L}\p{N}\p{Sc}]/u;

/**
 * A single tag that is set off by a space in the source is set off in the target too: where a word would touch it on a side
 * on which the source has white space, a space goes between. Nothing else changes.
 */
export function spaceTagsAsInSource(target: ReadonlyRuns, source: ReadonlyRuns): Runs {
  const result: (Runs[number])[] = [];
  for (const [i, run] of target.entries()) {
    if (typeof run === 'string' || run.kind !== 'empty') { result.push(run); continue; }
    const there = source.findIndex((other) => typeof other !== 'string' && tagKey(other) === tagKey(run));
    const sides = there < 0 ? null : { before: lastOf(source[there - 1]), after: firstOf(source[there + 1]) };
    if (sides && isSpace(sides.before) && WORD.test(lastOf(result.at(-1)))) result.push(' ');
    result.push(run);
    if (sides && isSpace(sides.after) && WORD.test(firstOf(target[i + 1]))) result.push(' ');
  }
  return normalizeRuns(result);
}

const lastOf = (run: ReadonlyRuns[number] | undefined): string => (typeof run === 'string' ? (/.$/su.exec(run)?.[0] ?? '') : '');
const firstOf = (run: ReadonlyRuns[number] | undefined): string => (typeof run === 'string' ? (/^./su.exec(run)?.[0] ?? '') : '');
const isSpace = (char: string): boolean => /\s/u.test(char);
