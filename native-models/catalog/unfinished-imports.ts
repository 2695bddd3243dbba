/** The folders in a store in which models are put together before they get their names. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isRunning } from './running-process.ts';

const IMPORTING = /^\.importing-(?:(\d+)-)?/;

/**
 * A new folder in `store`, marked with this process's id, for an import in hand; the store is made where there is none.
 * What imports left whose processes have ended is removed. Throws the file system's errors.
 */
export function beginImport(store: string): string {
  makeFolder(store);
  removeAbandonedImports(store);
  return mkdtempSync(path.join(store, `.importing-${process.pid}-`));
}

/** Removes what imports into `store` left behind when they were killed, where that can be removed; those that still run are left alone. */
export function removeAbandonedImports(store: string): void {
  try {
    for (const name of readdirSync(store)) {
      const found = IMPORTING.exec(name);
      if (found !== null && !(found[1] !== undefined && isRunning(Number(found[1])))) rmSync(path.join(store, name), { recursive: true, force: true });
    }
  } catch {
    // No folder, or one that only others may write to: nothing there is in the way of what is done now.
  }
}

/** Node's own recursive `mkdir` says ENOENT on a disk that is read-only; folder by folder it says EROFS. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another import may have been faster.
    if (!existsSync(folder)) throw error;
  }
}
