/**
 * Reads Marian's binary model format, version 1 (design/engine.md section 3; Marian's `src/common/binary.cpp`):
 * little-endian; u64 version, u64 n; n headers of four u64 (name length with NUL, type, dimensions, bytes); the n names;
 * the n shapes as i32; u64 p and p bytes of padding; then the n blobs, one after the other.
 */
import { EngineError } from '../engine/engine-error.ts';

/** `intgemm8`: int8 values, row-major, followed by one float32, the quantization multiplier. */
export type MarianTensorType = 'float32' | 'int8' | 'intgemm8';

export interface MarianTensor {
  readonly type: MarianTensorType;
  readonly shape: readonly number[];
  readonly elements: number;
  /** The blob, padding at its end included; a view into the file. */
  readonly bytes: Uint8Array;
}

const TYPES: ReadonlyMap<number, MarianTensorType> = new Map([
  [0x404, 'float32'],
  [0x101, 'int8'],
  [0x4101, 'intgemm8'],
]);
const MOST_TENSORS = 100_000;
const MOST_DIMENSIONS = 8;

/** Where the data of a tensor lies in its file. */
export interface MarianEntry extends Pick<MarianTensor, 'type' | 'shape' | 'elements'> {
  readonly name: string;
  readonly offset: number;
  /** Padding at its end included. */
  readonly length: number;
}

/** All tensors of a model file by name. `file` names it in errors: MODEL_BROKEN, MODEL_UNSUPPORTED. */
export function readMarianBinary(data: Uint8Array, file: string): ReadonlyMap<string, MarianTensor> {
  const entries = readMarianIndex(data, data.byteLength, file) ?? [];
  return new Map(entries.map(({ name, offset, length, ...tensor }) => [name, { ...tensor, bytes: data.subarray(offset, offset + length) }]));
}

/**
 * What the file of `fileBytes` bytes holds, from its first bytes; null when they are too few to tell. Errors: MODEL_BROKEN,
 * also when the file is shorter than its tensors, MODEL_UNSUPPORTED for tensors of other types.
 */
export function readMarianIndex(start: Uint8Array, fileBytes: number, file: string): readonly MarianEntry[] | null {
  try {
    return indexOf(new Cursor(start, fileBytes, file), file);
  } catch (error) {
    if (error instanceof BeyondStart) return null;
    throw error;
  }
}

function indexOf(cursor: Cursor, file: string): readonly MarianEntry[] {
  const version = cursor.u64('the version');
  if (version !== 1) throw broken(file, `it starts with version ${version}, Marian's binary models start with 1`);
  const count = cursor.u64('the number of tensors');
  if (count > MOST_TENSORS) throw broken(file, `it announces ${count} tensors`);
  const headers = Array.from({ length: count }, (_, index) => {
    const at = `the header of tensor ${index + 1}`;
    return { nameBytes: cursor.u64(at), type: cursor.u64(at), dimensions: cursor.u64(at), bytes: cursor.u64(at) };
  });
  const names = headers.map((header, index) => new TextDecoder().decode(cursor.bytes(header.nameBytes, `the name of tensor ${index + 1}`)).replace(/\0+$/, ''));
  const shapes = headers.map((header, index) => {
    if (header.dimensions > MOST_DIMENSIONS) throw broken(file, `tensor "${names[index]}" has ${header.dimensions} dimensions`);
    return Array.from({ length: header.dimensions }, () => cursor.i32(`the shape of "${names[index]}"`));
  });
  cursor.pass(cursor.u64('the padding'), 'the padding');

  const entries = new Map<string, MarianEntry>();
  for (const [index, header] of headers.entries()) {
    const name = names[index] ?? '';
    if (entries.has(name)) throw broken(file, `tensor "${name}" occurs twice`);
    const offset = cursor.pass(header.bytes, `the data of "${name}"`);
    entries.set(name, entry(name, header.type, shapes[index] ?? [], offset, header.bytes, file));
  }
  return [...entries.values()];
}

function entry(name: string, typeCode: number, shape: readonly number[], offset: number, length: number, file: string): MarianEntry {
  const type = TYPES.get(typeCode);
  if (type === undefined) {
    throw new EngineError(
      'MODEL_UNSUPPORTED',
      `${file}: tensor "${name}" has Marian's element type 0x${typeCode.toString(16)}; float32 (0x404), int8 (0x101) and intgemm8 (0x4101) can be read.`,
      'Get the portable (".intgemm.alphas" or float32) file of this model instead.',
    );
  }
  if (shape.some((dim) => dim < 0)) throw broken(file, `tensor "${name}" has a negative dimension`);
  const elements = shape.reduce((product, dim) => product * dim, 1);
  const needed = type === 'float32' ? elements * 4 : type === 'intgemm8' ? elements + 4 : elements;
  if (length < needed) throw broken(file, `tensor "${name}" of shape ${shape.join('x')} needs ${needed} bytes and has ${length}`);
  return { name, type, shape, elements, offset, length };
}

function broken(file: string, what: string): EngineError {
  return new EngineError('MODEL_BROKEN', `${file} is not a whole Marian model: ${what}.`, 'Download or import the model again.');
}

/** The file goes on where the bytes at hand end. */
class BeyondStart extends Error {}

/** Reads forward and never past the end. `data`: the file's first bytes, or all of them. */
class Cursor {
  readonly #data: Uint8Array;
  readonly #view: DataView;
  readonly #fileBytes: number;
  readonly #file: string;
  #at = 0;

  constructor(data: Uint8Array, fileBytes: number, file: string) {
    this.#data = data;
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    this.#fileBytes = fileBytes;
    this.#file = file;
  }

  /** Goes over bytes without looking at them -> where they start. */
  pass(length: number, what: string): number {
    const left = this.#fileBytes - this.#at;
    if (length > left) throw broken(this.#file, `at byte ${this.#at}, ${what} should take ${length} bytes, and ${left} are left`);
    this.#at += length;
    return this.#at - length;
  }

  bytes(length: number, what: string): Uint8Array {
    const start = this.pass(length, what);
    if (this.#at > this.#data.byteLength) throw new BeyondStart();
    return this.#data.subarray(start, this.#at);
  }

  u64(what: string): number {
    this.bytes(8, what);
    const value = this.#view.getBigUint64(this.#at - 8, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw broken(this.#file, `at byte ${this.#at - 8}, ${what} holds the impossible number ${value}`);
    return Number(value);
  }

  i32(what: string): number {
    this.bytes(4, what);
    return this.#view.getInt32(this.#at - 4, true);
  }
}
