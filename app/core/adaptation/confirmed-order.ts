/**
 * The confirmed segments of a project in the order of their confirmation: first those that came translated, by their ids, then
 * those that were edited, by their last edit. Read a portion at a time from either end: to sort all of a large project takes
 * longer than anybody should wait.
 */
import type { ReadDb } from '../db/connection.ts';
import { integer } from '../db/row.ts';
import { sql, type Sql } from '../db/sql.ts';

/** Segments and the version in which each is left out. */
type Versions = ReadonlyMap<number, number>;

const CONFIRMED = sql`segment.state IN ('translated', 'reviewed')`;
const WITH_WORDS = sql`trim(segment.source_text) <> '' AND trim(segment.target_text) <> ''`;
const NEVER_EDITED = sql`NOT EXISTS (SELECT 1 FROM edit WHERE edit.segment_id = segment.id)`;
/** Each segment with its last edit. */
const LAST_EDITS = sql`edit JOIN segment ON segment.id = edit.segment_id AND NOT EXISTS (SELECT 1 FROM edit AS later WHERE later.segment_id = edit.segment_id AND later.id > edit.id)`;

/** By the id alone: SQLite looks up one column of a list in an index, and searches two through the whole list for each row. */
const isIn = (versions: Versions): Sql => sql`segment.id IN (SELECT same.id FROM json_each(${JSON.stringify([...versions])}) AS listed JOIN segment AS same ON same.id = listed.value ->> 0 AND same.version = listed.value ->> 1)`;

/** All of them, the newest last, in portions. What changes between two portions may be missing. */
export function* confirmedInOrder(db: ReadDb, portion: number): Generator<number[]> {
  for (let last = 0, count = portion; count === portion;) {
    const ids = db.column(sql`SELECT id FROM segment WHERE id > ${last} AND ${CONFIRMED} AND ${NEVER_EDITED} ORDER BY id LIMIT ${portion}`).map(Number);
    [last, count] = [ids.at(-1) ?? last, ids.length];
    if (count > 0) yield ids;
  }
  for (let last = 0, count = portion; count === portion;) {
    const rows = db.all(sql`SELECT edit.id AS edit, segment.id FROM ${LAST_EDITS} WHERE edit.id > ${last} AND ${CONFIRMED} ORDER BY edit.id LIMIT ${portion}`);
    [last, count] = [rows.map((row) => integer(row, 'edit')).at(-1) ?? last, rows.length];
    if (count > 0) yield rows.map((row) => integer(row, 'id'));
  }
}

/** At most `most` of those with words on both sides, behind the `from` newest of these; the newest first. */
export function newestConfirmed(db: ReadDb, { without, from, most }: { readonly without: Versions; readonly from: number; readonly most: number }): number[] {
  const wanted = sql`${CONFIRMED} AND ${WITH_WORDS} AND NOT ${isIn(without)}`;
  const edited = db.column(sql`SELECT segment.id FROM ${LAST_EDITS} WHERE ${wanted} ORDER BY edit.id DESC LIMIT ${most} OFFSET ${from}`).map(Number);
  if (edited.length === most) return edited;
  const before = edited.length > 0 ? from : Number(db.column(sql`SELECT count(*) FROM ${LAST_EDITS} WHERE ${wanted}`)[0]);
  const others = db.column(sql`SELECT id FROM segment WHERE ${wanted} AND ${NEVER_EDITED} ORDER BY id DESC LIMIT ${most - edited.length} OFFSET ${Math.max(0, from - before)}`).map(Number);
  return [...edited, ...others];
}

/** How many there are. */
export const countConfirmed = (db: ReadDb, without: Versions): number => Number(db.column(sql`SELECT count(*) FROM segment WHERE ${CONFIRMED} AND NOT ${isIn(without)}`)[0]);
