/**
 * Typed constants of an ONNX graph and their element types.
 * Numbers are those of TensorProto.DataType (onnx.proto3 of ONNX IR 8).
 */

export const ELEMENT_TYPES = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10 } as const;
export type ElementType = keyof typeof ELEMENT_TYPES;

export const ELEMENT_BYTES: Readonly<Record<ElementType, number>> = { float32: 4, uint8: 1, int8: 1, int32: 4, int64: 8, bool: 1, float16: 2 };

/** A dense tensor: row-major, little-endian bytes. A scalar has no dimensions. */
export interface ConstantTensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
}

function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function checked(type: ElementType, dims: readonly number[], bytes: Uint8Array): ConstantTensor {
  const expected = dims.reduce((product, dim) => product * dim, ELEMENT_BYTES[type]);
  if (expected !== bytes.byteLength) throw new RangeError(`A ${type} tensor of shape [${dims.join(', ')}] needs ${expected} bytes, not ${bytes.byteLength}`);
  return { type, dims, bytes };
}

export function float32(dims: readonly number[], values: Float32Array | readonly number[]): ConstantTensor {
  return checked('float32', dims, bytesOf(values instanceof Float32Array ? values : Float32Array.from(values)));
}

/** Values in IEEE 754 half precision, as their bits. */
export function float16(dims: readonly number[], bits: Uint16Array): ConstantTensor {
  return checked('float16', dims, bytesOf(bits));
}

export function int8(dims: readonly number[], values: Int8Array): ConstantTensor {
  return checked('int8', dims, bytesOf(values));
}

export function uint8(dims: readonly number[], values: Uint8Array | readonly number[]): ConstantTensor {
  return checked('uint8', dims, values instanceof Uint8Array ? values : Uint8Array.from(values));
}

export function int32(dims: readonly number[], values: Int32Array | readonly number[]): ConstantTensor {
  return checked('int32', dims, bytesOf(values instanceof Int32Array ? values : Int32Array.from(values)));
}

export function int64(dims: readonly number[], values: readonly number[]): ConstantTensor {
  return checked('int64', dims, bytesOf(BigInt64Array.from(values, BigInt)));
}

export function bool(dims: readonly number[], values: readonly boolean[]): ConstantTensor {
  return checked('bool', dims, Uint8Array.from(values, Number));
}
