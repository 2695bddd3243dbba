/** Names of files that are being written, and the removal of those that a killed process left behind. */
import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning } from '../../../native-models/catalog/running-process.ts';

/** `.bitext-PID-RANDOM.tmp`, and what a database adds to its name. */
const TEMPORARY = /^\.bitext-(\d+)-[0-9a-f]{12}\.tmp(?:-wal|-shm|-journal)?$/;

/** A new path in `folder`: the same disk as the final name, so that a rename puts it there at once. */
export const temporaryPath = (folder: string): string => join(folder, `.bitext-${process.pid}-${randomBytes(6).toString('hex')}.tmp`);

/** Removes files of `temporaryPath` whose process is gone. A folder that can't be listed is left as it is. */
export function removeStaleTemporaries(folder: string): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return;
  }
  for (const name of names) {
    const owner = TEMPORARY.exec(name)?.[1];
    if (owner !== undefined && !isRunning(Number(owner))) rmSync(join(folder, name), { force: true });
  }
}
