import { describe, expect, test } from 'vitest';
import { generate } from '../../decoding/search/generate.ts';
import { generationOptions } from '../../decoding/search/generation-options.ts';
import { openTransformerSearch } from '../../runtime/transformer-search.ts';
import { openTransformer } from '../../runtime/transformer-step-decoder.ts';
import { plainTransformer } from '../testing/plain-transformer.ts';
import type { SeededTransformer } from '../testing/seeded-transformer.ts';
import { seededTransformer } from '../testing/seeded-transformer.ts';
import type { Linear } from './definition.ts';
import { quantizeBlocks, quantizeColumns, sideBySide, withInt8Weights } from './int8-weights.ts';

const SHAPE: SeededTransformer = {
  seed: 31,
  dim: 40,
  heads: 4,
  headSize: 10,
  encoderFfn: 70,
  decoderFfn: 64,
  encoderLayers: 2,
  decoderLayers: 2,
  sourceVocabulary: 30,
  targetVocabulary: 33,
  norms: 'post',
  normKind: 'layer',
  embeddingNorm: false,
  activation: 'relu',
  gated: true,
  biases: true,
  layout: 'out-in',
  firstPosition: 0,
  uncounted: null,
  buckets: null,
  maxDistance: 0,
  zeroEmbedding: false,
  tied: false,
};
const SOURCES = [[7], [3, 1, 9, 12], [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]];
const TARGET = [2, 5, 9, 13];

test('a block is rounded to 127ths of its largest value, the last one filled up with zeros', () => {
  const layer: Linear = { name: 'w', inputs: 34, outputs: 2, weight: new Float32Array(68), layout: 'out-in', bias: null };
  layer.weight.set([127, -127, 1.4, -0.6]);
  layer.weight.set([0.5, -0.25], 32);
  layer.weight.set([-2.54], 34);
  const outIn = quantizeBlocks(layer);
  const block = (...start: number[]): number[] => [...start, ...new Array<number>(32 - start.length).fill(128)];
  expect([...outIn.values]).toEqual([...block(255, 1, 129, 127), ...block(255, 64), ...block(1), ...block()]);
  expect([...outIn.scales]).toEqual([1, 0.5 / 127, 2.54 / 127, 0].map(Math.fround));

  const transposed = Float32Array.from({ length: 68 }, (_, index) => layer.weight[(index % 2) * 34 + Math.floor(index / 2)] ?? NaN);
  expect(quantizeBlocks({ ...layer, weight: transposed, layout: 'in-out' })).toEqual(outIn);
});

test('an output is rounded to 127ths of its largest value', () => {
  const weight = Float32Array.of(127, -127, 1.4, -0.6, 0.5, -0.25, 0, 0, 0);
  const layer: Linear = { name: 'w', inputs: 3, outputs: 3, weight, layout: 'out-in', bias: null };
  const outIn = quantizeColumns(layer);
  expect([...outIn.values]).toEqual([127, -127, 0, -127, 106, 0, 1, -53, 0]);
  expect([...outIn.scales]).toEqual([1, Math.fround(Math.fround(0.6) / 127), 0]);

  const transposed = Float32Array.from({ length: 9 }, (_, index) => weight[(index % 3) * 3 + Math.floor(index / 3)] ?? NaN);
  expect(quantizeColumns({ ...layer, weight: transposed, layout: 'in-out' })).toEqual(outIn);
});

test('layers on the same input become one', () => {
  const column = (name: string, outputs: number, values: number[], bias: Float32Array | null): Linear => ({
    name,
    inputs: 2,
    outputs,
    weight: new Float32Array(2 * outputs),
    layout: 'out-in',
    bias,
    quantized: { kind: 'columns', values: Int8Array.from(values), scales: new Float32Array(outputs).fill(outputs) },
  });
  const [one, two] = [column('one', 1, [1, 2], null), column('two', 2, [3, 4, 5, 6], Float32Array.of(7, 8))];
  const joined = sideBySide([one, two]);
  expect(joined).toMatchObject({ inputs: 2, outputs: 3, bias: Float32Array.of(0, 7, 8) });
  expect(joined?.quantized).toEqual({ kind: 'columns', values: Int8Array.of(1, 3, 4, 2, 5, 6), scales: Float32Array.of(1, 2, 2) });
  expect(sideBySide([one, one])?.bias).toBeNull();
  expect(sideBySide([one, { ...two, quantized: quantizeBlocks(two) }])).toBeNull();
});

