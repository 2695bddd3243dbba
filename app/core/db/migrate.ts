/** Brings a database to the schema of this studio, one numbered step at a time; `user_version` is the only state. */
import { StudioError } from '../../contract/errors.ts';
import { backUp } from './backup.ts';
import type { WriteDb } from './connection.ts';
import { openInMemory } from './connection.ts';
import { text } from './row.ts';
import { sql } from './sql.ts';

export interface Migration {
  /** 1, 2, 3 ...: the `user_version` that the step leaves. */
  readonly version: number;
  readonly purpose: string;
  /** The statements of the step; they run in one transaction, with foreign keys off and checked at its end. */
  readonly script: string;
}

export interface Schema {
  readonly name: string;
  readonly applicationId: number;
  readonly migrations: readonly Migration[];
}

/**
 * Runs the pending steps. Before the first of them a database with content is copied beside itself.
 * Throws DB_FROM_FUTURE for a newer database and DB_DAMAGED for one of another program or with foreign parts: both untouched.
 */
export function migrate(db: WriteDb, schema: Schema): void {
  const version = Number(db.pragma('user_version'));
  const newest = schema.migrations.at(-1)?.version ?? 0;
  if (version === 0) requireEmpty(db, schema);
  else if (Number(db.pragma('application_id')) !== schema.applicationId) throw notOurs(db, schema);
  if (version > newest)
    throw new StudioError('DB_FROM_FUTURE', `${db.path} was made by a newer Bitext Studio (${schema.name} schema ${version}; this one knows ${newest}).`, {
      advice: 'Update Bitext Studio, then open it again; the file was not touched.', data: { path: db.path, version, newest },
    });
  const pending = schema.migrations.filter((step) => step.version > version);
  if (pending.length > 0 && version > 0) backUp(db, `${db.path}.v${version}.backup`);
  for (const step of pending) runStep(db, schema, step);
  requireOwnSchema(db, schema);
}

/** One step, whole or not at all. SQLite ignores the foreign_keys pragma inside a transaction, so it is set outside. */
function runStep(db: WriteDb, schema: Schema, step: Migration): void {
  db.pragma('foreign_keys = OFF');
  try {
    db.transaction(() => {
      // Another process may have taken the step while this one waited for the file.
      if (Number(db.pragma('user_version')) >= step.version) return;
      db.script(step.script);
      const orphans = db.all(sql`PRAGMA foreign_key_check`);
      if (orphans.length > 0) throw new StudioError('INTERNAL', `Step ${step.version} (${step.purpose}) of the ${schema.name} schema leaves ${orphans.length} rows without their parent.`, { advice: 'The file is as it was. Please report this.' });
      db.pragma(`application_id = ${schema.applicationId}`);
      db.pragma(`user_version = ${step.version}`);
    });
  } finally {
    db.pragma('foreign_keys = ON');
  }
}

function requireEmpty(db: WriteDb, schema: Schema): void {
  if (db.all(sql`SELECT name FROM sqlite_schema`).length > 0 || Number(db.pragma('application_id')) !== 0) throw notOurs(db, schema);
}

const notOurs = (db: WriteDb, schema: Schema): StudioError =>
  new StudioError('DB_DAMAGED', `${db.path} is a database, but not a Bitext ${schema.name}.`, { advice: 'Choose a file that Bitext Studio made.', data: { path: db.path } });

/** A file from elsewhere may bring triggers or views that act when we write: its schema must be exactly the one of the steps. */
function requireOwnSchema(db: WriteDb, schema: Schema): void {
  const found = describe(db), wanted = expectedSchema(schema);
  const odd = [...found.keys()].find((name) => found.get(name) !== wanted.get(name)) ?? [...wanted.keys()].find((name) => !found.has(name));
  if (odd === undefined) return;
  throw new StudioError('DB_DAMAGED', `${db.path} holds a part that Bitext Studio did not make or lacks one that it made (${odd}).`, {
    advice: 'Do not trust this file; ask whoever sent it for a fresh copy.', data: { path: db.path, part: odd },
  });
}

const expected = new Map<Schema, ReadonlyMap<string, string>>();

function expectedSchema(schema: Schema): ReadonlyMap<string, string> {
  const known = expected.get(schema);
  if (known) return known;
  const model = openInMemory();
  for (const step of schema.migrations) model.script(step.script);
  const parts = describe(model);
  model.close();
  expected.set(schema, parts);
  return parts;
}

/** Tables, indices, triggers and views with their text; SQLite's own statistics tables are left out. */
function describe(db: WriteDb): Map<string, string> {
  const rows = db.all(sql`SELECT type || ' ' || name AS part, coalesce(sql, '') AS body FROM sqlite_schema WHERE name NOT LIKE 'sqlite!_stat%' ESCAPE '!' ORDER BY 1`);
  return new Map(rows.map((row) => [text(row, 'part'), text(row, 'body')]));
}
