import { describe, expect, test } from 'vitest';
import { plainTransformer } from '../../architectures/testing/plain-transformer.ts';
import { seededTransformer, type SeededTransformer } from '../../architectures/testing/seeded-transformer.ts';
import type { PositionTable, TransformerDefinition } from '../../architectures/transformer/definition.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import { encodeModel } from '../../onnx/model-proto.ts';
import { openSession, type FeedTensor } from '../../runtime/session.ts';
import { gradients } from '../autodiff/gradients.ts';
import type { TrainingExample } from '../corpus/batches.ts';
import { seededRandom } from '../seeded-random.ts';
import { pretrainedBatch } from './pretrained-batch.ts';
import { trainablePretrained, type PretrainedLearning } from './trainable-pretrained.ts';

const SHAPE: SeededTransformer = {
  seed: 5, dim: 8, heads: 2, headSize: 4, encoderFfn: 10, decoderFfn: 12, encoderLayers: 2, decoderLayers: 2, sourceVocabulary: 11, targetVocabulary: 9,
  norms: 'post', normKind: 'layer', embeddingNorm: false, activation: 'relu', gated: false, biases: true, layout: 'in-out', firstPosition: 0, uncounted: null, buckets: null, maxDistance: 1, zeroEmbedding: false, tied: true,
};
const LEARNING: PretrainedLearning = { rank: 'full', freezeEmbeddings: false, candidates: null, labelSmoothing: 0, seed: 1 };
const KINDS: readonly { readonly kind: string; readonly shape: Partial<SeededTransformer>; readonly learning?: Partial<PretrainedLearning> }[] = [
  { kind: 'post-norm, sinusoids, tied, a start without an embedding', shape: { zeroEmbedding: true } },
  { kind: 'pre-norm, learned positions behind an offset, a norm over the embedding, an output of its own', shape: { norms: 'pre', embeddingNorm: true, activation: 'gelu', layout: 'out-in', firstPosition: 2, tied: false } },
  { kind: 'pre-norm by root mean squares, relative positions, gated, no biases, heads of their own size', shape: { norms: 'pre', normKind: 'rms', activation: 'gelu-tanh', gated: true, biases: false, layout: 'out-in', firstPosition: null, buckets: 8, maxDistance: 6, headSize: 3 } },
  { kind: 'positions that count no padding, smoothing', shape: { norms: 'pre', activation: 'silu', firstPosition: 2, uncounted: 1 }, learning: { labelSmoothing: 0.1 } },
  { kind: 'changes of low rank', shape: { layout: 'out-in', activation: 'gelu-sigmoid' }, learning: { rank: 2 } },
];
const EXAMPLES: readonly TrainingExample[] = [{ source: [3, 7, 4, 10, 2], target: [5, 1, 8, 0] }, { source: [6, 2], target: [4, 0] }];

/** Seeded positions are not said to be learned. */
function withLearnedPositions(model: TransformerDefinition): TransformerDefinition {
  const learned = (positions: PositionTable | null): PositionTable | null => (positions === null ? null : { ...positions, learned: true });
  return { ...model, encoder: { ...model.encoder, positions: learned(model.encoder.positions) }, decoder: { ...model.decoder, positions: learned(model.decoder.positions) } };
}

/** Of the definition's arrays as they are now: plain loops in float64. */
function plainLoss(model: TransformerDefinition, start: number, smoothing: number): number {
  let loss = 0;
  for (const { source, target } of EXAMPLES) {
    const { logits } = plainTransformer(model, source, [start, ...target.slice(0, -1)]);
    for (const [at, row] of logits.entries()) {
      const normalizer = Math.log(row.reduce((sum, z) => sum + Math.exp(z), 0));
      const mean = row.reduce((sum, z) => sum + z, 0) / row.length;
      loss += normalizer - (1 - smoothing) * (row[target[at] ?? -1] ?? NaN) - smoothing * mean;
    }
  }
  return loss;
}

describe('the gradients of a pretrained transformer', () => {
  test.each(KINDS)('$kind', async ({ shape, learning: wanted }) => {
    const learning = { ...LEARNING, ...wanted };
    const definition = withLearnedPositions(seededTransformer({ ...SHAPE, ...shape }));
    const start = definition.zeroEmbedding ?? 3;
    const { model, start: parameters, definition: trained } = trainablePretrained(definition, learning);
    // Changes of low rank begin with zeros, where half of the gradients are zero.
    const random = seededRandom(7);
    for (const [name, { data }] of parameters) if (name.endsWith('.right')) for (const at of data.keys()) data[at] = 0.3 * random.normal();

    const g = new GraphBuilder('gradients');
    for (const { name, type, dims } of model.inputs) g.input(name, type, dims);
    for (const { name, dims } of model.parameters) g.input(name, 'float32', dims);
    const { sum } = model.loss(g, { parameter: (name) => name, input: (name) => name, mask: () => null, dropout: (_, x) => x });
    const learned = model.parameters.filter(({ frozen }) => frozen !== true).map(({ name }) => name);
    for (const [index, gradient] of gradients(g, sum, learned).entries()) g.namedOutput(`d${index}`, gradient, 'float32');
    g.namedOutput('loss', sum, 'float32');
    const session = await openSession(encodeModel(g.model('test')), { threads: 1, device: 'cpu' });
    const feeds: Record<string, FeedTensor> = { ...pretrainedBatch(trained, start, EXAMPLES) };
    for (const [name, { dims, data }] of parameters) feeds[name] = { type: 'float32', dims, data };
    const run = await session.run(feeds, session.outputs.map(({ name }) => name));
    await session.close();
    expect(Number(run['loss']?.data[0])).toBeCloseTo(plainLoss(trained, start, learning.labelSmoothing), 4);

    // Along a random direction for each parameter.
    const errors = learned.map((name, index) => {
      const data = parameters.get(name)?.data ?? new Float32Array();
      const before = data.slice();
      const direction = Float32Array.from(data, () => random.normal());
      const at = (distance: number): { loss: number; moved: Float32Array } => {
        for (const element of data.keys()) data[element] = (before[element] ?? 0) + distance * (direction[element] ?? 0);
        return { loss: plainLoss(trained, start, learning.labelSmoothing), moved: data.slice() };
      };
      const [high, low] = [at(1e-4), at(-1e-4)];
      data.set(before);
      const gradient = Array.from(run[`d${index}`]?.data ?? [], Number);
      const expected = gradient.reduce((total, slope, element) => total + slope * ((high.moved[element] ?? 0) - (low.moved[element] ?? 0)), 0);
      const size = Math.sqrt(gradient.reduce((total, slope) => total + slope * slope, 0)) * 2e-4;
      return { name, error: Math.abs(high.loss - low.loss - expected) / Math.max(size, 1e-7) };
    });
    expect(errors.filter(({ error }) => !(error < 2e-3))).toEqual([]);
  });
});
