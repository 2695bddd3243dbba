/** The document table: what was taken in, as it was. */
import type { ReadDb, WriteDb } from '../db/connection.ts';
import { bytes, integer, text, textOrNull } from '../db/row.ts';
import type { Row } from '../db/row.ts';
import { sql } from '../db/sql.ts';

export interface StoredDocument {
  readonly id: number;
  /** Relative, with `/`; mirrored at export. */
  readonly path: string;
  /** Where it was read from; an export never writes there. */
  readonly originPath: string;
  readonly format: string;
  /** iconv-lite name; null for packages. */
  readonly encoding: string | null;
  readonly sha256: string;
}

export function insertDocument(db: WriteDb, document: Omit<StoredDocument, 'id'>, content: Uint8Array): number {
  return db.run(sql`INSERT INTO document (path, origin_path, format, encoding, sha256, bytes)
    VALUES (${document.path}, ${document.originPath}, ${document.format}, ${document.encoding}, ${document.sha256}, ${content})`).lastId;
}

const documentOf = (row: Row): StoredDocument => ({
  id: integer(row, 'id'), path: text(row, 'path'), originPath: text(row, 'origin_path'), format: text(row, 'format'), encoding: textOrNull(row, 'encoding'), sha256: text(row, 'sha256'),
});

/** In the order in which they were added. */
export function listDocuments(db: ReadDb): StoredDocument[] {
  return db.all(sql`SELECT id, path, origin_path, format, encoding, sha256 FROM document ORDER BY id`).map(documentOf);
}

export function documentBytes(db: ReadDb, id: number): Uint8Array {
  return bytes(db.get(sql`SELECT bytes FROM document WHERE id = ${id}`) ?? {}, 'bytes');
}
