/** The paths that a dialog, a drop or the command line yielded: a window can name no other. */
import { realpathSync } from 'node:fs';
import { dirname, join, relative, resolve, sep, isAbsolute, basename } from 'node:path';
import { StudioError } from '../../contract/errors.ts';

export interface GrantedPaths {
  /** Lets the window name these files, and these folders with all that is in them. */
  grant(paths: readonly string[]): void;
  /** Throws NOT_GRANTED unless `path`, or a folder it lies in, was granted. */
  require(path: string): void;
}

/** `trust`: every absolute path is granted; the command line's user typed it. */
export function createGrantedPaths({ trust }: { trust: boolean }): GrantedPaths {
  const granted = new Set<string>();
  return {
    grant(paths) {
      for (const path of paths) granted.add(truePath(path));
    },
    require(path) {
      if (!isAbsolute(path) || path.includes('\0')) throw new StudioError('INVALID_INPUT', `${JSON.stringify(path)} is not an absolute path.`, { advice: 'Name the file with its full path.', data: { path } });
      if (trust) return;
      const wanted = truePath(path);
      for (const known of granted) if (wanted === known || isInside(known, wanted)) return;
      throw new StudioError('NOT_GRANTED', `${path} was not chosen in a dialog.`, { advice: 'Choose the file or folder with the dialog, or drop it on the window.', data: { path } });
    },
  };
}

/** Whether `path` lies below `folder`; both absolute and without links. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** The path without links; the parts that do not exist yet are taken as they are. */
export function truePath(path: string): string {
  const full = resolve(path);
  try {
    return realpathSync(full);
  } catch {
    const parent = dirname(full);
    return parent === full ? full : join(truePath(parent), basename(full));
  }
}
