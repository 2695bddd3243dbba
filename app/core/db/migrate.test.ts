import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from './connection.ts';
import { migrate } from './migrate.ts';
import type { Schema } from './migrate.ts';
import { PROJECT_SCHEMA } from './migrations/schemas.ts';
import { sql } from './sql.ts';

let folder: string, path: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'bitext-migrate-')); path = join(folder, 'a.db'); });
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

const ONE: Schema = {
  name: 'sample', applicationId: 7,
  migrations: [{ version: 1, purpose: 'words', script: `
    CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
    CREATE TABLE use (word_id INTEGER NOT NULL REFERENCES word ON DELETE CASCADE) STRICT;` }],
};
/** Recreates a table that others point to: with foreign keys on, its rows would go too. */
const RECREATE = `
  CREATE TABLE word2 (id INTEGER PRIMARY KEY, text TEXT NOT NULL, language TEXT NOT NULL) STRICT;
  INSERT INTO word2 SELECT id, text, 'en' FROM word;
  DROP TABLE word;
  ALTER TABLE word2 RENAME TO word;`;
const TWO: Schema = { ...ONE, migrations: [...ONE.migrations, { version: 2, purpose: 'language of a word', script: RECREATE }] };

function seed(): void {
  const db = openDatabase(path, { create: true });
  migrate(db, ONE);
  db.script(`INSERT INTO word VALUES (1, 'house'); INSERT INTO use VALUES (1), (1)`);
  db.close();
}

describe('migrate', () => {
  it('recreates a table without losing the rows that point to it, and leaves a backup of the state before', () => {
    seed();
    const db = openDatabase(path, { create: false });
    migrate(db, TWO);
    expect({ words: db.all(sql`SELECT * FROM word`), uses: db.all(sql`SELECT * FROM use`), keys: db.pragma('foreign_keys'), version: db.pragma('user_version') })
      .toEqual({ words: [{ id: 1, text: 'house', language: 'en' }], uses: [{ word_id: 1 }, { word_id: 1 }], keys: 1, version: 2 });
    db.close();
    const backup = openDatabase(`${path}.v1.backup`, { create: false });
    expect({ words: backup.all(sql`SELECT * FROM word`), version: backup.pragma('user_version') }).toEqual({ words: [{ id: 1, text: 'house' }], version: 1 });
    backup.close();
    expect(existsSync(`${path}.v1.backup.partial`)).toBe(false);
  });

  it('leaves the file as it was when a step fails', () => {
    seed();
    const broken: Schema = { ...ONE, migrations: [...ONE.migrations, { version: 2, purpose: 'fails', script: `${RECREATE} DELETE FROM word;` }] };
    const db = openDatabase(path, { create: false });
    expect(() => { migrate(db, broken); }).toThrow(/leaves 2 rows without their parent/);
    expect({ words: db.all(sql`SELECT * FROM word`), keys: db.pragma('foreign_keys'), version: db.pragma('user_version') })
      .toEqual({ words: [{ id: 1, text: 'house' }], keys: 1, version: 1 });
    db.close();
  });

  it('refuses a newer file without touching it', () => {
    const made = openDatabase(path, { create: true });
    migrate(made, TWO);
    made.close();
    const before = readFileSync(path);
    const db = openDatabase(path, { create: false });
    expect(() => { migrate(db, ONE); }).toThrow(expect.objectContaining({ code: 'DB_FROM_FUTURE', data: { path, version: 2, newest: 1 } }));
    db.close();
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('refuses the database of another program', () => {
    const db = openDatabase(path, { create: true });
    db.script('CREATE TABLE theirs (n INTEGER)');
    expect(() => { migrate(db, ONE); }).toThrow(expect.objectContaining({ code: 'DB_DAMAGED' }));
    expect(() => { migrate(db, PROJECT_SCHEMA); }).toThrow(/not a Bitext project/);
    db.close();
  });

  it('refuses a project file that brings a trigger of its own', () => {
    const db = openDatabase(path, { create: true });
    migrate(db, PROJECT_SCHEMA);
    db.script(`CREATE TRIGGER theirs AFTER UPDATE ON segment BEGIN DELETE FROM edit; END`);
    expect(() => { migrate(db, PROJECT_SCHEMA); }).toThrow(expect.objectContaining({ code: 'DB_DAMAGED', data: { path, part: 'trigger theirs' } }));
    db.close();
  });
});
