import { describe, expect, test } from 'vitest';
import { readSafetensors } from './safetensors.ts';
import { safetensorsFile } from './testing/safetensors-file.ts';

const valuesOf = (bytes: Uint8Array): Record<string, { dims: readonly number[]; values: number[] }> =>
  Object.fromEntries([...readSafetensors(bytes, 'm')].map(([name, tensor]) => [name, { dims: tensor.dims, values: [...tensor.values()] }]));

function failure(bytes: Uint8Array): unknown {
  try {
    readSafetensors(bytes, 'm.safetensors');
    return null;
  } catch (error) {
    return error;
  }
}

const bytesOf = (array: ArrayBufferView): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
const withHeader = (header: unknown, data: Uint8Array = new Uint8Array(0)): Uint8Array => {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  return Buffer.concat([bytesOf(BigUint64Array.of(BigInt(json.length))), json, data]);
};

describe('safetensors', () => {
  test('are read in every floating-point type', () => {
    const file = safetensorsFile({
      single: { dtype: 'F32', shape: [2, 2], bytes: bytesOf(Float32Array.of(1.5, -2, 0, 1e-20)) },
      double: { dtype: 'F64', shape: [2], bytes: bytesOf(Float64Array.of(0.5, -3)) },
      // IEEE 754: 1, -2, the largest, the smallest subnormal, minus zero, infinity.
      half: { dtype: 'F16', shape: [6], bytes: bytesOf(Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000, 0x7c00)) },
      // The upper halves of 1, -2 and 3.140625.
      brain: { dtype: 'BF16', shape: [3], bytes: bytesOf(Uint16Array.of(0x3f80, 0xc000, 0x4049)) },
      empty: { dtype: 'F32', shape: [0, 4], bytes: new Uint8Array(0) },
    });
    expect(valuesOf(file)).toEqual({
      single: { dims: [2, 2], values: [1.5, -2, 0, Math.fround(1e-20)] },
      double: { dims: [2], values: [0.5, -3] },
      half: { dims: [6], values: [1, -2, 65504, 2 ** -24, -0, Infinity] },
      brain: { dims: [3], values: [1, -2, 3.140625] },
      empty: { dims: [0, 4], values: [] },
    });
  });

  test('are read where the data do not lie at a multiple of four', () => {
    const file = withHeader('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}   ', bytesOf(Float32Array.of(7)));
    expect(valuesOf(file)).toEqual({ a: { dims: [1], values: [7] } });
  });

  test('may hold whole numbers that are no weights', () => {
    expect(valuesOf(safetensorsFile({ position_ids: { dtype: 'I64', shape: [1], bytes: bytesOf(BigInt64Array.of(3n)) } }))).toEqual({});
  });

  test('with quantized weights are refused by the name of the tensor', () => {
    expect(failure(safetensorsFile({ 'fc.weight': { dtype: 'I8', shape: [1], bytes: Uint8Array.of(3) } }))).toMatchObject({
      code: 'MODEL_UNSUPPORTED',
      message: 'm.safetensors: tensor "fc.weight" has the type I8; F32, F16, BF16 and F64 can be read.',
    });
  });

  test('that are broken are refused before anything is read behind their end', () => {
    const entry = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };
    const broken: readonly [Uint8Array, string][] = [
      [new Uint8Array(5), 'it has 5 bytes'],
      [bytesOf(BigUint64Array.of(2n ** 63n)), `its header should take ${2n ** 63n} bytes`],
      [withHeader('{"a":'), 'its header is not JSON'],
      [withHeader([]), 'its header is not an object'],
      [withHeader({ a: 3 }), '"a" does not describe a tensor'],
      [withHeader({ a: { ...entry, shape: [-2] } }), '"a" does not describe a tensor'],
      [withHeader({ a: { ...entry, data_offsets: [8, 0] } }), '"a" does not describe a tensor'],
      [withHeader({ a: entry }, new Uint8Array(5)), 'tensor "a" ends 3 bytes behind the end'],
      [withHeader({ a: { ...entry, shape: [3] } }, new Uint8Array(8)), 'tensor "a" of shape [3] has 8 bytes'],
    ];
    for (const [bytes, what] of broken)
      expect(failure(bytes)).toMatchObject({ code: 'MODEL_BROKEN', message: `m.safetensors is not a whole safetensors file: ${what}.` });
  });

  test('survive any cut and any changed byte of the header: read, or refused as broken', () => {
    const file = safetensorsFile({ a: { dtype: 'F32', shape: [2, 2], bytes: bytesOf(Float32Array.of(1, 2, 3, 4)) } });
    for (let length = 0; length < file.length; length++) expect(failure(file.subarray(0, length))).toMatchObject({ code: 'MODEL_BROKEN' });
    for (let at = 0; at < file.length - 16; at++) {
      const changed = Uint8Array.from(file);
      changed[at] = (changed[at] ?? 0) ^ 0x15;
      const error = failure(changed);
      if (error !== null) expect(error).toHaveProperty('code', expect.stringMatching(/^MODEL_(BROKEN|UNSUPPORTED)$/));
    }
  });
});
