/** One process at a time does something with a file or a folder: its id stands in a file beside it. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { isRunning } from './running-process.ts';

export interface LockTaken {
  release(): Promise<void>;
}

/** What releases the lock; the id of the process that has it, where that one still runs. A lock of a process that has ended counts for nothing. */
export async function takeLock(file: string): Promise<LockTaken | { readonly holder: number }> {
  for (let tries = 0; ; tries++) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' });
      return { release: () => rm(file, { force: true }) };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const holder = Number(await readFile(file, 'utf8').catch(() => ''));
    if (tries > 0 || isRunning(holder)) return { holder };
    await rm(file, { force: true });
  }
}
