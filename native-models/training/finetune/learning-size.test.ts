import { expect, test } from 'vitest';
import { seededTransformer } from '../../architectures/testing/seeded-transformer.ts';
import { zeros } from '../parameters.ts';
import { parametersOf, trainablePretrained } from '../pretrained/trainable-pretrained.ts';
import { learningSize } from './learning-size.ts';

test('60 bytes for what learns, 4 for every number, and what a batch keeps of each layer', () => {
  const parameters = [{ name: 'w', dims: [1000, 10], initial: zeros }, { name: 'table', dims: [5000], initial: zeros, frozen: true }];
  const size = learningSize(parameters, 'full', { dim: 8, ffnDim: 20, encoderLayers: 1, decoderLayers: 2, candidates: 100, batchTokens: 50 });
  // 50 tokens in three layers of 10 * 8 + 3 * 20 numbers, and three times 100 logits.
  expect(size).toEqual({ parameters: 15_000, learned: 10_000, rank: 'full', bytes: 200 * 2 ** 20 + 600_000 + 4 * (15_000 + 50 * (3 * 140 + 300)) });
});

test.each(['full', 3] as const)('counts what a session trains, rank %s', (rank) => {
  const definition = seededTransformer({
    seed: 1, dim: 6, heads: 2, headSize: 3, encoderFfn: 5, decoderFfn: 7, encoderLayers: 1, decoderLayers: 1, sourceVocabulary: 9, targetVocabulary: 7, norms: 'post', normKind: 'layer', embeddingNorm: false,
    activation: 'relu', gated: true, biases: true, layout: 'out-in', firstPosition: 0, uncounted: null, buckets: null, maxDistance: 1, zeroEmbedding: false, tied: true,
  });
  const { model } = trainablePretrained(definition, { rank, freezeEmbeddings: true, candidates: null, labelSmoothing: 0, seed: 1 });
  const sorted = (parameters: readonly { name: string; dims: readonly number[]; frozen?: boolean }[]) => parameters.map(({ name, dims, frozen }) => ({ name, dims, frozen: frozen === true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  expect(sorted(parametersOf(definition, { rank, freezeEmbeddings: true }))).toEqual(sorted(model.parameters));
});
