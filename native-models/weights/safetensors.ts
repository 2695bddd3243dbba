/**
 * Reads safetensors files (the format's own description, section "Format"): u64 length of the header, little-endian; the
 * header, JSON: tensor name -> dtype, shape, data_offsets; then the data, each tensor row-major and little-endian.
 * Every length and offset is checked before it is used.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { EngineError } from '../engine/engine-error.ts';
import type { StoredTensor } from './float-tensors.ts';
import { float32View } from './float-tensors.ts';

type FloatType = 'F32' | 'F16' | 'BF16' | 'F64';

const BYTES: Readonly<Record<FloatType, number>> = { F32: 4, F16: 2, BF16: 2, F64: 8 };
const LONGEST_HEADER = 100_000_000;
const HEADER_START = 8;
/** Most bytes of one read. */
const CHUNK_BYTES = 2 ** 28;

/**
 * The floating-point tensors of a file by name; tensors of whole numbers (position ids, masks that old exporters left in)
 * are skipped. `file` names it in errors: MODEL_BROKEN, MODEL_UNSUPPORTED for quantized weights.
 */
export function readSafetensors(data: Uint8Array, file: string): Map<string, StoredTensor> {
  return tensorsIn({ size: data.byteLength, read: (from, to) => data.subarray(from, to) }, file);
}

/** A file whose tensors are read one by one, each when its values are asked for. */
export interface OpenSafetensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Afterwards no values can be had. */
  close(): void;
}

/** As `readSafetensors`, without reading more than the header. Throws Node's own errors, too. */
export function openSafetensors(file: string): OpenSafetensors {
  const handle = openSync(file, 'r');
  try {
    const tensors = tensorsIn({ size: fstatSync(handle).size, read: (from, to) => bytesAt(handle, from, to) }, file);
    return { tensors, close: () => { closeSync(handle); } };
  } catch (error) {
    closeSync(handle);
    throw error;
  }
}

/** The bytes of a file, wherever they lie. */
interface FileBytes {
  readonly size: number;
  read(from: number, to: number): Uint8Array;
}

function bytesAt(handle: number, from: number, to: number): Uint8Array {
  const bytes = new Uint8Array(to - from);
  for (let at = 0; at < bytes.byteLength;) {
    const read = readSync(handle, bytes, at, Math.min(CHUNK_BYTES, bytes.byteLength - at), from + at);
    if (read === 0) throw new Error('the file has become shorter');
    at += read;
  }
  return bytes;
}

function tensorsIn({ size, read }: FileBytes, file: string): Map<string, StoredTensor> {
  if (size < HEADER_START) throw broken(file, `it has ${size} bytes`);
  const first = read(0, HEADER_START);
  const length = new DataView(first.buffer, first.byteOffset, first.byteLength).getBigUint64(0, true);
  if (length > BigInt(Math.min(LONGEST_HEADER, size - HEADER_START))) throw broken(file, `its header should take ${length} bytes`);
  const start = HEADER_START + Number(length);
  const header = readHeader(read(HEADER_START, start), file);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const { dtype, shape, offsets } = readEntry(name, entry, file);
    const [from, to] = offsets;
    if (to > size - start) throw broken(file, `tensor "${name}" ends ${to - (size - start)} bytes behind the end`);
    if (!isFloatType(dtype)) {
      if (/^(I|U)\d+$|^BOOL$/.test(dtype) && !/weight|bias/.test(name)) continue;
      throw new EngineError(
        'MODEL_UNSUPPORTED',
        `${file}: tensor "${name}" has the type ${dtype}; F32, F16, BF16 and F64 can be read.`,
        'Get the float weights of this model; the studio quantizes them itself.',
      );
    }
    const elements = shape.reduce((product, dim) => product * dim, 1);
    if (to - from !== elements * BYTES[dtype]) throw broken(file, `tensor "${name}" of shape [${shape.join(', ')}] has ${to - from} bytes`);
    tensors.set(name, { dims: shape, values: () => floats(read(start + from, start + to), dtype) });
  }
  return tensors;
}

/** What a file's header says without its data: how many numbers of which type it holds. Errors: as `readSafetensors`. */
export async function countSafetensors(file: string): Promise<ReadonlyMap<string, number>> {
  const handle = await open(file);
  try {
    const start = new Uint8Array(HEADER_START);
    await handle.read(start, 0, HEADER_START, 0);
    const length = new DataView(start.buffer).getBigUint64(0, true);
    if (length > BigInt(LONGEST_HEADER)) throw broken(file, `its header should take ${length} bytes`);
    const header = new Uint8Array(Number(length));
    await handle.read(header, 0, header.byteLength, HEADER_START);
    const counts = new Map<string, number>();
    for (const [name, entry] of Object.entries(readHeader(header, file))) {
      if (name === '__metadata__') continue;
      const { dtype, shape } = readEntry(name, entry, file);
      counts.set(dtype, (counts.get(dtype) ?? 0) + shape.reduce((product, dim) => product * dim, 1));
    }
    return counts;
  } finally {
    await handle.close();
  }
}

function readHeader(bytes: Uint8Array, file: string): Readonly<Record<string, unknown>> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw broken(file, 'its header is not JSON', cause);
  }
  if (!isObject(header)) throw broken(file, 'its header is not an object');
  return header;
}

function readEntry(name: string, entry: unknown, file: string): { dtype: string; shape: number[]; offsets: [number, number] } {
  if (!isObject(entry)) throw broken(file, `"${name}" does not describe a tensor`);
  const { dtype, shape, data_offsets: offsets } = entry;
  const wholes = (value: unknown): number[] | null =>
    Array.isArray(value) && value.every((item): item is number => Number.isSafeInteger(item) && Number(item) >= 0) ? value : null;
  const dims = wholes(shape);
  const [from, to, ...others] = wholes(offsets) ?? [];
  if (typeof dtype !== 'string' || dims === null || from === undefined || to === undefined || others.length > 0 || from > to)
    throw broken(file, `"${name}" does not describe a tensor`);
  return { dtype, shape: dims, offsets: [from, to] };
}

function floats(bytes: Uint8Array, type: FloatType): Float32Array {
  if (type === 'F32') return float32View(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(bytes.byteLength / BYTES[type]);
  if (type === 'F64') return values.map((_, index) => view.getFloat64(index * 8, true));
  if (type === 'F16') return values.map((_, index) => halfToFloat(view.getUint16(index * 2, true)));
  // bfloat16 is the upper half of a float32.
  const bits = new Uint32Array(values.buffer);
  for (let index = 0; index < bits.length; index++) bits[index] = view.getUint16(index * 2, true) << 16;
  return values;
}

/** IEEE 754 binary16. */
function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function isFloatType(dtype: string): dtype is FloatType {
  return Object.hasOwn(BYTES, dtype);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function broken(file: string, what: string, cause?: unknown): EngineError {
  return new EngineError('MODEL_BROKEN', `${file} is not a whole safetensors file: ${what}.`, 'Download or import the model again.', { cause });
}
