/** Reading files that somebody has named. */
import { readFile } from 'node:fs/promises';
import { toStudioError } from '../../contract/errors.ts';

/** A file's bytes. Throws FILE_MISSING, NO_PERMISSION ... with the name, also where Node's error has none (a folder). */
export async function readNamed(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw toStudioError(error instanceof Error && !('path' in error) ? Object.assign(error, { path }) : error);
  }
}
