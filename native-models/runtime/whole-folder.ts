/** Folders that are whole or not there, as files are that `writeWholeFile` writes. */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { flushFile } from './whole-file.ts';

/**
 * Lets `write` make a folder beside its place, under a hidden name; flushes what is in it, then renames it. Throws the file
 * system's error, also where a folder with something in it has its name by then, and what `write` throws; leaves nothing behind
 * then.
 */
export async function writeWholeFolder(into: string, write: (part: string) => Promise<void>): Promise<void> {
  const part = path.join(path.dirname(into), `.${path.basename(into)}.part`);
  // Of a process that was killed.
  await rm(part, { recursive: true, force: true });
  await mkdir(path.dirname(into), { recursive: true });
  try {
    await write(part);
    for (const entry of await readdir(part, { withFileTypes: true, recursive: true })) if (entry.isFile()) await flushFile(path.join(entry.parentPath, entry.name));
    await rename(part, into);
  } catch (error) {
    await rm(part, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
}
