/**
 * Writes Marian's `.npz` models (see marian-npz.ts, which reads them): a zip without compression, as Marian itself writes
 * it, of one NumPy array (format version 1.0) for each tensor and one for the configuration.
 */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { CONFIG_TENSOR } from './marian-config.ts';
import type { FloatTensor } from './write-safetensors.ts';

/** The header with what stands before it is a multiple of it (NumPy's "npy format"). */
const ALIGNMENT = 64;
const BEFORE_HEADER = 10;

/** `config` is the text of `special:model.yml`. Rejects with the file system's error. */
export async function writeMarianNpz(file: string, tensors: ReadonlyMap<string, FloatTensor>, config: string): Promise<void> {
  const zip = new ZipFile();
  const add = (name: string, array: Uint8Array): void => { zip.addBuffer(Buffer.from(array.buffer, array.byteOffset, array.byteLength), `${name}.npy`, { compress: false }); };
  for (const [name, { dims, data }] of tensors) add(name, npyArray('<f4', dims, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)));
  const text = Buffer.from(`${config}\0`);
  add(CONFIG_TENSOR, npyArray('|i1', [text.length], text));
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
}

function npyArray(type: string, dims: readonly number[], data: Uint8Array): Uint8Array {
  // As Python writes a tuple: one of one element has a comma.
  const shape = `(${dims.join(', ')}${dims.length === 1 ? ',' : ''})`;
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': ${shape}, }`;
  const length = Math.ceil((BEFORE_HEADER + text.length + 1) / ALIGNMENT) * ALIGNMENT - BEFORE_HEADER;
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, length & 255, length >> 8]);
  return new Uint8Array(Buffer.concat([start, Buffer.from(`${text.padEnd(length - 1)}\n`, 'latin1'), data]));
}
