/**
 * Reads Marian's binary model format, version 1 (design/engine.md section 3; Marian's `src/common/binary.cpp`):
 * little-endian; u64 version, u64 n; n headers of four u64 (name length with NUL, type, dimensions, bytes); the n names;
 * the n shapes as i32; u64 p and p bytes of padding; then the n blobs, one after the other.
 */
import { EngineError } from '../engine/engine.ts';

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

/** All tensors of a model file by name. `file` names it in errors: MODEL_BROKEN, MODEL_UNSUPPORTED. */
export function readMarianBinary(data: Uint8Array, file: string): ReadonlyMap<string, MarianTensor> {
  const cursor = new Cursor(data, file);
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
  cursor.bytes(cursor.u64('the padding'), 'the padding');

  const tensors = new Map<string, MarianTensor>();
  for (const [index, header] of headers.entries()) {
    const name = names[index] ?? '';
    const shape = shapes[index] ?? [];
    if (tensors.has(name)) throw broken(file, `tensor "${name}" occurs twice`);
    tensors.set(name, tensor(name, header.type, shape, cursor.bytes(header.bytes, `the data of "${name}"`), file));
  }
  return tensors;
}

function tensor(name: string, typeCode: number, shape: readonly number[], bytes: Uint8Array, file: string): MarianTensor {
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
  if (bytes.byteLength < needed) throw broken(file, `tensor "${name}" of shape ${shape.join('x')} needs ${needed} bytes and has ${bytes.byteLength}`);
  return { type, shape, elements, bytes };
}

function broken(file: string, what: string): EngineError {
  return new EngineError('MODEL_BROKEN', `${file} is not a whole Marian model: ${what}.`, 'Download or import the model again.');
}

/** Reads forward and never past the end. */
class Cursor {
  readonly #data: Uint8Array;
  readonly #view: DataView;
  readonly #file: string;
  #at = 0;

  constructor(data: Uint8Array, file: string) {
    this.#data = data;
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    this.#file = file;
  }

  bytes(length: number, what: string): Uint8Array {
    const left = this.#data.byteLength - this.#at;
    if (length > left) throw broken(this.#file, `at byte ${this.#at}, ${what} should take ${length} bytes, and ${left} are left`);
    this.#at += length;
    return this.#data.subarray(this.#at - length, this.#at);
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
