/** Files that are whole or not there: a reader never sees half of one, a crash never destroys the old one. */
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { syncFolder } from './sync.ts';
import { temporaryPath } from './temporary-names.ts';

/** How long a rename waits for another program (a virus scanner, an office program) to let the target go. */
const BUSY_MS = 5_000;

/**
 * Writes `bytes` to `path`, over what is there: temporary name in the same folder, sync, rename, sync of the folder.
 * A link at `path` is replaced, not followed. On any failure the temporary file is gone and the old file as it was.
 * Throws the file system's error (ENOSPC, EACCES ...); `toStudioError` has a sentence for it.
 */
export async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = temporaryPath(dirname(path));
  try {
    const handle = await open(temporary, 'wx', 0o666);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await renameWhenFree(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw namingPath(error, path);
  }
  syncFolder(dirname(path));
}

/** A failed write names no path, a failed rename the temporary one: people know the file by its own. What does not exist is its folder. */
function namingPath(error: unknown, path: string): unknown {
  if (!(error instanceof Error && 'code' in error)) return error;
  const folder = dirname(path);
  return Object.assign(error, { path: error.code === 'ENOENT' && !existsSync(folder) ? folder : path });
}

/** Windows refuses a rename over a file that is open elsewhere: tried again for a while. */
async function renameWhenFree(from: string, to: string): Promise<void> {
  for (let waited = 0; ;) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      const mayPass = process.platform === 'win32' && (code === 'EPERM' || code === 'EBUSY' || code === 'EACCES');
      if (!mayPass || waited >= BUSY_MS) throw error;
      const wait = randomInt(50, 150);
      await pause(wait);
      waited += wait;
    }
  }
}
