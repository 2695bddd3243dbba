import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plainTransformer } from '../architectures/testing/plain-transformer.ts';
import type { SeededTransformer } from '../architectures/testing/seeded-transformer.ts';
import { seededTransformer } from '../architectures/testing/seeded-transformer.ts';
import type { TransformerStepDecoder } from './transformer-step-decoder.ts';
import { openTransformer } from './transformer-step-decoder.ts';

const POST_NORM: SeededTransformer = {
  seed: 1,
  dim: 24,
  heads: 3,
  headSize: 8,
  encoderFfn: 20,
  decoderFfn: 28,
  encoderLayers: 2,
  decoderLayers: 3,
  sourceVocabulary: 50,
  targetVocabulary: 41,
  norms: 'post',
  normKind: 'layer',
  embeddingNorm: true,
  activation: 'gelu',
  gated: false,
  biases: true,
  layout: 'out-in',
  firstPosition: 2,
  uncounted: null,
  buckets: null,
  maxDistance: 0,
  zeroEmbedding: false,
  tied: true,
};
const RELATIVE: SeededTransformer = {
  ...POST_NORM,
  seed: 2,
  heads: 2,
  headSize: 5,
  decoderLayers: 2,
  norms: 'pre',
  normKind: 'rms',
  embeddingNorm: false,
  activation: 'gelu-tanh',
  gated: true,
  biases: false,
  firstPosition: null,
  buckets: 8,
  maxDistance: 10,
};
const SHAPES: readonly [string, SeededTransformer][] = [
  ['post-norm, trained positions, tied output', POST_NORM],
  ['pre-norm, relative positions, gates, heads of their own size', RELATIVE],
  [
    'an output of its own, silu',
    { ...POST_NORM, seed: 3, tied: false, activation: 'silu', layout: 'in-out', encoderLayers: 1, zeroEmbedding: true, firstPosition: 0 },
  ],
  [
    'positions that do not count token 1, relu',
    { ...POST_NORM, seed: 4, norms: 'pre', activation: 'relu', embeddingNorm: false, firstPosition: 2, uncounted: 1 },
  ],
  ['one layer, one head, sigmoid gelu', { ...POST_NORM, seed: 5, heads: 1, headSize: 24, decoderLayers: 1, activation: 'gelu-sigmoid', tied: false }],
];
/** Ragged on purpose; the second has token 1 in the middle, the last is longer than what buckets tell apart. */
const SOURCES = [[7], [3, 1, 9, 12], [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26]];
const TARGETS = [
  [2, 5, 9, 13],
  [2, 40, 8, 3],
  [2, 17, 17, 30],
];
const HEAD = { layer: 0, head: 0 };

