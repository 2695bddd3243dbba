/** The log of the main process and of its hosts. It holds no text of documents: names of calls, codes, times, exits. */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

const LARGEST = 2_000_000;
const KEPT = 3;

export interface Log { readonly file: string; write(who: string, text: string): void }

/** Opens `studio.log` in `folder`; a full one becomes studio.1.log and so on. Logging never fails the program. */
export function openLog(folder: string): Log {
  const file = join(folder, 'studio.log');
  return {
    file,
    write(who, text) {
      try {
        mkdirSync(folder, { recursive: true });
        if (sizeOf(file) > LARGEST) rotate(folder);
        appendFileSync(file, text.trimEnd().split('\n').map((line) => `${new Date().toISOString()} ${who}: ${line}\n`).join(''));
      } catch {
        // A full or read-only disk: the program goes on without a log.
      }
    },
  };
}

function rotate(folder: string): void {
  for (let number = KEPT; number >= 1; number--) {
    const older = join(folder, `studio.${String(number)}.log`);
    const newer = join(folder, number === 1 ? 'studio.log' : `studio.${String(number - 1)}.log`);
    if (sizeOf(newer) > 0) renameSync(newer, older);
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
