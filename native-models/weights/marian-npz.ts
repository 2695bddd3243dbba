/**
 * Reads Marian's `.npz` models: a zip of NumPy arrays, one a tensor (NumPy's "npy format", versions 1.0 to 3.0), the
 * configuration as text under `special:model.yml`.
 */
import { crc32 } from 'node:zlib';
import { type Entry, type ZipFile, fromBufferPromise } from 'yauzl';
import { EngineError } from '../engine/engine-error.ts';
import type { StoredTensor } from './float-tensors.ts';
import { float32View } from './float-tensors.ts';

export interface MarianNpz {
  readonly tensors: Map<string, StoredTensor>;
  /** The text of `special:model.yml`. */
  readonly config: string;
}

const CONFIG = 'special:model.yml';
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** `file` names the model in errors: MODEL_BROKEN, MODEL_UNSUPPORTED for arrays that are not float32. */
export async function readMarianNpz(data: Uint8Array, file: string): Promise<MarianNpz> {
  const tensors = new Map<string, StoredTensor>();
  let config: string | null = null;
  for (const [name, bytes] of await unzip(data, file)) {
    const array = readArray(bytes, name, file);
    if (name === CONFIG) {
      config = new TextDecoder().decode(array.bytes).replace(/\0+$/, '');
      continue;
    }
    if (array.type !== '<f4') {
      throw new EngineError(
        'MODEL_UNSUPPORTED',
        `${file}: tensor "${name}" has NumPy's type "${array.type}"; "<f4" (float32) can be read.`,
        'Get the float32 file of this model.',
      );
    }
    tensors.set(name, { dims: array.dims, values: () => float32View(array.bytes) });
  }
  if (config === null) throw broken(file, `it does not say what it is: "${CONFIG}" is missing`);
  return { tensors, config };
}

async function unzip(data: Uint8Array, file: string): Promise<Map<string, Uint8Array>> {
  const entries = new Map<string, Uint8Array>();
  let zip: ZipFile | null = null;
  try {
    zip = await fromBufferPromise(Buffer.from(data.buffer, data.byteOffset, data.byteLength), { lazyEntries: true });
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName.replace(/\.npy$/, '');
      if (entries.has(name)) throw broken(file, `tensor "${name}" occurs twice`);
      entries.set(name, await inflate(zip, entry, file));
    }
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw broken(file, cause instanceof Error ? cause.message : String(cause), cause);
  } finally {
    zip?.close();
  }
  return entries;
}

async function inflate(zip: ZipFile, entry: Entry, file: string): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let checksum = 0;
  // yauzl ends the stream with an error as soon as it is longer than the directory says.
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    if (!Buffer.isBuffer(chunk)) continue;
    checksum = crc32(chunk, checksum);
    chunks.push(chunk);
  }
  if (checksum !== entry.crc32) throw broken(file, `the checksum of "${entry.fileName}" differs`);
  return Buffer.concat(chunks);
}

interface NumpyArray {
  readonly type: string;
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
}

function readArray(bytes: Uint8Array, name: string, file: string): NumpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 12 || MAGIC.some((byte, index) => bytes[index] !== byte)) throw broken(file, `"${name}" is no NumPy array`);
  const wide = (bytes[6] ?? 0) >= 2;
  const start = wide ? 12 : 10;
  const headerBytes = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  if (headerBytes > bytes.byteLength - start) throw broken(file, `the header of "${name}" is cut off`);
  const header = new TextDecoder().decode(bytes.subarray(start, start + headerBytes));
  const type = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (type === undefined || shape === undefined) throw broken(file, `the header of "${name}" is not one of a plain array`);
  if (!/'fortran_order':\s*False/.test(header)) throw broken(file, `"${name}" is stored column by column`);
  const dims = (shape.match(/\d+/g) ?? []).map(Number);
  const values = bytes.subarray(start + headerBytes);
  const size = Number(/\d+$/.exec(type)?.[0] ?? NaN);
  if (dims.reduce((product, dim) => product * dim, size) !== values.byteLength)
    throw broken(file, `"${name}" of type ${type} and shape [${dims.join(', ')}] has ${values.byteLength} bytes`);
  return { type, dims, bytes: values };
}

function broken(file: string, what: string, cause?: unknown): EngineError {
  return new EngineError('MODEL_BROKEN', `${file} is not a whole Marian model: ${what}.`, 'Download or import the model again.', { cause });
}