describe.each(SHAPES)('a transformer with %s', (_, shape) => {
  const model = seededTransformer(shape);
  const start = model.zeroEmbedding ?? 2;
  const targets = TARGETS.map(([, ...others]) => [start, ...others]);
  let decoder: TransformerStepDecoder;
  beforeAll(async () => {
    decoder = await openTransformer(model, { threads: 1, device: 'cpu', alignment: HEAD });
  });
  afterAll(() => decoder.close());

  test('gives a ragged batch what plain loops give each text alone', async () => {
    const state = await decoder.start(SOURCES, 1);
    for (const [row, source] of SOURCES.entries()) {
      const { encoded } = plainTransformer(model, source, [start]);
      const length = state.encoder.shape[1] ?? 0;
      const own = state.encoder.data.slice(row * length * shape.dim, (row * length + source.length) * shape.dim);
      expectClose([...own], encoded.flat());
    }
    for (let step = 0; step < 4; step++) {
      const logits = await state.step(
        targets.map((target) => target[step] ?? 0),
        null,
      );
      for (const [row, source] of SOURCES.entries()) {
        const plain = plainTransformer(model, source, (targets[row] ?? []).slice(0, step + 1));
        expectClose([...logits.slice(row * shape.targetVocabulary, (row + 1) * shape.targetVocabulary)], plain.logits[step] ?? []);
        const looked = state.attention?.slice(row * state.sourceLength, row * state.sourceLength + source.length) ?? [];
        expectClose([...looked], plain.attention[HEAD.layer]?.[HEAD.head]?.[step] ?? []);
      }
    }
    state.dispose();
  });

  test('tells the mean of the heads of a layer', async () => {
    const ofMean = await openTransformer(model, { threads: 1, device: 'cpu', alignment: { layer: 0, head: 'mean' } });
    const state = await ofMean.start(SOURCES, 1);
    await state.step(targets.map(() => start), null);
    for (const [row, source] of SOURCES.entries()) {
      const looked = state.attention?.slice(row * state.sourceLength, row * state.sourceLength + source.length) ?? [];
      const heads = (plainTransformer(model, source, [start]).attention[0] ?? []).map((steps) => steps[0] ?? []);
      expectClose([...looked], source.map((_, at) => heads.reduce((sum, head) => sum + (head[at] ?? NaN), 0) / heads.length));
    }
    state.dispose();
    await ofMean.close();
  });

  test('continues any row, drops rows, whole sources or not', async () => {
    const state = await decoder.start(SOURCES, 2);
    const paths = SOURCES.flatMap((source) => [
      { source, tokens: [start] },
      { source, tokens: [start] },
    ]);
    await state.step(new Int32Array(6).fill(start), null);
    const expectStep = async (rows: typeof paths, from: Int32Array | null): Promise<void> => {
      const logits = await state.step(
        rows.map((row) => row.tokens.at(-1) ?? 0),
        from,
      );
      expect(logits).toHaveLength(rows.length * shape.targetVocabulary);
      for (const [index, { source, tokens }] of rows.entries()) {
        const plain = plainTransformer(model, source, tokens).logits.at(-1) ?? [];
        expectClose([...logits.slice(index * shape.targetVocabulary, (index + 1) * shape.targetVocabulary)], plain);
      }
    };
    let rows = paths.map((path, index) => ({ ...path, tokens: [...path.tokens, 10 + index] }));
    await expectStep(rows, Int32Array.from([1, 0, 2, 2, 5, 5]));

    rows = [3, 2, 4, 5].map((from, index) => ({ source: rows[from]?.source ?? [], tokens: [...(rows[from]?.tokens ?? []), 20 + index] }));
    await state.keep(Int32Array.from([2, 3, 4, 5]));
    await expectStep(rows, Int32Array.from([1, 0, 2, 3]));

    rows = [3, 1].map((from, index) => ({ source: rows[from]?.source ?? [], tokens: [...(rows[from]?.tokens ?? []), 30 + index] }));
    await state.keep(Int32Array.from([3, 1]));
    await expectStep(rows, null);
    state.dispose();
  });

  test('refuses what it can not encode or decode', async () => {
    const refused = (sources: number[][]): Promise<unknown> =>
      decoder.start(sources, 1).then(
        () => null,
        (error: unknown) => error,
      );
    expect(await refused([[]])).toMatchObject({ code: 'INVALID_INPUT', message: 'A source is empty; it needs its end-of-sentence token at least.' });
    expect(await refused([[3, 50]])).toMatchObject({ code: 'INVALID_INPUT', message: "The id 50 is not one of the 50 of the model's vocabulary." });
    expect(await refused([new Array<number>(41).fill(3)])).toMatchObject({ code: 'INVALID_INPUT', message: 'A source has 41 tokens; the model takes 40.' });
    const state = await decoder.start([[3]], 1);
    for (let step = 0; step < 12; step++) await state.step([start], null);
    await expect(state.step([start], null)).rejects.toMatchObject({ code: 'INVALID_INPUT', message: 'The model takes 12 tokens of a target at most.' });
  });
});

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  const worst = Math.max(...actual.map((value, index) => Math.abs(value - (expected[index] ?? NaN))));
  expect(worst).toBeLessThan(2e-4);
}
