/** A new version of a document in the place of the old one, which goes to the shelf: what is unchanged keeps its translation. */
import type { Output } from '../../contract/contract.ts';
import type { Origin } from '../../contract/shapes/segment.ts';
import type { Runs } from '../../contract/shapes/text.ts';
import type { ReadDb, WriteDb } from '../db/connection.ts';
import { bytes, integer, text } from '../db/row.ts';
import { sql } from '../db/sql.ts';
import { carryTarget, sourceKey } from '../segments/same-source.ts';
import { originOrNull, runsColumn, runsOf, runsOrNull } from '../segments/stored-runs.ts';
import { pairSegments } from './pair-segments.ts';
import { shelve } from './shelf.ts';
import { storeSegments } from './store-document.ts';
import type { ReadDocument } from './store-document.ts';

export type UpdatedFile = Output<'project.addFiles'>['updated'][number];

interface OldSegment {
  readonly id: number;
  readonly key: string;
  readonly source: Runs;
  readonly target: Runs | null;
  readonly origin: Origin | null;
  readonly version: number;
}

const hex = (key: Uint8Array): string => Buffer.from(key).toString('hex');

/**
 * Puts `document` in the place of document `documentId`, under update `groupId`, in a transaction of the caller. The document
 * keeps its id, path and place; segments have new ids, and stand behind all others until the caller calls `numberSegments`. A segment
 * whose source is that of an old one keeps what was done in this project: target, state, origin and findings. A lock is the
 * document's, and so is a translation that nobody touched: for these the new version counts. Changed segments are not started.
 */
export function updateDocument(db: WriteDb, { groupId, documentId, document, documentGroup }: {
  readonly groupId: number; readonly documentId: number; readonly document: ReadDocument; documentGroup(): number;
}): UpdatedFile {
  const old = segmentsInPlace(db, documentId);
  const segments = document.parsed.units.flatMap((unit, i) => (document.units[i]?.segments ?? []).map(({ source }) => ({ source, tags: unit.tags })));
  const pairs = pairSegments(old.map(({ key }) => key), segments.map(({ source, tags }) => hex(sourceKey(source, tags))));
  const shelfId = shelve(db, groupId, documentId);
  db.run(sql`UPDATE document SET format = ${document.format}, encoding = ${document.parsed.encoding ?? null}, sha256 = ${document.hash}, bytes = ${document.content} WHERE id = ${documentId}`);
  const carried = new Map<number, number>();
  storeSegments(db, documentId, document, documentGroup, (id, place) => {
    const from = old[pairs[place] ?? -1], source = segments[place]?.source;
    if (from === undefined || source === undefined) return false;
    carried.set(from.id, id);
    return carry(db, shelfId, from, { id, source });
  });
  for (const from of old) if (from.origin?.kind === 'propagated') repoint(db, carried.get(from.id), from.origin, carried);
  return { path: text(db.get(sql`SELECT path FROM document WHERE id = ${documentId}`) ?? {}, 'path'), kept: carried.size, changed: segments.length - carried.size, removed: old.length - carried.size };
}

function segmentsInPlace(db: ReadDb, documentId: number): OldSegment[] {
  return db.all(sql`SELECT id, source_key, source, target, origin, version FROM segment WHERE document_id = ${documentId} ORDER BY number`).map((row) => ({
    id: integer(row, 'id'), key: hex(bytes(row, 'source_key')), source: runsOf(row, 'source'), target: runsOrNull(row, 'target'), origin: originOrNull(row, 'origin'), version: integer(row, 'version'),
  }));
}

/** Gives a new segment what an old one had, and its history; says whether that was a translation of this project. */
function carry(db: WriteDb, shelfId: number, from: OldSegment, to: { readonly id: number; readonly source: Runs }): boolean {
  db.run(sql`UPDATE segment SET carried_from = ${from.id} WHERE id = ${to.id}`);
  if (from.target === null || (from.version === 1 && from.origin?.kind === 'document')) return false;
  db.run(sql`UPDATE segment SET target = ${runsColumn(carryTarget(from.target, from.source, to.source))}, target_text = old.target_text, state = old.state, origin = old.origin,
    findings = old.findings, finding_count = old.finding_count, version = old.version FROM shelved_segment AS old WHERE old.id = ${from.id} AND old.shelf_id = ${shelfId} AND segment.id = ${to.id}`);
  return true;
}

/** A translation taken over from a segment of this document names the one that has its place now. */
function repoint(db: WriteDb, id: number | undefined, origin: Extract<Origin, { kind: 'propagated' }>, carried: ReadonlyMap<number, number>): void {
  const segment = carried.get(origin.segment);
  if (id !== undefined && segment !== undefined) db.run(sql`UPDATE segment SET origin = ${JSON.stringify({ ...origin, segment })} WHERE id = ${id} AND json_extract(origin, '$.kind') = 'propagated'`);
}
