/** Copies of projects in the workspace, taken when a project is opened: a whole state to go back to when a disk fails. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { backUp } from '../db/backup.ts';
import type { WriteDb } from '../db/connection.ts';

const KEPT = 11;
/** A project that is opened often is not copied each time. */
const LEAST_AGE_MS = 60 * 60 * 1000;

const folderOf = (workspace: string, projectPath: string): string => join(workspace, 'backups', createHash('sha256').update(projectPath).digest('hex').slice(0, 32));

/** Oldest first; the names are times. */
function backupsIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.bitext')).sort().map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** The newest whole copy of a project; null when there is none. `projectPath` is without links. */
export const newestBackup = (workspace: string, projectPath: string): string | null => backupsIn(folderOf(workspace, projectPath)).at(-1) ?? null;

/** Copies an open project, unless the newest copy is young; the oldest copies go. Throws DISK_FULL, NO_PERMISSION ... */
export function keepBackup(workspace: string, db: WriteDb, at: string): void {
  const folder = folderOf(workspace, db.path), [newest] = backupsIn(folder).slice(-1);
  if (newest !== undefined && Math.abs(Date.parse(at) - statSync(newest).mtimeMs) < LEAST_AGE_MS) return;
  mkdirSync(folder, { recursive: true });
  backUp(db, join(folder, `${at.replace(/[:.]/g, '-')}.bitext`));
  for (const old of backupsIn(folder).slice(0, -KEPT)) rmSync(old, { force: true });
}
