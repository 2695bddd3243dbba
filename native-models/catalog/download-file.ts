/** One file of a published model: fetched in as many pieces as the connection takes, proved, and unpacked. */
import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EngineError } from '../engine/engine-error.ts';
import { flushFile } from '../runtime/whole-file.ts';
import { PassingFailure, type Patience, request, withPatience } from './catalogue-request.ts';
import type { PublishedFile } from './published-models.ts';
import { hashFile } from './verify-model.ts';
import { createZstdReader } from './zstd-reader.ts';

export interface FileDownload {
  readonly signal: AbortSignal | undefined;
  readonly patience: Patience;
  readonly stallSeconds: number;
  /** Told how many bytes of the transfer are there: at first, after every piece, and again from zero when it starts over. */
  readonly onBytes: (bytes: number) => void;
}

/** More than any model that is published, where its record does not say. */
const MOST_INSTALLED_BYTES = 1 << 30;

/**
 * Puts `file` at `target` and returns its sha256. What has come is in `target.part`, where a further call goes on.
 * Throws EngineError MODEL_BROKEN when the server's bytes are not those of the record, MODEL_MISSING when it does not give
 * them, the signal's reason, or a file system error.
 */
export async function downloadFile(file: PublishedFile, target: string, options: FileDownload): Promise<string> {
  const known = await installed(file, target);
  if (known !== null) {
    options.onBytes(file.bytes);
    return known;
  }
  const part = `${target}.part`;
  await fetchProved(file, part, options);
  if (file.compression === 'none') {
    await flushFile(part);
    await rename(part, target);
    return file.sha256;
  }
  const unpacked = `${target}.unpacking`;
  try {
    await unpack(file, part, unpacked, options.signal);
    const sha256 = await hashFile(unpacked);
    if (file.installedSha256 !== null && sha256 !== file.installedSha256)
      throw new EngineError('MODEL_BROKEN', `What is inside ${file.address} has the sha256 ${sha256}, the catalogue says ${file.installedSha256}.`, 'The catalogue is at fault: try another version of the model, or later.');
    await flushFile(unpacked);
    await rename(unpacked, target);
    await rm(part, { force: true });
    return sha256;
  } finally {
    await rm(unpacked, { force: true });
  }
}

/** The hash of a file that an earlier call finished; null when there is none that can be trusted. */
async function installed({ installedSha256 }: PublishedFile, target: string): Promise<string | null> {
  if ((await sizeOf(target)) === null) return null;
  const sha256 = await hashFile(target);
  return sha256 === installedSha256 ? sha256 : null;
}

async function fetchProved(file: PublishedFile, part: string, options: FileDownload): Promise<void> {
  for (let proofs = 1; ; proofs++) {
    let before = 0;
    const progressed = (): boolean => {
      const grown = reached > before;
      before = reached;
      return grown;
    };
    let reached = 0;
    await withPatience(async () => { await fetchRest(file, part, options, (bytes) => { reached = Math.max(reached, bytes); }); }, { patience: options.patience, signal: options.signal, progressed });
    const sha256 = await hashFile(part);
    if (sha256 === file.sha256) return;
    await rm(part, { force: true });
    // Pieces of two different files may have met in one: once more from the start tells.
    if (proofs === 2) throw new EngineError('MODEL_BROKEN', `${file.address} has the sha256 ${sha256}, the catalogue says ${file.sha256}.`, 'What came is not what was published: try again later, or from another network.');
  }
}

/** Fetches what is lacking of `part`. Throws PassingFailure when the connection ends before the file does. */
async function fetchRest(file: PublishedFile, part: string, { signal, stallSeconds, onBytes }: FileDownload, reached: (bytes: number) => void): Promise<void> {
  let have = (await sizeOf(part)) ?? 0;
  if (have > file.bytes) {
    await rm(part);
    have = 0;
  }
  onBytes(have);
  reached(have);
  if (have === file.bytes && (await sizeOf(part)) !== null) return;
  const answer = await request(new URL(file.address), { signal, stallSeconds, headers: have > 0 ? { range: `bytes=${have}-` } : {} });
  if (answer.status === 416) {
    await answer.discard();
    await rm(part, { force: true });
    throw new PassingFailure(`${file.address} can't be continued at byte ${have.toLocaleString('en')}.`);
  }
  // A server that ignores the range, or takes another one, begins anew.
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(answer.headers.get('content-range') ?? '');
  const goesOn = answer.status === 206 && have > 0 && Number(range?.[1]) === have;
  if (answer.status === 206 && !goesOn) {
    await answer.discard();
    await rm(part, { force: true });
    throw new PassingFailure(`${file.address} gives another piece than was asked for.`);
  }
  const whole = goesOn ? range?.[2] : (answer.headers.get('content-length') ?? undefined);
  if (whole !== undefined && whole !== '*' && Number(whole) !== file.bytes) {
    await answer.discard();
    throw wrongSize(file, Number(whole));
  }
  // What is there already is written over, not cut off: it may be more than this connection will bring.
  const handle = await open(part, have > 0 ? 'r+' : 'w');
  if (!goesOn) have = 0;
  try {
    for await (const chunk of answer.chunks) {
      if (have + chunk.length > file.bytes) {
        await handle.truncate(0);
        throw wrongSize(file, have + chunk.length);
      }
      await writeAt(handle, chunk, have);
      have += chunk.length;
      onBytes(have);
      reached(have);
    }
  } finally {
    await handle.close();
    await answer.discard();
  }
  if (have < file.bytes) throw new PassingFailure(`The connection to ${new URL(file.address).host} ended after ${have.toLocaleString('en')} of ${file.bytes.toLocaleString('en')} bytes.`);
}

async function writeAt(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) written += (await handle.write(bytes, written, bytes.length - written, position + written)).bytesWritten;
}

const wrongSize = ({ address, bytes }: PublishedFile, found: number): EngineError =>
  new EngineError('MODEL_BROKEN', `${address} has ${found.toLocaleString('en')} bytes or more, the catalogue says ${bytes.toLocaleString('en')}.`, 'What the server gives is not what was published: try again later, or from another network.');

async function unpack(file: PublishedFile, packed: string, target: string, signal: AbortSignal | undefined): Promise<void> {
  const limit = file.installedBytes ?? MOST_INSTALLED_BYTES;
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      bytes += chunk.length;
      if (bytes > limit) done(new EngineError('MODEL_BROKEN', `${file.address} unpacks to more than the ${limit.toLocaleString('en')} bytes that it should hold.`, 'The catalogue is at fault: try another version of the model, or later.'));
      else done(null, chunk);
    },
  });
  try {
    await pipeline(createReadStream(packed), createZstdReader(), counted, createWriteStream(target), ...(signal === undefined ? [] : [{ signal }]));
  } catch (cause) {
    signal?.throwIfAborted();
    if (!(cause instanceof Error && 'code' in cause && typeof cause.code === 'string' && /^Z(STD)?_/.test(cause.code))) throw cause;
    throw new EngineError('MODEL_BROKEN', `${file.address} is not compressed as the catalogue says: ${cause.message}.`, 'The catalogue is at fault: try another version of the model, or later.', { cause });
  }
}

async function sizeOf(file: string): Promise<number | null> {
  try {
    return (await stat(file)).size;
  } catch {
    return null;
  }
}
