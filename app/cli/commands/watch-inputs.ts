/** `--watch`: waits until something changes in the folders that are translated. */
import { watch } from 'node:fs';
import { sep } from 'node:path';

/** Files are written in pieces: a change counts when nothing has followed it for this long, in milliseconds. */
const SETTLED = 700;

/**
 * Yields after each burst of changes below `paths`; changes below `except` (the output folder) do not count. Ends when the
 * signal is aborted; throws what the file system says about a folder that can't be watched.
 */
export async function* changesIn(paths: readonly string[], except: string, signal: AbortSignal): AsyncGenerator<void> {
  let wake: (() => void) | undefined, timer: NodeJS.Timeout | undefined, changed = false;
  let failure: Error | undefined;
  const notice = (path: string): void => {
    if (path === except || path.startsWith(except + sep)) return;
    clearTimeout(timer);
    timer = setTimeout(() => { changed = true; wake?.(); }, SETTLED);
  };
  const watchers = paths.map((path) => watch(path, { recursive: true, signal }, (_kind, name) => { notice(name === null ? path : `${path}${sep}${name}`); })
    .on('error', (error: Error) => { if (!signal.aborted) failure = error; wake?.(); }));
  signal.addEventListener('abort', () => { wake?.(); });
  try {
    while (!signal.aborted) {
      if (!changed && failure === undefined) await new Promise<void>((resolve) => { wake = resolve; });
      if (failure !== undefined) throw failure;
      if (signal.aborted) return;
      changed = false;
      yield;
    }
  } finally {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  }
}
