/** What models and unfinished downloads take on the disk. */
import { type Dirent, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** Bytes of all files below `folder`; 0 when it does not exist. Files that vanish meanwhile count for nothing. */
export function folderBytes(folder: string): number {
  let bytes = 0;
  for (const entry of entriesOf(folder)) {
    const inside = path.join(folder, entry.name);
    if (entry.isDirectory()) bytes += folderBytes(inside);
    else if (entry.isFile()) bytes += statSync(inside, { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

export interface UnfinishedDownload {
  readonly id: string;
  readonly folder: string;
  readonly bytes: number;
}

/** Downloads into `store` that were cut off and can go on. */
export const unfinishedDownloads = (store: string): UnfinishedDownload[] =>
  entriesOf(store).filter((entry) => entry.isDirectory() && entry.name.startsWith(DOWNLOADING)).map(({ name }) => ({ id: name.slice(DOWNLOADING.length), folder: path.join(store, name), bytes: folderBytes(path.join(store, name)) }));

/** Begins the names of folders that are no models yet. */
export const DOWNLOADING = '.downloading-';

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
