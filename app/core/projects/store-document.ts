/** A document that was read, stored with its units and segments. */
import { checkTarget } from '../segments/findings.ts';
import { changeSegment } from '../segments/edit-log.ts';
import type { WriteDb } from '../db/connection.ts';
import type { FoundFile } from '../files/walk.ts';
import type { ParsedDocument } from '../formats/format.ts';
import type { CutUnit } from '../segments/cut-unit.ts';
import { insertSegment, nextNumber } from '../segments/segment-table.ts';
import { insertDocument } from './documents.ts';
import { insertUnit } from './units.ts';

export interface ReadDocument {
  readonly file: FoundFile;
  /** Its format's id. */
  readonly format: string;
  readonly content: Uint8Array;
  readonly hash: string;
  readonly parsed: ParsedDocument;
  /** Of each unit of `parsed`, its segments. */
  readonly units: readonly CutUnit[];
}

export const countSegments = ({ units }: ReadDocument): number => units.reduce((sum, unit) => sum + unit.segments.length, 0);

/** Stores a new document; translations that stand in it are edits of the group. In a transaction of the caller. */
export function storeDocument(db: WriteDb, path: string, document: ReadDocument, documentGroup: () => number): void {
  const { file, format, content, hash, parsed } = document;
  const documentId = insertDocument(db, { path, originPath: file.path, format, encoding: parsed.encoding ?? null, sha256: hash }, content);
  storeSegments(db, documentId, document, documentGroup, () => false);
}

/**
 * Adds the units and segments of a document behind all others. `fill` is told each new segment, with its place in the
 * document; where it says that it gave it a translation, the one in the document is left aside.
 */
export function storeSegments(db: WriteDb, documentId: number, { parsed, units }: ReadDocument, documentGroup: () => number, fill: (id: number, place: number) => boolean): void {
  let number = nextNumber(db), place = 0;
  for (const [i, unit] of parsed.units.entries()) {
    const cut = units[i];
    if (!cut) continue;
    const unitId = insertUnit(db, { documentId, key: unit.id, role: unit.role, note: unit.note ?? null, tags: unit.tags, gapAfter: cut.gapAfter });
    for (const { gapBefore, source, target } of cut.segments) {
      const id = insertSegment(db, { number: number++, documentId, unitId, gapBefore, source, tags: unit.tags, locked: unit.locked ?? false });
      if (fill(id, place++) || target === null) continue;
      const state = unit.state === undefined || unit.state === 'not-started' ? 'draft' : unit.state;
      const origin = { kind: 'document' } as const;
      changeSegment(db, documentGroup(), id, { target, state, origin, findings: checkTarget({ source, target, tags: unit.tags }) }, origin);
    }
  }
}
