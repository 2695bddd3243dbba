/**
 * One process a project. The lock is a small database of the workspace held in an exclusive transaction: the operating
 * system lets it go with the process, however that ends, so no stale lock ever keeps a project shut.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StudioError, toStudioError } from '../../contract/errors.ts';
import { openLockFile } from '../db/lock-file.ts';
import { truePath } from '../files/granted-paths.ts';

export interface ProjectLock { release(): void }

/** Throws DB_LOCKED, naming the process that holds the project. */
export function lockProject(workspace: string, projectPath: string): ProjectLock {
  const folder = join(workspace, 'locks');
  mkdirSync(folder, { recursive: true });
  const name = createHash('sha256').update(truePath(projectPath)).digest('hex').slice(0, 32);
  const holder = join(folder, `${name}.txt`);
  try {
    const lock = openLockFile(join(folder, `${name}.lock`));
    noteHolder(holder);
    return lock;
  } catch (error) {
    const known = toStudioError(error);
    if (known.code !== 'DB_LOCKED') throw known;
    throw new StudioError('DB_LOCKED', `${projectPath} is open in another window or command (${readHolder(holder)}).`, {
      advice: 'Close it there first, then try again.', data: { path: projectPath }, cause: error,
    });
  }
}

/** For the message of whoever comes second; on a full disk there is none. */
function noteHolder(path: string): void {
  try {
    writeFileSync(path, `process ${process.pid}, since ${new Date().toISOString()}`);
  } catch {
    rmSync(path, { force: true });
  }
}

function readHolder(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return 'unknown process';
  }
}
