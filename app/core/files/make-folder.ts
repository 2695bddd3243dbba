/**
 * Making folders with an error that names the real cause. Node's own recursive `mkdir` answers ENOENT where a folder above
 * can't be made because the disk is read-only, and never comes back where the system refuses new folders by ENOENT (/proc).
 */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StudioError } from '../../contract/errors.ts';

/** Makes a folder and those above it, where there are none. Throws the file system's error of the first that can't be made, and NO_PERMISSION where the system itself makes all folders. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
    const above = dirname(path);
    if (code !== 'ENOENT' || above === path) throw error;
    if (statSync(above, { throwIfNoEntry: false }) !== undefined) throw new StudioError('NO_PERMISSION', `${path} can't be made: the system allows no folder there.`, { advice: 'Choose another folder.', data: { path } });
    makeFolder(above);
    makeFolder(path);
  }
}
