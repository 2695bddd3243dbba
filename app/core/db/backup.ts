/** A copy of an open database that is whole when it has its name. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { StudioError } from '../../contract/errors.ts';
import type { WriteDb } from './connection.ts';
import { openDatabase } from './connection.ts';
import { sql } from './sql.ts';

/**
 * Copies `db` to `path`, over an older copy of that name. `VACUUM INTO` neither syncs nor is atomic, so the copy gets
 * another name first, is checked, synced and then renamed.
 */
export function backUp(db: WriteDb, path: string): void {
  const partial = `${path}.partial`;
  rmSync(partial, { force: true });
  try {
    db.run(sql`VACUUM INTO ${partial}`);
    requireWhole(partial);
    syncPath(partial);
    renameSync(partial, path);
    syncPath(dirname(path));
  } finally {
    for (const rest of ['', '-wal', '-shm']) rmSync(partial + rest, { force: true });
  }
}

/** The first problem that SQLite finds in a file, or null. */
export function integrityProblem(db: WriteDb): string | null {
  const verdict = String(db.pragma('integrity_check(1)'));
  return verdict === 'ok' ? null : verdict;
}

function requireWhole(path: string): void {
  const copy = openDatabase(path, { create: false });
  try {
    const problem = integrityProblem(copy);
    if (problem !== null) throw new StudioError('DB_DAMAGED', `The backup ${path} is not whole (${problem}).`, { advice: 'Check the disk; the original was not touched.', data: { path } });
  } finally {
    copy.close();
  }
}

/** Asks the disk to hold what was written; folders can't be synced on Windows. */
function syncPath(path: string): void {
  if (process.platform === 'win32' && path === dirname(path)) return;
  let handle: number;
  try {
    handle = openSync(path, 'r');
  } catch (error) {
    if (process.platform === 'win32') return;
    throw error;
  }
  try {
    fsyncSync(handle);
  } catch (error) {
    if (process.platform !== 'win32') throw error;
  } finally {
    closeSync(handle);
  }
}