describe.each([
  ['out-in', 'columns'],
  ['in-out', 'columns'],
  ['out-in', 'blocks'],
  ['in-out', 'blocks'],
] as const)('a transformer with 8 bit weights (stored %s, by %s)', (layout, scheme) => {
  const model = seededTransformer({ ...SHAPE, layout });

  test('gives nearly the logits of the float32 weights', async () => {
    const decoder = await openTransformer(withInt8Weights(model, scheme), { threads: 1, device: 'cpu', alignment: null });
    const state = await decoder.start(SOURCES, 1);
    for (const [step, token] of TARGET.entries()) {
      const logits = await state.step([token, token, token], null);
      for (const [row, source] of SOURCES.entries()) {
        const plain = plainTransformer(model, source, TARGET.slice(0, step + 1)).logits.at(-1) ?? [];
        const own = logits.subarray(row * SHAPE.targetVocabulary, (row + 1) * SHAPE.targetVocabulary);
        const error = Math.hypot(...plain.map((value, id) => value - (own[id] ?? NaN)));
        expect(error / Math.hypot(...plain)).toBeLessThan(0.05);
      }
    }
    await decoder.close();
  });

  test('gives each text the same whatever stands beside it', async () => {
    const decoder = await openTransformer(withInt8Weights(model, scheme), { threads: 1, device: 'cpu', alignment: null });
    const logitsOf = async (sources: number[][]): Promise<number[][]> => {
      const state = await decoder.start(sources, 1);
      const steps: number[][] = sources.map(() => []);
      for (const token of TARGET) {
        const logits = await state.step(
          sources.map(() => token),
          null,
        );
        for (const [row, own] of steps.entries()) own.push(...logits.subarray(row * SHAPE.targetVocabulary, (row + 1) * SHAPE.targetVocabulary));
      }
      return steps;
    };
    const [alone = []] = await logitsOf([SOURCES[1] ?? []]);
    // Kernels for one row and for several may round differently; a shared scale would show as more than a hundred times that.
    const between = (other: readonly number[] = []): number => Math.max(...alone.map((value, index) => Math.abs(value - (other[index] ?? NaN))));
    expect(between((await logitsOf([[20, 21, 22, 23], SOURCES[1] ?? [], [1, 1, 1, 1]]))[1])).toBeLessThan(1e-3);
    expect(between((await logitsOf(SOURCES))[1])).toBeLessThan(1e-3);
    await decoder.close();
  });

  test('finds in one graph what a search step by step finds, whatever stands beside it', async () => {
    const int8 = withInt8Weights(model, scheme);
    const stepByStep = await openTransformer(int8, { threads: 1, device: 'cpu', alignment: null });
    const inGraph = await openTransformerSearch(int8, { threads: 1, device: 'cpu' });
    const options = generationOptions({ num_beams: 4, num_return_sequences: 4, max_new_tokens: 8, eos_token_id: 3, pad_token_id: 0, decoder_start_token_id: 2 }, undefined);
    const expected = await generate(stepByStep, { sources: SOURCES, options, prefix: [] });
    const said = (lists: readonly (readonly { readonly tokens: readonly number[] }[])[]): unknown => lists.map((list) => list.map(({ tokens }) => tokens));
    expect(said(await inGraph.search({ sources: SOURCES, options }))).toEqual(said(expected));
    expect(said(await inGraph.search({ sources: SOURCES, options, maxRows: 4 }))).toEqual(said(expected));
    await stepByStep.close();
    await inGraph.close();
  });

  test('gives each text the same beside one with values a thousand times as large', async () => {
    const outlier = 20;
    const table = model.encoder.embedding.table.map((value, index) => (Math.floor(index / SHAPE.dim) === outlier ? value * 1000 : value));
    const withOutlier = { ...model, encoder: { ...model.encoder, embedding: { ...model.encoder.embedding, table } } };
    const decoder = await openTransformer(withInt8Weights(withOutlier, scheme), { threads: 1, device: 'cpu', alignment: null });
    const encoded = async (sources: number[][]): Promise<Float32Array> => (await decoder.start(sources, 1)).encoder.data.slice(0, 4 * SHAPE.dim);
    const [calm, beside] = [await encoded([[3, 1, 9, 12], [5, 6, 7, 8]]), await encoded([[3, 1, 9, 12], [5, outlier, 7, 8]])];
    expect(beside).toEqual(calm);
    await decoder.close();
  });
});
