/** What a translation has to do: segments to translate, those that say the same together. */
import type { Runs, Tag } from '../../contract/shapes/text.ts';
import type { ReadDb } from '../db/connection.ts';
import { bytes, integer } from '../db/row.ts';
import { allOf, isIn, sql } from '../db/sql.ts';
import { runsOf, tagsOf } from '../segments/stored-runs.ts';
import { modelText, tagsForModel } from './model-text.ts';

export interface TranslationInput {
  /** Files to look at; all when absent. */
  readonly fileIds?: readonly number[] | undefined;
  /** `unconfirmed`: drafts are translated again, too. */
  readonly scope: 'not-started' | 'unconfirmed';
  /** Model id or folder; the best of the language pair when absent. */
  readonly model?: string | undefined;
  /** Termbases that bind. */
  readonly terms?: readonly string[] | undefined;
  /** Hypotheses of a beam search; the model's own search when absent. */
  readonly beam?: number | undefined;
  /** Files with translations that are taken before the model is asked, from `threshold` percent on. */
  readonly memory?: { readonly files: readonly string[]; readonly threshold: number } | undefined;
}

/** Equal for requests that mean the same: how an unfinished translation is known again. */
export const inputKey = ({ fileIds, scope, model, terms, beam, memory }: TranslationInput): string =>
  JSON.stringify({ scope, fileIds: fileIds ? [...new Set(fileIds)].sort((a, b) => a - b) : null, model: model ?? null, ...(terms === undefined || terms.length === 0 ? {} : { terms }), ...(beam === undefined ? {} : { beam }), ...(memory === undefined ? {} : { memory }) });

export interface WantedSegment {
  readonly id: number;
  /** The version that was seen: a segment that changed since is left alone. */
  readonly version: number;
  readonly source: Runs;
  readonly tags: readonly Tag[];
  readonly words: number;
}

/** One text for the model, and the segments that get its translation; the first in document order lends its tags. */
export interface TranslationTask { readonly text: string; readonly segments: readonly [WantedSegment, ...WantedSegment[]] }

/** Unlocked segments of the scope, in document order; without those that the resumed job has done and nobody took back. */
function wanted({ fileIds, scope }: TranslationInput, resumedJob: number | null) {
  const conditions = [sql`segment.locked = 0`, scope === 'not-started' ? sql`segment.state = 'not-started'` : sql`segment.state NOT IN ('translated', 'reviewed')`];
  if (fileIds !== undefined) conditions.push(isIn('segment.document_id', fileIds));
  if (resumedJob !== null && scope === 'unconfirmed')
    conditions.push(sql`segment.id NOT IN (SELECT segment_id FROM edit JOIN edit_group ON edit_group.id = edit.group_id WHERE edit_group.job_id = ${resumedJob} AND edit_group.stack = 'undo')`);
  return allOf(conditions);
}

export const countWanted = (db: ReadDb, input: TranslationInput, resumedJob: number | null): number =>
  Number(db.column(sql`SELECT count(*) FROM segment WHERE ${wanted(input, resumedJob)}`)[0]);

export function translationTasks(db: ReadDb, input: TranslationInput, resumedJob: number | null): TranslationTask[] {
  const bySource = new Map<string, [WantedSegment, ...WantedSegment[]]>();
  const rows = db.all(sql`SELECT segment.id, segment.version, segment.source, segment.source_key, segment.words, unit.tags FROM segment JOIN unit ON unit.id = segment.unit_id
    WHERE ${wanted(input, resumedJob)} ORDER BY segment.number`);
  for (const row of rows) {
    const key = Buffer.from(bytes(row, 'source_key')).toString('latin1');
    const segment = { id: integer(row, 'id'), version: integer(row, 'version'), source: runsOf(row, 'source'), tags: tagsOf(row, 'tags'), words: integer(row, 'words') };
    const same = bySource.get(key);
    if (same) same.push(segment);
    else bySource.set(key, [segment]);
  }
  return [...bySource.values()].map((segments) => ({ text: modelText(segments[0].source, tagsForModel(segments[0].tags)), segments }));
}
