import { expect, test } from 'vitest';
import { plainTransformer } from '../../architectures/testing/plain-transformer.ts';
import { seededTransformer, type SeededTransformer } from '../../architectures/testing/seeded-transformer.ts';
import type { TransformerDefinition } from '../../architectures/transformer/definition.ts';
import { seededRandom } from '../seeded-random.ts';
import { changedWeights, withShare } from './changed-weights.ts';
import { trainablePretrained } from './trainable-pretrained.ts';
import { weightParts } from './weight-parts.ts';

const SHAPE: SeededTransformer = {
  seed: 9, dim: 6, heads: 2, headSize: 3, encoderFfn: 5, decoderFfn: 6, encoderLayers: 1, decoderLayers: 1, sourceVocabulary: 9, targetVocabulary: 7, norms: 'pre', normKind: 'layer', embeddingNorm: false,
  activation: 'relu', gated: false, biases: true, layout: 'in-out', firstPosition: 0, uncounted: null, buckets: null, maxDistance: 1, zeroEmbedding: false, tied: true,
};
const LEARNING = { freezeEmbeddings: false, candidates: null, labelSmoothing: 0, seed: 1 } as const;

const logits = (model: TransformerDefinition): number[] => plainTransformer(model, [3, 8, 1], [2, 5, 6]).logits.flat();

/** Puts changed arrays into the model itself. */
function change(model: TransformerDefinition, changed: ReadonlyMap<Float32Array, Float32Array>): void {
  for (const { data } of weightParts(model)) data.set(changed.get(data) ?? data);
}

// Square matrices, too: their shape does not tell which way they lie.
test.each(['in-out', 'out-in'] as const)('changes of low rank, %s, are what the model computes with them beside its matrices', (layout) => {
  const definition = seededTransformer({ ...SHAPE, layout });
  const { start, definition: adapted } = trainablePretrained(definition, { ...LEARNING, rank: 2 });
  const random = seededRandom(4);
  for (const [name, { data }] of start) if (/\.(?:left|right)$/.test(name)) for (const at of data.keys()) data[at] = 0.2 * random.normal();
  const beside = logits(adapted);
  const before = logits(definition);
  change(definition, changedWeights(definition, start, 1));
  const merged = logits(definition);
  for (const [at, value] of merged.entries()) expect(value).toBeCloseTo(beside[at] ?? NaN, 4);
  expect(Math.max(...merged.map((value, at) => Math.abs(value - (before[at] ?? NaN))))).toBeGreaterThan(0.1);
});

test('a share of what was learned lies between the old weights and the new ones', () => {
  const definition = seededTransformer(SHAPE);
  const { start } = trainablePretrained(definition, { ...LEARNING, rank: 'full' });
  const trained = new Map([...start].map(([name, { dims, data }]) => [name, { dims, data: data.map((value) => value + 0.5) }]));
  const [whole, half, reduced] = [changedWeights(definition, trained, 1), changedWeights(definition, trained, 0.5), withShare(start, trained, 0.5)];
  for (const { name, data } of weightParts(definition)) {
    expect(whole.get(data)).toEqual(trained.get(name)?.data);
    const middle = half.get(data) ?? new Float32Array();
    expect(middle).toEqual(reduced.get(name)?.data);
    for (const [at, value] of data.entries()) expect(middle[at]).toBeCloseTo(value + 0.25, 6);
  }
  expect(changedWeights(definition, start, 1)).toEqual(new Map());
});

test('a share of a change of low rank is that share of its product', () => {
  const definition = seededTransformer(SHAPE);
  const { start } = trainablePretrained(definition, { ...LEARNING, rank: 2 });
  const random = seededRandom(6);
  const trained = new Map([...start].map(([name, { dims, data }]) => [name, { dims, data: data.map((value) => value + 0.1 * random.normal()) }]));
  const [half, reduced] = [changedWeights(definition, trained, 0.5), changedWeights(definition, withShare(start, trained, 0.5), 1)];
  for (const { name, data } of weightParts(definition)) for (const [at, value] of (half.get(data) ?? []).entries()) expect(value, name).toBeCloseTo(reduced.get(data)?.[at] ?? NaN, 6);
});
