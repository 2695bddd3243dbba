/** Taking a model out of a zip: unpacked beside the store with limits, then imported as a folder is. */
import { createWriteStream, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import type { ModelDescription } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import { importModel, type ImportOptions } from './import-model.ts';
import { beginImport } from './unfinished-imports.ts';

/** Far above any model folder that is published as one archive. */
const MOST_FILES = 2000;
const MOST_BYTES = 64 * 2 ** 30;

/** In files. */
export interface ZipProgress { readonly done: number; readonly total: number; readonly file: string }
export interface ZipOptions {
  readonly signal?: AbortSignal;
  readonly report?: (progress: ZipProgress) => void;
  /** What is done with the folder once it is there. */
  readonly importing?: Omit<ImportOptions, 'signal'>;
}

/** Imports a model's folder, or the model in a zip. Throws as `importModel` and `importZip` do. */
export function importAny(file: string, store: string, options: ZipOptions = {}): Promise<ModelDescription> {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true ? importZip(file, store, options) : importModel(file, store, importOptions(options));
}

/**
 * Imports the model in `file`, whose files lie at the top or in one folder. Throws EngineError MODEL_BROKEN for what is no
 * whole zip, is locked, or names files outside itself; as `importModel` does; the signal's reason.
 */
export async function importZip(file: string, store: string, options: ZipOptions = {}): Promise<ModelDescription> {
  const temporary = beginImport(store);
  try {
    // A model without a manifest is called after its folder: after the archive, where that has none.
    const folder = path.join(temporary, path.basename(file).replace(/\.zip$/i, ''));
    mkdirSync(folder);
    await unpack(file, folder, options);
    return await importModel(modelFolderIn(folder), store, importOptions(options));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

const importOptions = ({ signal, importing }: ZipOptions): ImportOptions => ({ ...importing, ...(signal === undefined ? {} : { signal }) });

async function unpack(file: string, folder: string, { signal, report }: ZipOptions): Promise<void> {
  const zip = await openPromise(file, { lazyEntries: true, autoClose: false }).catch((cause: unknown) => { throw broken(file, 'it is not a whole zip archive', cause); });
  try {
    const entries = await entriesOf(zip, file);
    const total = entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
    if (total > MOST_BYTES) throw broken(file, `it would unpack to ${total.toLocaleString('en')} bytes`);
    for (const [done, entry] of entries.entries()) {
      signal?.throwIfAborted();
      report?.({ done, total: entries.length, file: entry.fileName });
      await writeEntry(zip, entry, file, path.join(folder, entry.fileName), signal);
    }
  } finally {
    zip.close();
  }
}

/** The files of the archive; folders, and what macOS adds for itself, are left out. */
async function entriesOf(zip: ZipFile, file: string): Promise<Entry[]> {
  if (zip.entryCount > MOST_FILES) throw broken(file, `it holds ${zip.entryCount.toLocaleString('en')} files`);
  const entries: Entry[] = [];
  try {
    // Names that are absolute, have .. or a backslash in them are refused by the library.
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/') || entry.fileName.startsWith('__MACOSX/')) continue;
      entries.push(entry);
    }
  } catch (cause) {
    throw broken(file, cause instanceof Error ? cause.message : 'its list of files can\'t be read', cause);
  }
  const locked = entries.find((entry) => entry.isEncrypted());
  if (locked !== undefined) throw broken(file, 'it is protected by a password');
  const names = new Set(entries.map(({ fileName }) => fileName.toLowerCase()));
  if (names.size < entries.length) throw broken(file, 'two of its files have one name');
  return entries;
}

async function writeEntry(zip: ZipFile, entry: Entry, file: string, target: string, signal: AbortSignal | undefined): Promise<void> {
  let sum = 0;
  const summed = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      sum = crc32(chunk, sum);
      done(null, chunk);
    },
  });
  mkdirSync(path.dirname(target), { recursive: true });
  try {
    // More bytes than the entry says are refused by the library.
    await pipeline(await zip.openReadStreamPromise(entry), summed, createWriteStream(target), ...(signal === undefined ? [] : [{ signal }]));
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof Error && 'syscall' in cause) throw cause;
    throw broken(file, `${entry.fileName} in it is damaged`, cause);
  }
  if (sum !== entry.crc32) throw broken(file, `${entry.fileName} in it is damaged`);
}

/** The folder itself, or the only folder in it, as far down as there is nothing else. */
function modelFolderIn(folder: string): string {
  const entries = readdirSync(folder, { withFileTypes: true });
  const [only] = entries;
  return entries.length === 1 && only?.isDirectory() === true ? modelFolderIn(path.join(folder, only.name)) : folder;
}

const broken = (file: string, reason: string, cause?: unknown): EngineError =>
  new EngineError('MODEL_BROKEN', `${path.basename(file)} can't be imported: ${reason}.`, 'Download it again, or unpack it yourself and import the folder.', { cause });
