/** Rows of the segment table as the studio's segments. */
import type { Origin, Segment, SegmentState } from '../../contract/shapes/segment.ts';
import type { Runs, Tag } from '../../contract/shapes/text.ts';
import { StudioError } from '../../contract/errors.ts';
import type { ReadDb, WriteDb } from '../db/connection.ts';
import { flag, integer, text, textOrNull, word } from '../db/row.ts';
import type { Row } from '../db/row.ts';
import { sql } from '../db/sql.ts';
import { STATES } from './edit-log.ts';
import { equivalentText, plainText } from './runs.ts';
import { sourceKey } from './same-source.ts';
import { findingsOf, originOrNull, runsColumn, runsOf, runsOrNull, tagsOf } from './stored-runs.ts';
import { countWords } from './words.ts';

export interface NewSegment {
  readonly number: number;
  readonly documentId: number;
  readonly unitId: number;
  readonly gapBefore: Runs;
  readonly source: Runs;
  readonly tags: readonly Tag[];
  readonly locked: boolean;
}

/** Adds an untranslated segment; its id. */
export function insertSegment(db: WriteDb, segment: NewSegment): number {
  const source = plainText(segment.source);
  return db.run(sql`INSERT INTO segment (number, document_id, unit_id, gap_before, source, source_text, source_key, words, locked, state)
    VALUES (${segment.number}, ${segment.documentId}, ${segment.unitId}, ${runsColumn(segment.gapBefore)}, ${runsColumn(segment.source)}, ${source},
      ${sourceKey(segment.source, segment.tags)}, ${countWords(equivalentText(segment.source, segment.tags))}, ${segment.locked ? 1 : 0}, 'not-started')`).lastId;
}

/** The number for the next segment that is added. */
export const nextNumber = (db: ReadDb): number => Number(db.column(sql`SELECT coalesce(max(number), 0) + 1 FROM segment`)[0]);

/** Segments of these ids, in the order asked for; unknown ids are left out. */
export function segmentsByIds(db: ReadDb, ids: readonly number[]): Segment[] {
  return db.all(sql`SELECT segment.*, unit.tags, unit.note FROM json_each(${JSON.stringify(ids)}) AS wanted
    JOIN segment ON segment.id = wanted.value JOIN unit ON unit.id = segment.unit_id ORDER BY wanted.key`).map(segmentOf);
}

/** Throws NOT_FOUND. */
export function segmentById(db: ReadDb, id: number): Segment {
  const [segment] = segmentsByIds(db, [id]);
  if (!segment) throw new StudioError('NOT_FOUND', `There is no segment ${id} in this project.`, { advice: 'Look at the list again; it may have changed.', data: { segmentId: id } });
  return segment;
}

function segmentOf(row: Row): Segment {
  const id = integer(row, 'id'), fileId = integer(row, 'document_id');
  return {
    id, fileId, number: integer(row, 'number'),
    source: runsOf(row, 'source'), target: runsOrNull(row, 'target'), tags: tagsOf(row, 'tags'),
    state: word(row, 'state', STATES), locked: flag(row, 'locked'), origin: originOrNull(row, 'origin'),
    version: integer(row, 'version'), note: textOrNull(row, 'note'),
    findings: findingsOf(row, 'findings').map((finding) => ({ ...finding, fileId, segmentId: id })),
  };
}

/** A segment with the same source as another, and what it needs to take over a target. */
export interface Twin { readonly id: number; readonly source: Runs; readonly tags: Tag[]; readonly state: SegmentState; readonly origin: Origin | null; readonly version: number }

/** Unlocked segments elsewhere in the project that say the same as segment `id`. */
export function twinsOf(db: ReadDb, id: number): Twin[] {
  return db.all(sql`SELECT twin.id, twin.source, twin.state, twin.origin, twin.version, unit.tags FROM segment AS this
    JOIN segment AS twin ON twin.source_key = this.source_key AND twin.id <> this.id AND twin.locked = 0 JOIN unit ON unit.id = twin.unit_id
    WHERE this.id = ${id} ORDER BY twin.number`)
    .map((row) => ({ id: integer(row, 'id'), source: runsOf(row, 'source'), tags: tagsOf(row, 'tags'), state: word(row, 'state', STATES), origin: originOrNull(row, 'origin'), version: integer(row, 'version') }));
}

/** The text that a search sees on each side. */
export interface SearchedText { readonly id: number; readonly source: string; readonly target: string | null }

export const searchedText = (row: Row): SearchedText => ({ id: integer(row, 'id'), source: text(row, 'source_text'), target: textOrNull(row, 'target_text') });
