/** Making and opening `.bitext` files. */
import { existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { StudioError } from '../../contract/errors.ts';
import type { WriteDb } from '../db/connection.ts';
import { openDatabase } from '../db/connection.ts';
import { integrityProblem } from '../db/backup.ts';
import { migrate } from '../db/migrate.ts';
import { PROJECT_SCHEMA } from '../db/migrations/schemas.ts';
import { syncFile, syncFolder } from '../files/sync.ts';
import { removeStaleTemporaries, temporaryPath } from '../files/temporary-names.ts';
import { insertProject, projectMeta } from './project-table.ts';
import type { ProjectMeta } from './project-table.ts';

/**
 * Makes a project file and lets `fill` put its content in. Until that is done the file has another name: a project is
 * there whole or not at all. Throws CONFLICT when `path` exists; what `fill` throws is passed on and leaves nothing behind.
 */
export async function createProjectFile<T>(path: string, meta: ProjectMeta, at: string, fill: (db: WriteDb) => Promise<T>): Promise<T> {
  requireFree(path);
  const folder = dirname(path);
  removeStaleTemporaries(folder);
  const temporary = temporaryPath(folder);
  let db: WriteDb | undefined;
  try {
    db = openDatabase(temporary, { create: true });
    migrate(db, PROJECT_SCHEMA);
    insertProject(db, meta, at);
    const result = await fill(db);
    db.close();
    db = undefined;
    syncFile(temporary);
    nameFinally(temporary, path);
    syncFolder(folder);
    return result;
  } finally {
    db?.close();
    for (const rest of ['', '-wal', '-shm']) rmSync(temporary + rest, { force: true });
  }
}

/** A hard link fails where the name is taken; a disk without them gets a rename after a last look. */
function nameFinally(temporary: string, path: string): void {
  try {
    linkSync(temporary, path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') requireFree(path);
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS' && code !== 'EMLINK') throw error instanceof Error ? Object.assign(error, { path }) : error;
    requireFree(path);
    renameSync(temporary, path);
  }
}

function requireFree(path: string): void {
  if (existsSync(path)) throw new StudioError('CONFLICT', `${path} exists already.`, { advice: 'Open it, or choose another name.', data: { path } });
}

/** Opens a project file: checked, and brought to this studio's schema. Throws FILE_MISSING, DB_DAMAGED, DB_FROM_FUTURE ... */
export function openProjectFile(path: string): WriteDb {
  const db = openDatabase(path, { create: false });
  try {
    const problem = integrityProblem(db);
    if (problem !== null) throw new StudioError('DB_DAMAGED', `${path} is damaged: ${problem}.`, { advice: 'Keep the file, and open a copy of it from your last backup.', data: { path } });
    migrate(db, PROJECT_SCHEMA);
    projectMeta(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
