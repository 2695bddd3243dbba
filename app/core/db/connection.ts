/** The only place where a database is opened: every connection has the same durable, defensive settings. */
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { StudioError } from '../../contract/errors.ts';
import { sqliteBinding } from './binding.ts';
import type { Row } from './row.ts';
import type { Sql, SqlValue } from './sql.ts';
import { sqliteError } from './sqlite-errors.ts';

/** What a query may do. Statements are prepared once per text. Errors are StudioErrors naming the file. */
export interface ReadDb {
  readonly access: 'read' | 'write';
  readonly path: string;
  all(query: Sql): Row[];
  get(query: Sql): Row | undefined;
  /** The only column of each row. */
  column(query: Sql): unknown[];
  /** The query plan, one line a step; for tests. */
  plan(query: Sql): string[];
}

/** A database that may be changed: one writer a file and process. */
export interface WriteDb extends ReadDb {
  readonly access: 'write';
  run(query: Sql): { readonly changes: number; readonly lastId: number };
  /** Several statements without values: a migration's text. */
  script(text: string): void;
  /** All or nothing, durable when it returns. Inside another transaction it is a part of that one that can fail alone. */
  transaction<T>(work: () => T): T;
  pragma(text: string): unknown;
  /** A deterministic function of texts for use in queries (never in the schema). */
  define(name: string, of: (...values: (string | null)[]) => string | number | null): void;
  /** Moves the log into the file and closes; the file alone is then the whole database. */
  close(): void;
}

/** SQLite below this has the WAL-reset corruption bug. */
const OLDEST_SQLITE = [3, 51, 3] as const;
const BUSY_TIMEOUT_MS = 2_000;

/** What each connection is set to, and what it must then answer. WAL and FULL: a commit that returned survives a power loss. */
const SETTINGS: readonly (readonly [pragma: string, value: number])[] = [
  ['synchronous', 2], ['foreign_keys', 1], ['trusted_schema', 0], ['cell_size_check', 1],
  ['mmap_size', 0], ['checkpoint_fullfsync', 1], ['journal_size_limit', 1_048_576],
];

/**
 * Opens a database file; `create: true` says that it must not exist yet, `false` that it must.
 * Throws FILE_MISSING, CONFLICT (exists already), INVALID_INPUT (a folder), DB_LOCKED, DB_DAMAGED, NO_PERMISSION, DISK_FULL.
 */
export function openDatabase(path: string, options: { create: boolean | 'if-missing' }): WriteDb {
  if (path !== path.trim()) throw new StudioError('INVALID_INPUT', `${JSON.stringify(path)} begins or ends with white space.`, { advice: 'Choose a name without it.', data: { path } });
  const exists = existsSync(path);
  if (options.create === true && exists) throw new StudioError('CONFLICT', `${path} exists already.`, { advice: 'Open it, or choose another name.', data: { path } });
  if (options.create !== false && !existsSync(dirname(path))) throw new StudioError('FILE_MISSING', `The folder ${dirname(path)} does not exist.`, { advice: 'Make the folder first, or choose another one.', data: { path: dirname(path) } });
  if (options.create === false && !exists) throw new StudioError('FILE_MISSING', `${path} does not exist.`, { advice: 'Check the path; the file may have been moved or renamed.', data: { path } });
  if (exists && statSync(path).isDirectory()) throw new StudioError('INVALID_INPUT', `${path} is a folder where a file is meant.`, { advice: 'Name a file.', data: { path } });
  return connect(path);
}

/** A database in memory, e.g. to see what the migrations make. */
export const openInMemory = (): WriteDb => connect(':memory:');

function connect(path: string): WriteDb {
  const nativeBinding = sqliteBinding();
  let db: Database.Database;
  try {
    db = new Database(path, { timeout: BUSY_TIMEOUT_MS, ...(nativeBinding === undefined ? {} : { nativeBinding }) });
  } catch (error) {
    throw sqliteError(error, path);
  }
  try {
    prepareConnection(db);
  } catch (error) {
    db.close();
    throw sqliteError(error, path);
  }
  return wrap(db, path);
}

function prepareConnection(db: Database.Database): void {
  const version = String(db.prepare('SELECT sqlite_version()').pluck().get()).split('.').map(Number);
  const older = OLDEST_SQLITE.findIndex((part, i) => part !== version[i]);
  if (older >= 0 && (version[older] ?? 0) < (OLDEST_SQLITE[older] ?? 0)) throw new Error(`SQLite ${version.join('.')} is too old to be safe; ${OLDEST_SQLITE.join('.')} is needed.`);
  db.pragma('journal_mode = WAL');
  for (const [name, value] of SETTINGS) {
    db.pragma(`${name} = ${value}`);
    const got = db.pragma(name, { simple: true });
    if (got !== value && !(db.memory && got === undefined)) throw new Error(`The database refuses ${name} = ${value}; it says ${String(got)}.`);
  }
}

function wrap(db: Database.Database, path: string): WriteDb {
  const statements = new Map<string, Database.Statement<unknown[], Row>>();
  const prepare = (text: string): Database.Statement<unknown[], Row> => {
    let statement = statements.get(text);
    if (!statement) {
      statement = db.prepare<unknown[], Row>(text);
      statements.set(text, statement);
    }
    return statement;
  };
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw sqliteError(error, path);
    }
  };
  const values = (query: Sql): SqlValue[] => [...query.values];
  return {
    access: 'write',
    path,
    all: (query) => attempt(() => prepare(query.text).all(...values(query))),
    get: (query) => attempt(() => prepare(query.text).get(...values(query))),
    column: (query) => attempt(() => prepare(query.text).all(...values(query)).map((row) => Object.values(row)[0])),
    plan: (query) => attempt(() => db.prepare<unknown[], Row>(`EXPLAIN QUERY PLAN ${query.text}`).all(...values(query)).map((row) => String(row['detail']))),
    run: (query) => attempt(() => {
      const { changes, lastInsertRowid } = prepare(query.text).run(...values(query));
      return { changes, lastId: Number(lastInsertRowid) };
    }),
    script: (text) => attempt(() => { db.exec(text); }),
    transaction: (work) => attempt(() => (db.inTransaction ? db.transaction(work)() : db.transaction(work).immediate())),
    pragma: (text) => attempt(() => db.pragma(text, { simple: true })),
    define: (name, of) => attempt(() => { db.function(name, { deterministic: true, varargs: true }, (...args: unknown[]) => of(...args.map((value) => (value === null ? null : String(value))))); }),
    close: () => attempt(() => { db.close(); }),
  };
}
