/** SQLite's failures as the studio's: a sentence, a code and what to do. */
import { StudioError, toStudioError } from '../../contract/errors.ts';

const ADVICE = {
  full: 'Free some space on that disk and try again; everything confirmed so far is kept.',
  place: 'Copy the file to a folder that you may write to, on a disk of this machine, and open it there.',
};

/** The error of a statement on the database at `path`; others are returned as `toStudioError` makes them. */
export function sqliteError(error: unknown, path: string): StudioError {
  if (error instanceof StudioError) return error;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const data = { path };
  if (code === 'SQLITE_FULL') return new StudioError('DISK_FULL', `No space left on the disk of ${path}.`, { advice: ADVICE.full, data, cause: error });
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return new StudioError('DB_LOCKED', `${path} is in use by another window or command.`, { advice: 'Close it there first, then try again.', data, cause: error });
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return new StudioError('DB_DAMAGED', `${path} is damaged or is not a Bitext file.`, { advice: 'Keep the file, and open a copy of it from your last backup.', data, cause: error });
  if (code.startsWith('SQLITE_READONLY') || code === 'SQLITE_PERM' || code === 'SQLITE_AUTH')
    return new StudioError('NO_PERMISSION', `${path} can't be written to.`, { advice: ADVICE.place, data, cause: error });
  if (code.startsWith('SQLITE_CANTOPEN'))
    return new StudioError('NO_PERMISSION', `${path} can't be opened.`, { advice: 'Check that the folder exists and that you may read and write there.', data, cause: error });
  if (code.startsWith('SQLITE_IOERR'))
    return new StudioError('DISK_FULL', `The disk of ${path} failed to read or write (${code}).`, { advice: `Check the disk and its free space. ${ADVICE.place}`, data, cause: error });
  return toStudioError(error);
}
