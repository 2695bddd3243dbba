/** A database file held as a lock. */
import Database from 'better-sqlite3';
import { sqliteBinding } from './binding.ts';
import { sqliteError } from './sqlite-errors.ts';

/** Takes the lock at once or throws DB_LOCKED. The file stays; nothing is stored in it. */
export function openLockFile(path: string): { release(): void } {
  const nativeBinding = sqliteBinding();
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { timeout: 0, ...(nativeBinding === undefined ? {} : { nativeBinding }) });
    // Nothing is written, so no journal file is needed: a full disk must not keep a project shut.
    db.pragma('journal_mode = MEMORY');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db?.close();
    throw sqliteError(error, path);
  }
  const held = db;
  return { release: () => { held.close(); } };
}
