/** Text with tags: the small algebra that every format, check and export shares. */
import { StudioError } from '../../contract/errors.ts';
import type { ReadonlyRuns, Runs, Tag, TagRun } from '../../contract/shapes/text.ts';

/** Merges adjacent strings and drops empty ones: two texts are equal when their normal forms are. */
export function normalizeRuns(runs: ReadonlyRuns): Runs {
  const normal: Runs = [];
  for (const run of runs) {
    const last = normal.at(-1);
    if (typeof run !== 'string') normal.push({ tag: run.tag, kind: run.kind });
    else if (run === '') continue;
    else if (typeof last === 'string') normal[normal.length - 1] = last + run;
    else normal.push(run);
  }
  return normal;
}

/** The text without tags. */
export function plainText(runs: ReadonlyRuns): string {
  let text = '';
  for (const run of runs) if (typeof run === 'string') text += run;
  return text;
}

/** The text as a model or a match sees it: each tag stands for its `equivalent` (a line break, a space), or for nothing. */
export function equivalentText(runs: ReadonlyRuns, tags: readonly Tag[]): string {
  let text = '';
  for (const run of runs) text += typeof run === 'string' ? run : run.kind === 'close' ? '' : (tags[run.tag - 1]?.equivalent ?? '');
  return text;
}

export const tagRuns = (runs: ReadonlyRuns): TagRun[] => runs.filter((run) => typeof run !== 'string');

/** Same tag, same end of it. */
export const tagKey = (run: TagRun): string => `${run.kind}:${run.tag}`;

export function sameRuns(a: ReadonlyRuns | null, b: ReadonlyRuns | null): boolean {
  if (a === null || b === null) return a === b;
  const left = normalizeRuns(a), right = normalizeRuns(b);
  return left.length === right.length && left.every((run, i) => {
    const other = right[i];
    return typeof run === 'string' || typeof other === 'string' || other === undefined ? run === other : tagKey(run) === tagKey(other);
  });
}

export interface TagProblem {
  readonly code: 'tag-missing' | 'tag-extra' | 'tag-order' | 'tag-nesting';
  readonly tag: number;
  readonly kind: TagRun['kind'];
  /** error: an export must refuse it. warning: the file stays whole, but formatting changes. */
  readonly severity: 'error' | 'warning';
}

/**
 * Compares the tags of a target with those of its source.
 * - missing: an error when the tag can't be deleted or when only half of a pair is gone (also where the other half stands in
 *   another segment of the unit); else a warning;
 * - extra: a tag that the source lacks, or a second copy of one that can't be copied: an error;
 * - order: a closing run before its opening one, where the source has both: an error;
 * - nesting: pairs that overlap in the target and do not in the source: a warning.
 */
export function compareTags(source: ReadonlyRuns, target: ReadonlyRuns, tags: readonly Tag[]): TagProblem[] {
  const problems: TagProblem[] = [];
  const wanted = countTags(source), got = countTags(target);
  for (const [key, { run, count }] of wanted) {
    const found = got.get(key)?.count ?? 0;
    const table = tags[run.tag - 1];
    if (found < count) {
      const partner = run.kind === 'empty' ? undefined : `${run.kind === 'open' ? 'close' : 'open'}:${run.tag}`;
      const halved = partner !== undefined && ((got.get(partner)?.count ?? 0) > found || !wanted.has(partner));
      problems.push({ code: 'tag-missing', tag: run.tag, kind: run.kind, severity: halved || !table?.canDelete ? 'error' : 'warning' });
    } else if (found > count && !table?.canCopy) problems.push({ code: 'tag-extra', tag: run.tag, kind: run.kind, severity: 'error' });
  }
  for (const [key, { run }] of got) if (!wanted.has(key)) problems.push({ code: 'tag-extra', tag: run.tag, kind: run.kind, severity: 'error' });
  const overlapping = new Set(pairFaults(source).overlaps);
  const faults = pairFaults(target);
  for (const tag of faults.reversed) if (wanted.has(`open:${tag}`) && wanted.has(`close:${tag}`)) problems.push({ code: 'tag-order', tag, kind: 'close', severity: 'error' });
  for (const tag of faults.overlaps) if (!overlapping.has(tag)) problems.push({ code: 'tag-nesting', tag, kind: 'close', severity: 'warning' });
  return problems;
}

function countTags(runs: ReadonlyRuns): Map<string, { run: TagRun; count: number }> {
  const counts = new Map<string, { run: TagRun; count: number }>();
  for (const run of tagRuns(runs)) {
    const entry = counts.get(tagKey(run));
    if (entry) entry.count++;
    else counts.set(tagKey(run), { run, count: 1 });
  }
  return counts;
}

/** Tags whose closing run comes before any opening one, and tags that close while a later one is still open. */
function pairFaults(runs: ReadonlyRuns): { reversed: number[]; overlaps: number[] } {
  const open: number[] = [], reversed: number[] = [], overlaps: number[] = [];
  for (const run of tagRuns(runs)) {
    if (run.kind === 'open') open.push(run.tag);
    else if (run.kind === 'close') {
      const at = open.lastIndexOf(run.tag);
      if (at < 0) { reversed.push(run.tag); continue; }
      if (at !== open.length - 1) overlaps.push(run.tag);
      open.splice(at, 1);
    }
  }
  return { reversed, overlaps };
}

/** What a tag run looks like in plain text, for messages: `<b1>`, `</b1>`, `<br2/>`. */
export function describeTag(run: TagRun, tags: readonly Tag[]): string {
  const name = `${tags[run.tag - 1]?.label ?? 'tag'}${run.tag}`;
  return run.kind === 'open' ? `<${name}>` : run.kind === 'close' ? `</${name}>` : `<${name}/>`;
}

/** Throws TAGS_BROKEN, naming the unit and its first problem, when a target can't be written without breaking the document. */
export function requireWholeTags(unit: string, source: ReadonlyRuns, target: ReadonlyRuns, tags: readonly Tag[]): void {
  const problem = compareTags(source, target, tags).find(({ severity }) => severity === 'error');
  if (!problem) return;
  const what = { 'tag-missing': 'lacks', 'tag-extra': 'has an unexpected', 'tag-order': 'closes too early', 'tag-nesting': 'crosses' }[problem.code];
  throw new StudioError('TAGS_BROKEN', `The translation of ${unit} ${what} ${describeTag({ tag: problem.tag, kind: problem.kind }, tags)}.`, {
    advice: 'Open the segment and set its tags as in the source (Ctrl+Shift+T puts all missing tags in).', data: { unit, tag: problem.tag, code: problem.code },
  });
}
