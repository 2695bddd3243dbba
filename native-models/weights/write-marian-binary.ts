/** Writes Marian's binary model format, version 1 (see marian-binary.ts): what was read is written back to the same bytes. */
import type { MarianTensor, MarianTensorType } from './marian-binary.ts';

const TYPE_CODES: Readonly<Record<MarianTensorType, number>> = { float32: 0x404, int8: 0x101, intgemm8: 0x4101 };
/** Marian maps its files into memory and wants each blob aligned; it pads the blobs themselves, and the headers in front of the first. */
const ALIGNMENT = 256;

/** The bytes of a model file that holds these tensors in this order. */
export function writeMarianBinary(tensors: ReadonlyMap<string, MarianTensor>): Uint8Array {
  const entries = [...tensors].map(([name, tensor]) => ({ name: Buffer.from(`${name}\0`), tensor, bytes: tensor.bytes.length }));
  const headers = entries.reduce((sum, { name, tensor }) => sum + 32 + name.length + 4 * tensor.shape.length, 16 + 8);
  const padding = upTo(headers) - headers;
  const out = Buffer.alloc(headers + padding + entries.reduce((sum, { bytes }) => sum + bytes, 0));
  let at = 0;
  const u64 = (value: number): void => {
    at = out.writeBigUInt64LE(BigInt(value), at);
  };
  u64(1);
  u64(entries.length);
  for (const { name, tensor, bytes } of entries) for (const value of [name.length, TYPE_CODES[tensor.type], tensor.shape.length, bytes]) u64(value);
  for (const { name } of entries) at += name.copy(out, at);
  for (const { tensor } of entries) for (const size of tensor.shape) at = out.writeInt32LE(size, at);
  u64(padding);
  at += padding;
  for (const { tensor } of entries) {
    out.set(tensor.bytes, at);
    at += tensor.bytes.length;
  }
  return out;
}

/** A float32 tensor, padded as the format wants it. */
export function floatTensor(shape: readonly number[], values: Float32Array): MarianTensor {
  const bytes = new Uint8Array(upTo(values.byteLength));
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return { type: 'float32', shape, elements: values.length, bytes };
}

/** An intgemm8 tensor of this shape; `values` in the order of the file (transposed, but for embeddings), real = value / multiplier. */
export function quantizedTensor(shape: readonly number[], values: Int8Array, multiplier: number): MarianTensor {
  const bytes = new Uint8Array(upTo(values.length + 4));
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.length));
  new DataView(bytes.buffer).setFloat32(values.length, multiplier, true);
  return { type: 'intgemm8', shape, elements: values.length, bytes };
}

const upTo = (length: number): number => Math.ceil(length / ALIGNMENT) * ALIGNMENT;
