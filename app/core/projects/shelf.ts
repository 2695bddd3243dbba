/**
 * The shelf: versions of documents that are not in place. Each lies there with its units and segments as they were, under
 * the update (a group of the edit log) that exchanged it; undoing or redoing that update exchanges it again.
 */
import type { ReadDb, WriteDb } from '../db/connection.ts';
import { integer } from '../db/row.ts';
import { sql } from '../db/sql.ts';

/** Puts the version of a document that is in place on the shelf, and leaves the document empty; the shelf's id. */
export function shelve(db: WriteDb, groupId: number, documentId: number): number {
  const { lastId: shelfId } = db.run(sql`INSERT INTO shelved_document (group_id, document_id, format, encoding, sha256, bytes)
    SELECT ${groupId}, id, format, encoding, sha256, bytes FROM document WHERE id = ${documentId}`);
  db.run(sql`INSERT INTO shelved_unit (id, shelf_id, key, role, note, tags, gap_after) SELECT id, ${shelfId}, key, role, note, tags, gap_after FROM unit WHERE document_id = ${documentId}`);
  db.run(sql`INSERT INTO shelved_segment (id, shelf_id, unit_id, gap_before, source, source_text, source_key, words, locked, version, state, target, target_text, origin, findings, finding_count, carried_from)
    SELECT id, ${shelfId}, unit_id, gap_before, source, source_text, source_key, words, locked, version, state, target, target_text, origin, findings, finding_count, carried_from FROM segment WHERE document_id = ${documentId}`);
  db.run(sql`DELETE FROM segment WHERE document_id = ${documentId}`);
  db.run(sql`DELETE FROM unit WHERE document_id = ${documentId}`);
  return shelfId;
}

/** Puts a version back into its document, which must be empty. Its segments stand behind all others until `numberSegments`. */
function unshelve(db: WriteDb, shelfId: number, documentId: number): void {
  db.run(sql`UPDATE document SET format = old.format, encoding = old.encoding, sha256 = old.sha256, bytes = old.bytes FROM shelved_document AS old WHERE old.id = ${shelfId} AND document.id = ${documentId}`);
  db.run(sql`INSERT INTO unit (id, document_id, key, role, note, tags, gap_after) SELECT id, ${documentId}, key, role, note, tags, gap_after FROM shelved_unit WHERE shelf_id = ${shelfId} ORDER BY id`);
  db.run(sql`INSERT INTO segment (id, number, document_id, unit_id, gap_before, source, source_text, source_key, words, locked, version, state, target, target_text, origin, findings, finding_count, carried_from)
    SELECT id, row_number() OVER (ORDER BY id) + (SELECT coalesce(max(number), 0) FROM segment), ${documentId}, unit_id, gap_before, source, source_text, source_key, words, locked, version, state, target, target_text, origin, findings, finding_count, carried_from FROM shelved_segment WHERE shelf_id = ${shelfId} ORDER BY id`);
  db.run(sql`DELETE FROM shelved_document WHERE id = ${shelfId}`);
}

/** Exchanges each document of an update with the version on the shelf; the ids of the segments that are in place now. In a transaction of the caller. */
export function exchangeVersions(db: WriteDb, groupId: number): number[] {
  const shelved = db.all(sql`SELECT id, document_id FROM shelved_document WHERE group_id = ${groupId} ORDER BY id`);
  const documents = shelved.map((row) => integer(row, 'document_id'));
  for (const [i, row] of shelved.entries()) {
    const documentId = documents[i] ?? 0;
    shelve(db, groupId, documentId);
    unshelve(db, integer(row, 'id'), documentId);
  }
  numberSegments(db);
  return documents.flatMap((id) => segmentIds(db, id));
}

const segmentIds = (db: ReadDb, documentId: number): number[] => db.column(sql`SELECT id FROM segment WHERE document_id = ${documentId} ORDER BY number`).map(Number);

/**
 * Numbers the segments of the project from 1, in the order in which their documents were added and, inside a document, as
 * they stand there. Ids of one version rise in that order.
 */
export function numberSegments(db: WriteDb): void {
  db.run(sql`UPDATE segment SET number = -wanted.number FROM (SELECT id, row_number() OVER (ORDER BY document_id, id) AS number FROM segment) AS wanted
    WHERE wanted.id = segment.id AND wanted.number <> segment.number`);
  db.run(sql`UPDATE segment SET number = -number WHERE number < 0`);
}
