/** Graphs in half precision against the same graphs in float32, on the cpu: it stores and rounds as halves do. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SeededTransformer, seededTransformer } from '../architectures/testing/seeded-transformer.ts';
import { encoderGraph } from '../architectures/transformer/encoder-graph.ts';
import { searchGraph } from '../architectures/transformer/search-graph.ts';
import { generationOptions } from '../decoding/search/generation-options.ts';
import type { Hypothesis } from '../decoding/search/sentence-beams.ts';
import { halfPrecision } from '../onnx/float16/half-precision.ts';
import { encodeModel, type GraphDefinition, type ModelDefinition } from '../onnx/model-proto.ts';
import { seededRandom, SMALL_STUDENT, studentFile } from '../weights/testing/synthetic-student.ts';
import type { CompiledModel } from './compiled-model.ts';
import { openMarianStudent } from './open-marian-student.ts';
import { openSession } from './session.ts';
import { factsOf } from './transformer-facts.ts';
import { TransformerSearch } from './transformer-search.ts';

const SESSION = { threads: 1, device: 'cpu' } as const;

/** Types of the constants that go into operators, and the operators: `LayerNormalization float32`. */
function constantsByOperator({ graph }: ModelDefinition): Set<string> {
  const seen = new Set<string>();
  const walk = (part: GraphDefinition): void => {
    for (const { type, inputs, attributes } of part.nodes) {
      for (const name of inputs) {
        const constant = graph.constants.get(name);
        if (constant?.type === 'float32' || constant?.type === 'float16') seen.add(`${type} ${constant.type}`);
      }
      for (const attribute of Object.values(attributes)) if (attribute.kind === 'graph') walk(attribute.value);
    }
  };
  walk(graph);
  return seen;
}

const bytesOf = (model: ModelDefinition): number => [...model.graph.constants.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);

const BART: SeededTransformer = {
  seed: 31, dim: 16, heads: 2, headSize: 8, encoderFfn: 20, decoderFfn: 24, encoderLayers: 2, decoderLayers: 2, sourceVocabulary: 30, targetVocabulary: 40,
  norms: 'post', normKind: 'layer', embeddingNorm: true, activation: 'gelu', gated: false, biases: true, layout: 'out-in', firstPosition: 2, uncounted: null, buckets: null,
  maxDistance: 0, zeroEmbedding: false, tied: true,
};
const FAMILIES: readonly [string, SeededTransformer][] = [
  ['BART', BART],
  ['Marian', { ...BART, seed: 32, embeddingNorm: false, activation: 'silu', zeroEmbedding: true, layout: 'in-out' }],
  ['M2M100', { ...BART, seed: 33, norms: 'pre', embeddingNorm: false, activation: 'relu', uncounted: 1 }],
  ['T5 v1.0', { ...BART, seed: 34, norms: 'pre', normKind: 'rms', embeddingNorm: false, activation: 'relu', biases: false, firstPosition: null, buckets: 8, maxDistance: 6 }],
  ['T5 v1.1', { ...BART, seed: 35, norms: 'pre', normKind: 'rms', embeddingNorm: false, activation: 'gelu-tanh', gated: true, biases: false, firstPosition: null, buckets: 8, maxDistance: 6, tied: false }],
];
const SOURCES = [[7], [3, 1, 9, 12], [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17], [4, 4], [20, 21, 22, 23, 24], [29, 2, 11]];

