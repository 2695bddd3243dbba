/** Units of a document with their segments, in document order. */
import type { ReadonlyRuns, Tag } from '../../contract/shapes/text.ts';
import type { BilingualSegment, BilingualUnit } from '../bilingual/bilingual-document.ts';
import type { ReadDb, WriteDb } from '../db/connection.ts';
import { flag, integer, text, textOrNull, word } from '../db/row.ts';
import { sql } from '../db/sql.ts';
import { STATES } from '../segments/edit-log.ts';
import { originOrNull, runsColumn, runsOf, runsOrNull, tagsOf } from '../segments/stored-runs.ts';

export interface NewUnit {
  readonly documentId: number;
  readonly key: string;
  readonly role: string;
  readonly note: string | null;
  readonly tags: readonly Tag[];
  readonly gapAfter: ReadonlyRuns;
}

export function insertUnit(db: WriteDb, unit: NewUnit): number {
  return db.run(sql`INSERT INTO unit (document_id, key, role, note, tags, gap_after)
    VALUES (${unit.documentId}, ${unit.key}, ${unit.role}, ${unit.note}, ${JSON.stringify(unit.tags)}, ${runsColumn(unit.gapAfter)})`).lastId;
}

export interface StoredSegment extends BilingualSegment {
  readonly number: number;
  readonly version: number;
}
export interface StoredUnit extends BilingualUnit { readonly segments: readonly StoredSegment[] }

/** All units of a document, also those without a segment. */
export function unitsOf(db: ReadDb, documentId: number): StoredUnit[] {
  const segments = new Map<number, StoredSegment[]>();
  for (const row of db.all(sql`SELECT id, unit_id, number, gap_before, source, target, state, locked, origin, version FROM segment WHERE document_id = ${documentId} ORDER BY number`)) {
    const unitId = integer(row, 'unit_id'), list = segments.get(unitId) ?? [];
    if (list.length === 0) segments.set(unitId, list);
    list.push({
      id: integer(row, 'id'), number: integer(row, 'number'), version: integer(row, 'version'), gapBefore: runsOf(row, 'gap_before'),
      source: runsOf(row, 'source'), target: runsOrNull(row, 'target'), state: word(row, 'state', STATES), locked: flag(row, 'locked'), origin: originOrNull(row, 'origin'),
    });
  }
  return db.all(sql`SELECT id, key, role, note, tags, gap_after FROM unit WHERE document_id = ${documentId} ORDER BY id`).map((row) => {
    const note = textOrNull(row, 'note');
    return {
      id: text(row, 'key'), role: text(row, 'role'), ...(note === null ? {} : { note }),
      tags: tagsOf(row, 'tags'), segments: segments.get(integer(row, 'id')) ?? [], gapAfter: runsOf(row, 'gap_after'),
    };
  });
}
