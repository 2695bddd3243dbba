/**
 * Small seeded Marian students for tests, as the bytes of a real model file: every reader and graph can be tried without
 * the weights of the default models.
 */
import { hashMemory } from '../lexical-shortlist.ts';
import type { MarianTensorType } from '../marian-binary.ts';

export interface SyntheticTensor {
  readonly name: string;
  readonly type: MarianTensorType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface SyntheticStudent {
  readonly seed: number;
  readonly dim: number;
  readonly heads: number;
  readonly ffnDim: number;
  readonly encoderLayers: number;
  readonly decoderLayers: number;
  readonly vocabulary: number;
  readonly quantized: boolean;
  readonly sharedEmbeddings: boolean;
  /** Added to the logit of the end of sentence: the higher, the shorter the outputs. */
  readonly endBias: number;
}

export const SMALL_STUDENT: SyntheticStudent = {
  seed: 7,
  dim: 32,
  heads: 4,
  ffnDim: 48,
  encoderLayers: 2,
  decoderLayers: 2,
  vocabulary: 96,
  quantized: true,
  sharedEmbeddings: true,
  endBias: 2,
};

const TYPE_CODES: Readonly<Record<MarianTensorType, number>> = { float32: 0x404, int8: 0x101, intgemm8: 0x4101 };

/** mulberry32: uniform in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function studentConfig(student: SyntheticStudent): Record<string, unknown> {
  return {
    type: 'transformer',
    'dim-emb': student.dim,
    'dim-vocabs': [student.vocabulary, student.vocabulary],
    'enc-depth': student.encoderLayers,
    'dec-depth': student.decoderLayers,
    'dec-cell': 'ssru',
    'tied-embeddings': !student.sharedEmbeddings,
    'tied-embeddings-all': student.sharedEmbeddings,
    'transformer-decoder-autoreg': 'rnn',
    'transformer-dim-ffn': student.ffnDim,
    'transformer-ffn-activation': 'relu',
    'transformer-guided-alignment-layer': 'last',
    'transformer-heads': student.heads,
    'transformer-postprocess': 'dan',
    'transformer-postprocess-emb': 'd',
    'transformer-preprocess': '',
  };
}

export function configTensor(config: Readonly<Record<string, unknown>>): SyntheticTensor {
  // JSON is YAML; Marian ends the text with a NUL.
  const bytes = new TextEncoder().encode(`${JSON.stringify(config)}\0`);
  return { name: 'special:model.yml', type: 'int8', shape: [bytes.length], bytes };
}

/** All tensors of a student with weights drawn from its seed. */
export function studentTensors(student: SyntheticStudent): SyntheticTensor[] {
  const random = seededRandom(student.seed);
  const { dim, ffnDim, vocabulary, quantized } = student;
  const tensors: SyntheticTensor[] = [];
  const spread = (size: number): number => (random() * 2 - 1) * size;
  const vector = (name: string, size: number, value: (index: number) => number): void => {
    tensors.push({ name, type: 'float32', shape: [1, size], bytes: floatBytes(Array.from({ length: size }, (_, index) => value(index))) });
  };
  const alpha = (name: string, value: number): void => vector(`${name}_QuantMultA`, 1, () => value);
  const matrix = (name: string, rows: number, columns: number, activationMultiplier = 24): void => {
    const values = Array.from({ length: rows * columns }, () => spread(Math.sqrt(3 / rows)));
    tensors.push(quantized ? quantizedTensor(name, rows, columns, values) : { name, type: 'float32', shape: [rows, columns], bytes: floatBytes(values) });
    if (quantized) alpha(name, activationMultiplier);
  };
  const norm = (name: string): void => {
    vector(`${name}_ln_scale`, dim, () => 1 + spread(0.2));
    vector(`${name}_ln_bias`, dim, () => spread(0.2));
  };
  const attention = (name: string): void => {
    for (const part of ['q', 'k', 'v', 'o']) {
      matrix(`${name}_W${part}`, dim, dim);
      vector(`${name}_b${part}`, dim, () => spread(0.1));
    }
    norm(`${name}_Wo`);
  };
  const feedForward = (name: string): void => {
    matrix(`${name}_W1`, dim, ffnDim);
    vector(`${name}_b1`, ffnDim, () => spread(0.1));
    matrix(`${name}_W2`, ffnDim, dim, 40);
    vector(`${name}_b2`, dim, () => spread(0.1));
    norm(`${name}_ffn`);
  };
  for (const name of student.sharedEmbeddings ? ['Wemb'] : ['encoder_Wemb', 'decoder_Wemb']) matrix(name, vocabulary, dim);
  if (quantized) alpha('none', 24);
  vector('decoder_ff_logit_out_b', vocabulary, (id) => spread(0.5) + (id === 0 ? student.endBias : 0));
  for (let layer = 1; layer <= student.encoderLayers; layer++) {
    attention(`encoder_l${layer}_self`);
    feedForward(`encoder_l${layer}_ffn`);
  }
  for (let layer = 1; layer <= student.decoderLayers; layer++) {
    matrix(`decoder_l${layer}_rnn_W`, dim, dim);
    matrix(`decoder_l${layer}_rnn_Wf`, dim, dim);
    vector(`decoder_l${layer}_rnn_bf`, dim, () => spread(0.1));
    norm(`decoder_l${layer}_rnn_ffn`);
    attention(`decoder_l${layer}_context`);
    feedForward(`decoder_l${layer}_ffn`);
  }
  return [...tensors, configTensor(studentConfig(student))];
}

/** The bytes of a model file, laid out as design/engine.md section 3 says. */
export function writeMarianBinary(tensors: readonly SyntheticTensor[]): Uint8Array {
  const names = tensors.map((tensor) => new TextEncoder().encode(`${tensor.name}\0`));
  const head = [u64(1), u64(tensors.length)];
  for (const [index, tensor] of tensors.entries()) {
    head.push(u64(names[index]?.length ?? 0), u64(TYPE_CODES[tensor.type]), u64(tensor.shape.length), u64(tensor.bytes.length));
  }
  const shapes = tensors.map((tensor) => new Uint8Array(Int32Array.from(tensor.shape).buffer));
  const before = [...head, ...names, ...shapes].reduce((sum, part) => sum + part.length, 8);
  const padding = (256 - (before % 256)) % 256;
  return Buffer.concat([...head, ...names, ...shapes, u64(padding), new Uint8Array(padding), ...tensors.map((tensor) => tensor.bytes)]);
}

export function studentFile(student: SyntheticStudent): Uint8Array {
  return writeMarianBinary(studentTensors(student));
}

/** A shortlist file; `lists[source]` are the target ids of a source id. */
export function writeLexicalShortlist(firstNum: number, lists: readonly (readonly number[])[]): Uint8Array {
  const offsets = [0];
  for (const list of lists) offsets.push((offsets.at(-1) ?? 0) + list.length);
  const ids = lists.flat();
  const file = Buffer.concat([
    u64(0),
    u64(0),
    u64(firstNum),
    u64(50),
    u64(offsets.length),
    u64(ids.length),
    ...offsets.map(u64),
    new Uint8Array(Uint32Array.from(ids).buffer),
  ]);
  file.writeBigUInt64LE(0xf11a48d5013417f5n, 0);
  file.writeBigUInt64LE(hashMemory(new DataView(file.buffer, file.byteOffset, file.byteLength), 16), 8);
  return file;
}

function quantizedTensor(name: string, rows: number, columns: number, values: readonly number[]): SyntheticTensor {
  const multiplier = 127 / values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const stored = new Int8Array(values.length);
  const asIs = name.endsWith('Wemb');
  for (const [index, value] of values.entries()) {
    const row = Math.floor(index / columns);
    const column = index % columns;
    stored[asIs ? index : column * rows + row] = Math.round(value * multiplier);
  }
  return { name, type: 'intgemm8', shape: [rows, columns], bytes: Buffer.concat([new Uint8Array(stored.buffer), floatBytes([multiplier])]) };
}

function floatBytes(values: readonly number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

function u64(value: number): Uint8Array {
  return new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);
}
