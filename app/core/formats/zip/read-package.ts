/** Reads a zip package (OPC, ODF, EPUB) from memory, and refuses what is broken, locked or hostile before anyone works on it. */
import { crc32 } from 'node:zlib';
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';
import { StudioError } from '../../../contract/errors.ts';
import { PACKAGE_LIMITS, type PackageLimits } from './package-limits.ts';

export interface PackageEntry {
  /** With `/`, as in the archive. */
  readonly name: string;
  readonly directory: boolean;
  /** Not compressed in the archive. */
  readonly stored: boolean;
  /** MS-DOS time of the entry, two-second steps, in this machine's zone: written back it gives the same bits. */
  readonly mtime: Date;
  /** Unix mode when the archive has one. */
  readonly mode: number | null;
  /** null when the reader was not asked to keep it. */
  readonly bytes: Uint8Array | null;
}

export interface Package {
  /** In the order of the central directory. */
  readonly entries: readonly PackageEntry[];
}

export interface ReadPackageOptions {
  /** What the file is to people, for messages: `Word document`. */
  readonly what: string;
  /** Which entries to keep in memory; the others are inflated and checked, then forgotten. All when absent. */
  readonly keep?: (name: string) => boolean;
  readonly limits?: PackageLimits;
  readonly signal?: AbortSignal | undefined;
}

const FRESH_COPY = 'Open the file in the program that made it and save it again, or ask for a fresh copy.';
const REFUSED = 'The file is refused for safety; ask for a fresh copy from someone you trust.';

/**
 * Every entry is inflated once and checked: declared size, CRC-32, limits.
 * @throws StudioError FORMAT_BROKEN (not a zip, cut off, damaged, entries that lie about their size, two entries of one name,
 *   names that lead out of the package), FORMAT_ENCRYPTED (password), FORMAT_LIMIT (a zip bomb).
 */
export async function readPackage(bytes: Uint8Array, options: ReadPackageOptions): Promise<Package> {
  const limits = options.limits ?? PACKAGE_LIMITS;
  refuseCompoundFile(bytes, options.what);
  const zip = await open(bytes, options.what);
  try {
    if (zip.entryCount > limits.entries) throw tooMuch(`holds ${zip.entryCount} parts, more than ${limits.entries}`, options.what);
    const entries: PackageEntry[] = [];
    const names = new Set<string>();
    let total = 0;
    for await (const entry of directoryOf(zip, options.what)) {
      options.signal?.throwIfAborted();
      if (names.has(entry.fileName)) throw broken(options.what, `two parts are named ${entry.fileName}`);
      names.add(entry.fileName);
      if (entry.isEncrypted()) throw encrypted(options.what);
      const directory = entry.fileName.endsWith('/');
      const keep = !directory && (options.keep?.(entry.fileName) ?? true);
      const content = directory ? null : await inflate(zip, entry, keep, total, limits, options);
      total += content?.length ?? 0;
      entries.push({
        name: entry.fileName, directory, stored: entry.compressionMethod === 0, mtime: entry.getLastModDate({ forceDosFormat: true }),
        mode: entry.versionMadeBy >> 8 === UNIX ? entry.externalFileAttributes >>> 16 : null, bytes: content?.bytes ?? null,
      });
    }
    return { entries };
  } finally {
    zip.close();
  }
}

/** APPNOTE.TXT 4.4.2: upper byte of `version made by`. */
const UNIX = 3;

async function open(bytes: Uint8Array, what: string): Promise<ZipFile> {
  try {
    return await fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), { lazyEntries: true });
  } catch (cause) {
    throw broken(what, bytes.length === 0 ? 'it is empty' : 'it is not a whole zip package', cause);
  }
}

async function* directoryOf(zip: ZipFile, what: string): AsyncGenerator<Entry> {
  try {
    yield* zip.eachEntry();
  } catch (cause) {
    if (cause instanceof StudioError) throw cause;
    throw broken(what, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

async function inflate(zip: ZipFile, entry: Entry, keep: boolean, before: number, limits: PackageLimits, options: ReadPackageOptions): Promise<{ bytes: Uint8Array | null; length: number }> {
  const { what } = options;
  const chunks: Buffer[] = [];
  let length = 0, checksum = 0;
  try {
    const stream = await zip.openReadStreamPromise(entry);
    for await (const chunk of stream) {
      if (!Buffer.isBuffer(chunk)) continue;
      length += chunk.length;
      if (length > limits.entryBytes) throw tooMuch(`unpacks ${entry.fileName} to more than ${limits.entryBytes} bytes`, what);
      if (before + length > limits.totalBytes) throw tooMuch(`unpacks to more than ${limits.totalBytes} bytes`, what);
      if (length > limits.ratioFrom && length > limits.ratio * entry.compressedSize) throw tooMuch(`packs ${entry.fileName} more than ${limits.ratio}:1`, what);
      options.signal?.throwIfAborted();
      checksum = crc32(chunk, checksum);
      if (keep) chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof StudioError || (cause instanceof Error && cause.name === 'AbortError')) throw cause;
    throw broken(what, `its part ${entry.fileName} is damaged (${cause instanceof Error ? cause.message : String(cause)})`, cause);
  }
  if (checksum !== entry.crc32) throw broken(what, `its part ${entry.fileName} is damaged (its checksum differs)`);
  return { bytes: keep ? Buffer.concat(chunks, length) : null, length };
}

/** [MS-CFB] header signature; Office wraps a password-protected package in such a file ([MS-OFFCRYPTO] 2.3). */
const COMPOUND_FILE = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

export const isCompoundFile = (bytes: Uint8Array): boolean => COMPOUND_FILE.every((byte, i) => bytes[i] === byte);

function refuseCompoundFile(bytes: Uint8Array, what: string): void {
  if (!isCompoundFile(bytes)) return;
  const stream = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (stream.includes(Buffer.from('EncryptedPackage', 'utf16le'))) throw encrypted(what);
  throw new StudioError('FORMAT_BROKEN', `This ${what} is in the binary format of Office 97-2003, not a zip package.`, { advice: 'Open it in its program and save it in the current format (.docx, .xlsx, .pptx), then add that file.' });
}

const encrypted = (what: string): StudioError =>
  new StudioError('FORMAT_ENCRYPTED', `This ${what} is protected with a password.`, { advice: 'Open it in its program, save it without a password, and add it again.' });
const broken = (what: string, why: string, cause?: unknown): StudioError =>
  new StudioError('FORMAT_BROKEN', `This ${what} can't be read: ${why}.`, { advice: FRESH_COPY, ...(cause === undefined ? {} : { cause }) });
const tooMuch = (why: string, what: string): StudioError => new StudioError('FORMAT_LIMIT', `This ${what} ${why}.`, { advice: REFUSED });
