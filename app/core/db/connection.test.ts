import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sqliteBinding } from './binding.ts';
import { openDatabase } from './connection.ts';
import { isIn, sql } from './sql.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'bitext-db-')); });
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

describe('openDatabase', () => {
  it('sets every connection to durable and defensive, also a reopened one', () => {
    const path = join(folder, 'a.db');
    openDatabase(path, { create: true }).close();
    const db = openDatabase(path, { create: false });
    const settings = ['journal_mode', 'synchronous', 'foreign_keys', 'trusted_schema', 'cell_size_check', 'mmap_size', 'checkpoint_fullfsync'];
    expect(settings.map((name) => db.pragma(name))).toEqual(['wal', 2, 1, 0, 1, 0, 1]);
    db.close();
  });

  it('neither creates over a file nor opens what is not there', () => {
    const path = join(folder, 'a.db');
    expect(() => openDatabase(path, { create: false })).toThrow(expect.objectContaining({ code: 'FILE_MISSING', data: { path } }));
    openDatabase(path, { create: true }).close();
    expect(() => openDatabase(path, { create: true })).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
    expect(() => openDatabase(join(folder, 'no', 'b.db'), { create: true })).toThrow(expect.objectContaining({ code: 'FILE_MISSING' }));
    expect(() => openDatabase(folder, { create: false })).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', data: { path: folder } }));
  });

  it('calls a file that is not a database damaged', () => {
    const path = join(folder, 'text.db');
    writeFileSync(path, 'This is no database. '.repeat(200));
    expect(() => openDatabase(path, { create: false })).toThrow(expect.objectContaining({ code: 'DB_DAMAGED' }));
  });

  it('undoes a transaction that throws, and passes the error on', () => {
    const db = openDatabase(join(folder, 'a.db'), { create: true });
    db.script('CREATE TABLE t (n INTEGER NOT NULL) STRICT');
    expect(() => db.transaction(() => { db.run(sql`INSERT INTO t VALUES (1)`); throw new Error('stop'); })).toThrow('stop');
    db.transaction(() => { for (const n of [2, 3]) db.run(sql`INSERT INTO t VALUES (${n})`); });
    expect(db.column(sql`SELECT n FROM t WHERE ${isIn('n', [1, 3])}`)).toEqual([3]);
    expect(db.all(sql`SELECT n FROM t`)).toEqual([{ n: 2 }, { n: 3 }]);
    db.close();
  });

  it('says that another writer holds the file', () => {
    const path = join(folder, 'a.db');
    const first = openDatabase(path, { create: true });
    first.script('CREATE TABLE t (n INTEGER NOT NULL) STRICT; BEGIN IMMEDIATE');
    const second = openDatabase(path, { create: false });
    expect(() => second.run(sql`INSERT INTO t VALUES (1)`)).toThrow(expect.objectContaining({ code: 'DB_LOCKED' }));
    first.script('COMMIT');
    expect(second.run(sql`INSERT INTO t VALUES (1)`).changes).toBe(1);
    second.close();
    first.close();
  });
});

describe('sqliteBinding', () => {
  it('takes the prebuilt binary from Node-API 10 on', () => expect(sqliteBinding('10', '/elsewhere')).toBeUndefined());

  it('takes the named binary below, and says what to do when there is none', () => {
    const path = join(folder, 'sqlite.node');
    expect(() => sqliteBinding('9', undefined)).toThrow(/BITEXT_SQLITE_BINDING names no other/);
    expect(() => sqliteBinding('9', path)).toThrow(/does not exist/);
    writeFileSync(path, '');
    expect(sqliteBinding('9', path)).toBe(path);
  });
});