describe.each(FAMILIES)('the search graph of %s in half precision', (_, shape) => {
  const model = seededTransformer(shape);
  const whole = searchGraph(model, null);
  const half = halfPrecision(whole);

  test('holds weights as halves, norms in float32, and takes and gives what it did', () => {
    const types = constantsByOperator(half);
    expect([...types].filter((type) => /^(MatMul|Gemm|FusedMatMul) /.test(type)).every((type) => type.endsWith(' float16'))).toBe(true);
    expect(types.has('LayerNormalization float16')).toBe(false);
    expect(bytesOf(half)).toBeLessThan(0.6 * bytesOf(whole));
    expect([half.graph.inputs, half.graph.outputs]).toEqual([whole.graph.inputs, whole.graph.outputs]);
  });

  test.each([{}, { num_beams: 4, num_return_sequences: 4 }])('finds what float32 finds, with %j', async (settings) => {
    const options = generationOptions({ eos_token_id: 3, pad_token_id: 0, max_new_tokens: 9, decoder_start_token_id: model.zeroEmbedding ?? 2, ...settings }, undefined);
    const found: Hypothesis[][][] = [];
    for (const each of [whole, half]) {
      const search = new TransformerSearch(factsOf(model), await openSession(encodeModel(each), SESSION), false);
      found.push(await search.search({ sources: SOURCES, options }));
      await search.close();
    }
    const [exact = [], halved = []] = found;
    expect(halved.map(([best]) => best?.tokens)).toEqual(exact.map(([best]) => best?.tokens));
    for (const [index, [best]] of exact.entries()) expect(halved[index]?.[0]?.score).toBeCloseTo(best?.score ?? NaN, 1);
  });
});

test('an encoder alone gives its output in float32, to three digits', async () => {
  const model = seededTransformer(BART);
  const whole = encoderGraph(model);
  const encoded: (readonly number[])[] = [];
  for (const each of [whole, halfPrecision(whole)]) {
    const session = await openSession(encodeModel(each), SESSION);
    const { encoded: output } = await session.run(
      {
        source: { type: 'int32', dims: [1, 4], data: Int32Array.of(3, 1, 9, 12) },
        positions: { type: 'int32', dims: [1, 4], data: Int32Array.of(2, 3, 4, 5) },
        mask: { type: 'float32', dims: [1, 1, 1, 4], data: new Float32Array(4) },
      },
      ['encoded'],
    );
    encoded.push(output?.data instanceof Float32Array ? [...output.data] : []);
    await session.close();
  }
  const [exact = [], halved = []] = encoded;
  expect(exact.length).toBe(64);
  for (const [at, value] of exact.entries()) expect(Math.abs((halved[at] ?? NaN) - value)).toBeLessThan(0.01);
});

describe('a student in half precision', () => {
  const random = seededRandom(9);
  const sources = [1, 2, 3, 5, 8, 20].map((length) => [...Array.from({ length }, () => 1 + Math.floor(random() * (SMALL_STUDENT.vocabulary - 1))), 0]);
  const opened: CompiledModel[] = [];
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'half-student-'));
    await writeFile(path.join(folder, 'model.xxyy.bin'), studentFile(SMALL_STUDENT));
    await writeFile(path.join(folder, 'vocab.xxyy.spm'), 'not read here');
  });
  afterAll(async () => {
    for (const model of opened) await model.close();
    await rm(folder, { recursive: true });
  });

  test.each([1, 3])('translates as in float32, with a beam of %i', async (beam) => {
    const [exact, halved] = await Promise.all(
      (['float32', 'float16'] as const).map(async (precision) => {
        const model = await openMarianStudent({ folder, cacheDir: path.join(folder, 'cache'), precision, ...SESSION, shortlist: false });
        opened.push(model);
        return (await model.run(sources, { alignment: true, scores: true, beam })).outputs;
      }),
    );
    expect(halved?.map(({ ids }) => [...ids])).toEqual(exact?.map(({ ids }) => [...ids]));
    for (const [index, output] of (exact ?? []).entries()) {
      expect(halved?.[index]?.score).toBeCloseTo(output.score ?? NaN, 1);
      for (const [at, weight] of (output.attention ?? []).entries()) expect(halved?.[index]?.attention?.[at]).toBeCloseTo(weight, 2);
    }
  });
});

test('an operator that has no half precision form is named', () => {
  const graph: GraphDefinition = { name: 'g', nodes: [{ type: 'MatMulNBits', domain: 'com.microsoft', inputs: ['x'], outputs: ['y'], attributes: {} }], constants: new Map(), inputs: [{ name: 'x', type: 'float32', shape: null }], outputs: [] };
  expect(() => halfPrecision({ graph, operatorSets: { '': 17 }, producer: 'test' })).toThrow('The operator MatMulNBits is not known in half precision.');
});
