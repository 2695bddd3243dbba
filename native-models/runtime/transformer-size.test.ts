import { expect, test } from 'vitest';
import type { Linear, TransformerDefinition } from '../architectures/transformer/definition.ts';
import { seededTransformer } from '../architectures/testing/seeded-transformer.ts';
import { openTransformer } from './transformer-step-decoder.ts';
import { openTransformerSearch } from './transformer-search.ts';
import { weightBytes } from './transformer-size.ts';

test('weights that parts share count once, and only those that are used', () => {
  const table = new Float32Array(10);
  const quantized = { values: new Uint8Array(7), scales: new Float32Array(2), blocks: 1 };
  expect(weightBytes({ weight: table, quantized, bias: null })).toBe(15);
  expect(weightBytes([{ embedding: { table } }, { weight: table, bias: new Float32Array(3), other: null }])).toBe(52);
});

test('a model that no graph can hold is refused before it is built, with its size', async () => {
  const model = seededTransformer({
    ...{ seed: 1, dim: 8, heads: 2, headSize: 4, encoderFfn: 8, decoderFfn: 8, encoderLayers: 1, decoderLayers: 1, sourceVocabulary: 9, targetVocabulary: 9 },
    ...{ norms: 'pre', normKind: 'layer', embeddingNorm: false, activation: 'relu', gated: false, biases: true, layout: 'in-out' },
    ...{ firstPosition: 0, uncounted: null, buckets: null, maxDistance: 0, zeroEmbedding: false, tied: false },
  });
  // Never written to: the memory is only promised.
  const weight = new Float32Array(2 ** 29);
  const output: Linear = { ...model.output, weight };
  const huge: TransformerDefinition = { ...model, output };
  const refused = { code: 'MODEL_UNSUPPORTED', message: expect.stringMatching(/ of this seeded model has 2048 MB of weights; 2016 MB can be run\.$/) };
  await expect(openTransformer(huge, { threads: 1, device: 'cpu', alignment: null })).rejects.toMatchObject(refused);
  await expect(openTransformerSearch(huge, { threads: 1, device: 'cpu' })).rejects.toMatchObject(refused);
});
