/** Where deliveries go: below one folder, never onto a source, never through a link to elsewhere. */
import { rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { StudioError, toStudioError } from '../../contract/errors.ts';
import { isInside, truePath } from './granted-paths.ts';
import { makeFolder } from './make-folder.ts';
import { removeStaleTemporaries, temporaryPath } from './temporary-names.ts';

export interface OutputFolder {
  readonly path: string;
  /**
   * The absolute path for a name with `/` below the folder; its folders are made. Throws INVALID_INPUT for a name that
   * leads outside or that is one of the sources, CONFLICT for one that this disk can't tell from another of this delivery.
   */
  place(name: string): Promise<string>;
}

/**
 * Makes the folder and writes a probe into it, so that a folder that can't be written to is known before any work.
 * Throws NO_PERMISSION, DISK_FULL ..., and INVALID_INPUT for a path that is a file.
 */
export async function openOutputFolder(path: string, sources: readonly string[]): Promise<OutputFolder> {
  try {
    makeFolder(path);
    await probe(truePath(path));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    throw code === 'EEXIST' || code === 'ENOTDIR' ? refused(`${path} is a file, or lies in one.`, 'Choose a folder.', path) : toStudioError(error instanceof Error && !('path' in error) ? Object.assign(error, { path }) : error);
  }
  const root = truePath(path);
  const protectedFiles = new Set<string>(sources.map(truePath)), protectedInodes = new Set<string>();
  for (const source of sources) {
    const inode = await inodeOf(source);
    if (inode !== null) protectedInodes.add(inode);
  }
  const prepared = new Set<string>(), placed = new Map<string, string>();
  return {
    path: root,
    async place(name) {
      const target = join(root, ...name.split('/'));
      if (name.includes('\0') || posix.isAbsolute(name) || posix.normalize(name) !== name || !isInside(root, target)) throw refused(`${JSON.stringify(name)} leads out of ${root}.`, 'Choose another output folder, or rename the document in its folder.', target);
      const folder = dirname(target);
      makeFolder(folder);
      const real = truePath(folder);
      if (real !== root && !isInside(root, real)) throw refused(`${folder} is a link that leads out of ${root}.`, 'Remove the link, or choose another output folder.', target);
      if (!prepared.has(real)) removeStaleTemporaries(real);
      prepared.add(real);
      const inode = await inodeOf(target);
      if (protectedFiles.has(target) || protectedFiles.has(truePath(target)) || (inode !== null && protectedInodes.has(inode)))
        throw refused(`${target} is a source document; a translation never overwrites one.`, 'Choose another output folder.', target);
      const folded = name.normalize('NFC').toLowerCase(), twin = placed.get(folded);
      if (twin !== undefined && twin !== name && inode !== null && inode === await inodeOf(join(root, ...twin.split('/'))))
        throw new StudioError('CONFLICT', `This disk can't tell ${name} from ${twin}.`, { advice: 'Rename one of the documents, or write to a disk that tells upper from lower case.', data: { path: target } });
      placed.set(folded, name);
      return target;
    },
  };
}

const refused = (message: string, advice: string, path: string): StudioError => new StudioError('INVALID_INPUT', message, { advice, data: { path } });

async function probe(folder: string): Promise<void> {
  const path = temporaryPath(folder);
  try {
    await writeFile(path, 'probe', { flag: 'wx' });
  } finally {
    await rm(path, { force: true });
  }
}

async function inodeOf(path: string): Promise<string | null> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}
