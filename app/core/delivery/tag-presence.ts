/** Whether the tags of a translation are in the delivered text: links, fields and marks by what they are, formatting by where it changes. */
import type { ReadonlyRuns, Tag } from '../../contract/shapes/text.ts';
import type { Unit } from '../formats/format.ts';
import { plainText, tagRuns } from '../segments/runs.ts';

export interface TagPresence { readonly tags: number; readonly found: number; /** What is missing: `open link`. */ readonly missing: readonly string[] }

/**
 * Tags are counted by kind and label, for their numbers follow the order of the text. A pair around no text at all is not
 * asked for: no reader can see it. Formatting that is not found by its label is found when the text changes its format at
 * the same places: a reader takes the format of most of a paragraph as its own, and a longer translation may turn
 * "plain with a bold part" into "bold with plain parts".
 */
export function tagPresence(wanted: ReadonlyRuns, tags: readonly Tag[], delivered: { readonly runs: ReadonlyRuns; readonly unit: Pick<Unit, 'tags' | 'around'> } | undefined): TagPresence {
  const there = new Map<string, number>();
  const add = (key: string): void => { there.set(key, (there.get(key) ?? 0) + 1); };
  for (const key of delivered?.unit.around ?? []) add(key);
  for (const run of tagRuns(delivered?.runs ?? [])) add(`${run.kind} ${delivered?.unit.tags[run.tag - 1]?.label ?? 'tag'}`);
  const changes = delivered ? formatChanges(delivered.runs) : new Set<number>();
  const length = lettersOf(plainText(wanted));
  const empty = emptyPairs(wanted);
  const missing: string[] = [];
  let count = 0, at = 0;
  for (const run of wanted) {
    if (typeof run === 'string') { at += lettersOf(run); continue; }
    if (empty.has(run.tag)) continue;
    count++;
    const tag = tags[run.tag - 1], key = `${run.kind} ${tag?.label ?? 'tag'}`, left = there.get(key) ?? 0;
    if (left > 0) there.set(key, left - 1);
    else if (!(tag?.canDelete && run.kind !== 'empty' && (at === 0 || at === length || changes.has(at)))) missing.push(key);
  }
  return { tags: count, found: count - missing.length, missing };
}

/** Pairs whose opening and closing run both stand here, with nothing but white space between them. */
function emptyPairs(runs: ReadonlyRuns): Set<number> {
  const empty = new Set<number>(), opened = new Map<number, number>();
  let at = 0, marks = 0;
  for (const run of runs) {
    if (typeof run === 'string') at += lettersOf(run);
    else if (run.kind === 'empty') marks++;
    else if (run.kind === 'open') opened.set(run.tag, at + marks);
    else if (opened.get(run.tag) === at + marks) empty.add(run.tag);
  }
  return empty;
}

/** Places, counted in characters that are no white space, at which a tag stands. */
function formatChanges(runs: ReadonlyRuns): Set<number> {
  const places = new Set<number>();
  let at = 0;
  for (const run of runs) {
    if (typeof run === 'string') at += lettersOf(run);
    else places.add(at);
  }
  return places;
}

const lettersOf = (text: string): number => text.replace(/\s/gu, '').length;
