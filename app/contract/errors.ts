/** Every failure that crosses a boundary has one of these codes; nothing ever parses a message. */
export const ERROR_CODES = [
  'INVALID_INPUT', 'UNKNOWN_CALL', 'NOT_FOUND', 'NOT_GRANTED', 'CONFLICT', 'LOCKED', 'CANCELLED',
  'DISK_FULL', 'NO_PERMISSION', 'FILE_MISSING', 'FILE_BUSY', 'FILE_TOO_LARGE',
  'FORMAT_UNKNOWN', 'FORMAT_BROKEN', 'FORMAT_ENCRYPTED', 'FORMAT_LIMIT', 'ENCODING_UNSUPPORTED', 'TAGS_BROKEN',
  'MODEL_MISSING', 'MODEL_BROKEN', 'MODEL_UNSUPPORTED', 'PAIR_WITHOUT_MODEL', 'DEVICE_UNAVAILABLE',
  'ENGINE_EXITED', 'DB_FROM_FUTURE', 'DB_DAMAGED', 'DB_LOCKED', 'DELIVERY_FAILED', 'INTERNAL',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** Facts for the sentence that the window or the terminal shows: paths, key names, counts. */
export type ErrorData = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/**
 * An error with a code, a sentence for people and what to do next.
 * `message` says what happened; `advice` says what the user can do about it, in one sentence.
 */
export class StudioError extends Error {
  override readonly name = 'StudioError';
  readonly code: ErrorCode;
  readonly advice: string;
  readonly data: ErrorData;

  constructor(code: ErrorCode, message: string, options: { advice?: string; data?: ErrorData; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.advice = options.advice ?? '';
    this.data = options.data ?? {};
  }
}

/** The form in which an error crosses a port. */
export interface ErrorEnvelope { readonly code: ErrorCode; readonly message: string; readonly advice: string; readonly data: ErrorData }

const isCode = (code: unknown): code is ErrorCode => ERROR_CODES.some((known) => known === code);

/** Any thrown value as an envelope: an abort becomes CANCELLED, a file system error its own code, the rest INTERNAL. */
export function toEnvelope(error: unknown): ErrorEnvelope {
  const known = toStudioError(error);
  return { code: known.code, message: known.message, advice: known.advice, data: known.data };
}

/** The error of an envelope that came over a port. */
export function fromEnvelope(envelope: ErrorEnvelope): StudioError {
  return new StudioError(isCode(envelope.code) ? envelope.code : 'INTERNAL', envelope.message, { advice: envelope.advice, data: envelope.data });
}

const FILE_SYSTEM: Readonly<Record<string, { code: ErrorCode; message: (path: string) => string; advice: string }>> = {
  ENOSPC: { code: 'DISK_FULL', message: (p) => `No space left on the disk while writing ${p}.`, advice: 'Free some space on that disk and run the same command again: what is done is kept.' },
  EDQUOT: { code: 'DISK_FULL', message: (p) => `Your share of the disk is used up: ${p} could not be written.`, advice: 'Free some space there and run the same command again: what is done is kept.' },
  EFBIG: { code: 'DISK_FULL', message: (p) => `${p} would be larger than its disk allows.`, advice: 'Choose a folder on another disk.' },
  EIO: { code: 'DISK_FULL', message: (p) => `The disk failed to read or write ${p}.`, advice: 'Check the disk, and copy the file to another one.' },
  EACCES: { code: 'NO_PERMISSION', message: (p) => `No permission for ${p}.`, advice: 'Change its permissions, or choose a place that you may read and write.' },
  EPERM: { code: 'NO_PERMISSION', message: (p) => `Not permitted: ${p}.`, advice: 'Change its permissions, or choose a place that you may read and write.' },
  EROFS: { code: 'NO_PERMISSION', message: (p) => `${p} is on a read-only file system.`, advice: 'Choose a folder on a disk that can be written to.' },
  ENOENT: { code: 'FILE_MISSING', message: (p) => `${p} does not exist.`, advice: 'Check the path; the file may have been moved or renamed.' },
  EISDIR: { code: 'INVALID_INPUT', message: (p) => `${p} is a folder where a file is meant.`, advice: 'Name a file.' },
  ENAMETOOLONG: { code: 'INVALID_INPUT', message: (p) => `The name ${p} is too long for this disk.`, advice: 'Choose a shorter one.' },
  ELOOP: { code: 'INVALID_INPUT', message: (p) => `${p} is a link that leads back to itself.`, advice: 'Name the file itself.' },
  ENOTDIR: { code: 'INVALID_INPUT', message: (p) => `${p} lies in a file, not in a folder.`, advice: 'Check the path.' },
  EMFILE: { code: 'FILE_BUSY', message: (p) => `Too many files are open for ${p} to be opened.`, advice: 'Close other programs and try again.' },
  ENFILE: { code: 'FILE_BUSY', message: (p) => `Too many files are open on this machine for ${p} to be opened.`, advice: 'Close other programs and try again.' },
  EBUSY: { code: 'FILE_BUSY', message: (p) => `${p} is in use by another program.`, advice: 'Close the program that holds the file and try again.' },
};

/** Any thrown value as a StudioError; a StudioError is returned as it is. */
export function toStudioError(error: unknown): StudioError {
  if (error instanceof StudioError) return error;
  if (!(error instanceof Error)) return new StudioError('INTERNAL', String(error), { cause: error });
  if (error.name === 'AbortError') return new StudioError('CANCELLED', 'Cancelled.', { cause: error });
  const { code, path, advice } = error as Error & { code?: unknown; path?: unknown; advice?: unknown };
  // The engine's own errors (native-models imports nothing of this folder) carry codes of this list.
  if (error.name === 'EngineError' && isCode(code)) return new StudioError(code, error.message, { ...(typeof advice === 'string' ? { advice } : {}), cause: error });
  const known = typeof code === 'string' ? FILE_SYSTEM[code] : undefined;
  if (known) {
    const where = typeof path === 'string' ? path : 'the file';
    return new StudioError(known.code, known.message(where), { advice: known.advice, data: { path: where }, cause: error });
  }
  if (typeof code === 'string' && (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_WRITE'))
    return new StudioError('DISK_FULL', 'The disk is full: the project could not be saved.', { advice: 'Free some space on that disk and try again; everything confirmed so far is kept.', cause: error });
  if (typeof code === 'string' && (code === 'SQLITE_BUSY' || code === 'SQLITE_LOCKED'))
    return new StudioError('DB_LOCKED', 'The project is open in another window or command.', { advice: 'Close it there first, then try again.', cause: error });
  if (typeof code === 'string' && (code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB'))
    return new StudioError('DB_DAMAGED', 'The project file is damaged or is not a Bitext project.', { advice: 'Keep the file, and open a copy of it from your last backup.', cause: error });
  return new StudioError('INTERNAL', error.message, { cause: error });
}
