/** Fetches a published model into the studio's own store. The only part of the studio that uses the network. */
import { mkdirSync } from 'node:fs';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelDescription } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import { PATIENCE, type Patience } from './catalogue-request.ts';
import { DOWNLOADING } from './disk-use.ts';
import { downloadFile } from './download-file.ts';
import { languageName } from './languages.ts';
import { MANIFEST_NAME } from './manifest.ts';
import type { PublishedModel } from './published-models.ts';
import { takeLock } from './process-lock.ts';
import { verifyModel } from './verify-model.ts';

export interface DownloadProgress {
  readonly file: string;
  /** Bytes of the transfer of all files, those of earlier calls included. */
  readonly done: number;
  readonly total: number;
  /** Of this call. */
  readonly bytesPerSecond: number;
  readonly secondsLeft: number | null;
}

export interface FetchOptions {
  /** Reads the model's folder; throws EngineError where it can't be used. Reading models takes an engine, fetching them does not. */
  readonly describe: (folder: string) => Promise<ModelDescription>;
  readonly signal?: AbortSignal;
  readonly report?: (progress: DownloadProgress) => void;
  readonly patience?: Patience;
  readonly stallSeconds?: number;
}

/**
 * Puts the model below `store`, under its id, with a manifest of licence, source and hashes. It gets its name when every
 * file is proved and the engine can read it; until then it lies in a hidden folder, where a later call goes on. A model that
 * is there and whole is not fetched again, a damaged one is replaced.
 * Throws EngineError MODEL_MISSING, MODEL_BROKEN, MODEL_UNSUPPORTED, INVALID_INPUT while another process fetches the same
 * model, the signal's reason, or a file system error.
 */
export async function fetchModel(model: PublishedModel, store: string, { describe, signal, report, patience = PATIENCE, stallSeconds = 30 }: FetchOptions): Promise<ModelDescription> {
  const target = path.join(store, model.id), partial = path.join(store, `${DOWNLOADING}${model.id}`);
  if (await isWhole(target)) return describe(target);
  mkdirSync(partial, { recursive: true });
  const release = await lock(`${partial}.lock`, model.id);
  try {
    const files: Record<string, string> = {};
    const meter = new Meter(model.downloadBytes, report);
    for (const file of model.files) {
      files[file.name] = await downloadFile(file, path.join(partial, file.name), { signal, patience, stallSeconds, onBytes: (bytes) => meter.tell(file.name, bytes) });
      meter.finish(file.bytes);
    }
    const { id, from, to, version, licence, source } = model;
    const name = `${languageName(from)} to ${languageName(to)}${model.size === null ? '' : `, ${model.size}`} (Firefox Translations)`;
    await writeFile(path.join(partial, MANIFEST_NAME), `${JSON.stringify({ id, name, from, to, version, architecture: 'marian-student', licence, source, files }, null, 2)}\n`, { flush: true });
    await prove(partial, describe);
    signal?.throwIfAborted();
    await rm(target, { recursive: true, force: true });
    await rename(partial, target);
    await syncFolder(store);
  } finally {
    await release();
  }
  return describe(target);
}

/**
 * Forgets what an unfinished download has brought. Throws EngineError INVALID_INPUT while a process is at it, and for what is
 * no name of a model.
 */
export async function discardDownload(id: string, store: string): Promise<void> {
  if (!/^[\w.-]+$/.test(id)) throw new EngineError('INVALID_INPUT', `${id} is not the name of a model.`, 'Choose one of the unfinished downloads.');
  const partial = path.join(store, `${DOWNLOADING}${id}`);
  const release = await lock(`${partial}.lock`, id);
  try {
    await rm(partial, { recursive: true, force: true });
  } finally {
    await release();
  }
}

async function isWhole(folder: string): Promise<boolean> {
  try {
    await verifyModel(folder);
    return true;
  } catch (error) {
    if (error instanceof EngineError) return false;
    throw error;
  }
}

/** What the engine can't read would not get better by going on with it. */
async function prove(folder: string, describe: FetchOptions['describe']): Promise<void> {
  try {
    await describe(folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Bytes and their rate over all files of a model. */
class Meter {
  private readonly total: number;
  private readonly report: ((progress: DownloadProgress) => void) | undefined;
  private finished = 0;
  private file = '';
  private bytes = 0;
  /** Received in this call, and since when. */
  private received = 0;
  private readonly since = performance.now();

  constructor(total: number, report: ((progress: DownloadProgress) => void) | undefined) {
    this.total = total;
    this.report = report;
  }

  /** The first count of a file is what earlier calls left; a smaller count than before is a new start. */
  tell(file: string, bytes: number): void {
    if (file === this.file && bytes > this.bytes) this.received += bytes - this.bytes;
    this.file = file;
    this.bytes = bytes;
    const done = this.finished + bytes, seconds = (performance.now() - this.since) / 1000;
    const bytesPerSecond = seconds > 0 ? this.received / seconds : 0;
    this.report?.({ file, done, total: this.total, bytesPerSecond, secondsLeft: bytesPerSecond > 0 ? (this.total - done) / bytesPerSecond : null });
  }

  finish(bytes: number): void {
    this.finished += bytes;
  }
}

/** One process at a time fetches a model. Returns what releases it. */
async function lock(file: string, id: string): Promise<() => Promise<void>> {
  const taken = await takeLock(file);
  if ('release' in taken) return taken.release;
  throw new EngineError('INVALID_INPUT', `${id} is being downloaded already.`, `Wait until that is done. If nothing is, delete ${file}.`);
}

/** So that the new name outlives a power loss. Windows opens no folders. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
