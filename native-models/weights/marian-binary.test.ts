import { describe, expect, test } from 'vitest';
import { EngineError } from '../engine/engine-error.ts';
import { readMarianBinary, readMarianIndex } from './marian-binary.ts';
import { MarianWeights } from './marian-weights.ts';
import { SMALL_STUDENT, seededRandom, studentFile, writeMarianBinary } from './testing/synthetic-student.ts';

function floats(...values: number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

describe('readMarianBinary', () => {
  // 2x3 matrix [[1, 2, 3], [4, 5, 6]] at multiplier 2: stored transposed, so 1 4 2 5 3 6, then the multiplier.
  const transposedMatrix = Buffer.concat([Uint8Array.of(1, 4, 2, 5, 3, 6), floats(2)]);
  const file = writeMarianBinary([
    { name: 'b', type: 'float32', shape: [1, 3], bytes: floats(0.5, -1, 2) },
    { name: 'odd', type: 'int8', shape: [3], bytes: Uint8Array.of(104, 105, 0) },
    { name: 'W', type: 'intgemm8', shape: [2, 3], bytes: transposedMatrix },
    { name: 'Wemb', type: 'intgemm8', shape: [2, 3], bytes: Buffer.concat([new Uint8Array(Int8Array.of(1, 2, 3, -4, 5, 6).buffer), floats(4)]) },
  ]);

  test('gives each tensor with its type, shape and data', () => {
    const tensors = readMarianBinary(file, 'model.bin');
    expect([...tensors].map(([name, { type, shape, elements }]) => ({ name, type, shape, elements }))).toEqual([
      { name: 'b', type: 'float32', shape: [1, 3], elements: 3 },
      { name: 'odd', type: 'int8', shape: [3], elements: 3 },
      { name: 'W', type: 'intgemm8', shape: [2, 3], elements: 6 },
      { name: 'Wemb', type: 'intgemm8', shape: [2, 3], elements: 6 },
    ]);
  });

  test('matrices are stored transposed, embeddings as they are, and divided by their multiplier', () => {
    const weights = new MarianWeights(readMarianBinary(file, 'model.bin'), 'model.bin');
    expect([...weights.vector('b', 3)]).toEqual([0.5, -1, 2]);
    expect([...weights.matrix('W', 2, 3).values]).toEqual([0.5, 1, 1.5, 2, 2.5, 3]);
    expect([...weights.quantized('W', 2, 3).values]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...weights.matrix('Wemb', 2, 3).values]).toEqual([0.25, 0.5, 0.75, -1, 1.25, 1.5]);
  });

  test('weights that do not fit the architecture are named', () => {
    const weights = new MarianWeights(readMarianBinary(file, 'model.bin'), 'model.bin');
    expect(() => weights.matrix('W', 3, 2)).toThrow('model.bin does not hold the model that it describes: tensor "W" has the shape 2x3 where 3x2 is needed.');
    expect(() => weights.vector('missing', 1)).toThrow('tensor "missing" is missing');
  });

  test('the start of a file says where all of it lies', () => {
    const whole = readMarianIndex(file, file.length, 'model.bin') ?? [];
    expect(whole.map(({ name, length }) => ({ name, length }))).toEqual([
      { name: 'b', length: 12 },
      { name: 'odd', length: 3 },
      { name: 'W', length: 10 },
      { name: 'Wemb', length: 10 },
    ]);
    const start = whole[0]?.offset ?? 0;
    expect(readMarianIndex(file.subarray(0, start), file.length, 'model.bin')).toEqual(whole);
    expect(readMarianIndex(file.subarray(0, 100), file.length, 'model.bin')).toBeNull();
    expect(() => readMarianIndex(file.subarray(0, start), file.length - 1, 'model.bin')).toThrow(/the data of "Wemb" should take 10 bytes, and 9 are left/);
  });

  test('a file cut at any byte is refused as broken, with the place', () => {
    const whole = studentFile({ ...SMALL_STUDENT, dim: 4, heads: 2, ffnDim: 4, vocabulary: 4, encoderLayers: 1, decoderLayers: 1 });
    for (let length = 0; length < whole.length; length += length < 4096 ? 1 : 13) {
      expect(failureOf(whole.subarray(0, length))).toMatchObject({ code: 'MODEL_BROKEN' });
    }
    expect(() => readMarianBinary(whole.subarray(0, 20), 'model.bin')).toThrow(/at byte 16, the header of tensor 1 should take 8 bytes, and 4 are left/);
  });

  test('altered bytes give a model or an EngineError, never anything else', () => {
    const random = seededRandom(11);
    const whole = studentFile({ ...SMALL_STUDENT, dim: 4, heads: 2, ffnDim: 4, vocabulary: 4, encoderLayers: 1, decoderLayers: 1 });
    for (let round = 0; round < 2000; round++) {
      const altered = Uint8Array.from(whole);
      for (let change = 0; change < 3; change++) altered[Math.floor(random() * Math.min(altered.length, 4000))] = Math.floor(random() * 256);
      const failure = failureOf(altered);
      expect(failure === null || failure instanceof EngineError).toBe(true);
    }
  });

  test('a hardware-bound element type is named as unsupported', () => {
    const packed = Buffer.from(file);
    packed.writeBigUInt64LE(0x5101n, 16 + 8);
    expect(failureOf(packed)).toMatchObject({ code: 'MODEL_UNSUPPORTED', message: expect.stringContaining('tensor "b" has Marian\'s element type 0x5101') });
  });
});

function failureOf(data: Uint8Array): unknown {
  try {
    readMarianBinary(data, 'model.bin');
    return null;
  } catch (cause) {
    return cause;
  }
}
