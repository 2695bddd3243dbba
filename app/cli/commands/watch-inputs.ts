/** `--watch`: waits until something changes in the files and folders that are translated. */
import { watch } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { isLeftOut } from '../../core/files/walk.ts';

/** Files are written in pieces: a change counts when nothing has followed it for this long, in milliseconds. */
const SETTLED = 700;

export interface InputWatch {
  /** Yields after each burst of changes since the watch began, or since the last one. Throws what the file system says when the watch fails. */
  changes(): AsyncGenerator<void>;
  close(): void;
}

/**
 * Watches `paths` from now on, until the signal is aborted. What is no document (hidden files, projects) does not count, and
 * neither does anything in `except`: folders and files that the translation itself writes. Throws what the file system says
 * about a path that can't be watched.
 */
export async function watchInputs(paths: readonly string[], except: readonly string[], signal: AbortSignal): Promise<InputWatch> {
  let wake: (() => void) | undefined, timer: NodeJS.Timeout | undefined, changed = false;
  let failure: Error | undefined;
  const notice = (path: string): void => {
    if (isLeftOut(basename(path)) || except.some((own) => path === own || path.startsWith(own + sep))) return;
    clearTimeout(timer);
    timer = setTimeout(() => { changed = true; wake?.(); }, SETTLED);
  };
  const watched = await Promise.all(paths.map(watchedPlace));
  const watchers = watched.map(({ folder, only }) => watch(folder, { recursive: only === null, signal }, (_kind, name) => {
    if (name === null || only === null || name === only) notice(join(folder, name ?? only ?? ''));
  }).on('error', (error: Error) => { if (!signal.aborted) failure = error; wake?.(); }));
  signal.addEventListener('abort', () => { wake?.(); });
  return {
    async *changes() {
      while (!signal.aborted) {
        if (!changed && failure === undefined) await new Promise<void>((resolve) => { wake = resolve; });
        if (failure !== undefined) throw failure;
        if (signal.aborted) return;
        changed = false;
        yield;
      }
    },
    close() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}

/** A folder, and the one name in it that counts where that is a file: most programs save by putting a new file in its place, which who watches the file alone never sees. */
async function watchedPlace(path: string): Promise<{ folder: string; only: string | null }> {
  if ((await stat(path)).isDirectory()) return { folder: path, only: null };
  const real = await realpath(path);
  return { folder: dirname(real), only: basename(real) };
}
