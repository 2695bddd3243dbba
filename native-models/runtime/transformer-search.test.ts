import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SeededTransformer } from '../architectures/testing/seeded-transformer.ts';
import { seededTransformer } from '../architectures/testing/seeded-transformer.ts';
import { searchGraph } from '../architectures/transformer/search-graph.ts';
import { generate } from '../decoding/search/generate.ts';
import type { GenerationOptions } from '../decoding/search/generation-options.ts';
import { generationOptions } from '../decoding/search/generation-options.ts';
import { encodeModel } from '../onnx/model-proto.ts';
import { openSession, type GraphSession } from './session.ts';
import { factsOf } from './transformer-facts.ts';
import type { TransformerStepDecoder } from './transformer-step-decoder.ts';
import { openTransformer } from './transformer-step-decoder.ts';
import { TransformerSearch, openTransformerSearch } from './transformer-search.ts';

const POST_NORM: SeededTransformer = {
  seed: 21,
  dim: 16,
  heads: 2,
  headSize: 8,
  encoderFfn: 20,
  decoderFfn: 24,
  encoderLayers: 1,
  decoderLayers: 2,
  sourceVocabulary: 30,
  targetVocabulary: 17,
  norms: 'post',
  normKind: 'layer',
  embeddingNorm: false,
  activation: 'relu',
  gated: false,
  biases: true,
  layout: 'out-in',
  firstPosition: 2,
  uncounted: 1,
  buckets: null,
  maxDistance: 0,
  zeroEmbedding: true,
  tied: true,
};
const RELATIVE: SeededTransformer = {
  ...POST_NORM,
  seed: 22,
  norms: 'pre',
  normKind: 'rms',
  firstPosition: null,
  uncounted: null,
  buckets: 8,
  maxDistance: 6,
  zeroEmbedding: false,
};
/** Ragged on purpose. */
const SOURCES = [[7], [3, 1, 9, 12], [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17], [4, 4], [20, 21, 22, 23, 24], [29, 2, 11]];

const BASE = { eos_token_id: 3, pad_token_id: 0, max_new_tokens: 9 };
const SETTINGS: readonly Record<string, unknown>[] = [
  {},
  { num_beams: 4, num_return_sequences: 4 },
  { num_beams: 4, num_return_sequences: 4, early_stopping: true, length_penalty: 2 },
  { num_beams: 3, num_return_sequences: 3, early_stopping: 'never', length_penalty: 0.6 },
  { num_beams: 4, num_return_sequences: 4, length_penalty: -1 },
  { num_beams: 2, num_return_sequences: 2, length_penalty: 0, eos_token_id: [3, 5, 6] },
  { num_beams: 4, num_return_sequences: 2, min_new_tokens: 5, forced_eos_token_id: 3 },
  { num_beams: 4, num_return_sequences: 4, forced_bos_token_id: 11, forced_eos_token_id: 3, begin_suppress_tokens: [4, 9] },
  { num_beams: 4, num_return_sequences: 4, bad_words_ids: [[2], [7], [3]], suppress_tokens: [8], renormalize_logits: true },
  { num_beams: 4, num_return_sequences: 4, bad_words_ids: [[2], [7]], suppress_tokens: [8] },
  { forced_bos_token_id: 11, forced_eos_token_id: 3, min_length: 6, suppress_tokens: [8] },
  { num_beams: 2, num_return_sequences: 2, max_new_tokens: 1 },
  { max_new_tokens: 1, forced_eos_token_id: 3 },
  { num_beams: 2, num_return_sequences: 2, max_new_tokens: 1, forced_eos_token_id: 3 },
];

describe.each([
  ['positions', POST_NORM],
  ['relative positions', RELATIVE],
])('a search in the graph of a transformer with %s', (_, shape) => {
  const model = seededTransformer(shape);
  const start = model.zeroEmbedding ?? 2;
  const optionsOf = (settings: Record<string, unknown>): GenerationOptions =>
    generationOptions({ ...BASE, decoder_start_token_id: start, ...settings }, undefined);
  let stepByStep: TransformerStepDecoder;
  let inGraph: TransformerSearch;
  beforeAll(async () => {
    stepByStep = await openTransformer(model, { threads: 1, device: 'cpu', alignment: null });
    inGraph = await openTransformerSearch(model, { threads: 1, device: 'cpu' });
  });
  afterAll(async () => {
    await stepByStep.close();
    await inGraph.close();
  });

  test.each(SETTINGS.map((settings): [string, Record<string, unknown>] => [JSON.stringify(settings), settings]))(
    'gives what a search step by step gives: %s',
    async (__, settings) => {
      const options = optionsOf(settings);
      for (const prefix of [[], [9, 6]]) {
        const expected = await generate(stepByStep, { sources: SOURCES, options, prefix });
        const actual = await inGraph.search({ sources: SOURCES, options, prefix });
        expect(actual.map((list) => list.map((one) => one.tokens))).toEqual(expected.map((list) => list.map((one) => one.tokens)));
        const differences = expected.flatMap((list, source) => list.map((one, rank) => Math.abs(one.score - (actual[source]?.[rank]?.score ?? NaN))));
        expect(Math.max(...differences)).toBeLessThan(1e-4);
        for (const [source, list] of actual.entries()) {
          for (const [rank, { tokens, score, tokenScores = [] }] of list.entries()) {
            expect(tokenScores.length).toBe(tokens.length - 1 - prefix.length);
            expect(tokenScores.reduce((sum, each) => sum + each, 0) / tokenScores.length ** options.lengthPenalty).toBeCloseTo(score, 3);
            for (const [i, each] of (expected[source]?.[rank]?.tokenScores ?? []).entries()) expect(tokenScores[i]).toBeCloseTo(each, 3);
          }
        }
      }
    },
  );

  test.each([{}, { num_beams: 4, num_return_sequences: 4 }, { num_beams: 3, forced_bos_token_id: 11, forced_eos_token_id: 3 }])('tells what each token looked at: %j', async (settings) => {
    const head = { layer: 1, head: 1 };
    const attending = await openTransformerSearch(model, { threads: 1, device: 'cpu', alignment: head });
    const forced = await openTransformer(model, { threads: 1, device: 'cpu', alignment: head });
    const found = await attending.search({ sources: SOURCES, options: optionsOf(settings) });
    for (const [index, source] of SOURCES.entries()) {
      for (const { tokens, attention } of found[index] ?? []) {
        const state = await forced.start([source], 1);
        const rows: number[] = [];
        // The last step is forced where the output is as long as it may be: the graph does not run it.
        const steps = 'forced_eos_token_id' in settings && tokens.length === 10 ? tokens.slice(0, -2) : tokens.slice(0, -1);
        for (const token of steps) {
          await state.step([token], null);
          rows.push(...(state.attention ?? []));
        }
        state.dispose();
        expect(attention?.length).toBe((tokens.length - 1) * source.length);
        rows.forEach((share, i) => { expect(attention?.[i]).toBeCloseTo(share, 4); });
      }
    }
    await attending.close();
    await forced.close();
  });

  test('gives each text the same in a batch of any size', async () => {
    const options = optionsOf({ num_beams: 4, num_return_sequences: 4 });
    const tokensOf = async (maxRows: number): Promise<unknown> =>
      (await inGraph.search({ sources: SOURCES, options, maxRows })).map((list) => list.map((one) => one.tokens));
    expect(await tokensOf(4)).toEqual(await tokensOf(64));
    expect(await tokensOf(8)).toEqual(await tokensOf(64));
  });

  test.each([{}, { num_beams: 4, num_return_sequences: 4, early_stopping: true }])('takes no more steps for sources that are done when half of a loop is: %j', async (settings) => {
    const session = await openSession(encodeModel(searchGraph(model, null)), { threads: 1, device: 'cpu' });
    let rows: number[] = [];
    const recording: GraphSession = {
      ...session,
      async run(feeds, fetches) {
        const found = await session.run(feeds, fetches);
        rows = found['sources']?.data instanceof Int32Array ? [...found['sources'].data] : [];
        return found;
      },
    };
    const search = new TransformerSearch(factsOf(model), recording, false);
    const options = optionsOf({ ...settings, eos_token_id: [3, 5, 6] });
    const stepsOf = (source: number): number => rows.filter((row) => row === source).length;
    // Alone, a source takes the steps that it needs.
    const needed: number[] = [];
    for (const source of SOURCES) {
      await search.search({ sources: [source], options });
      needed.push(stepsOf(0));
    }
    // Of six sources three may be left behind the first loop, one behind the second.
    const sorted = needed.toSorted((a, b) => a - b);
    const [first = 0, second = 0, last = 0] = [sorted[2], sorted[4], sorted[5]];
    const bySourceLength = SOURCES.map((_, index) => index).sort((a, b) => (SOURCES[a]?.length ?? 0) - (SOURCES[b]?.length ?? 0));
    await search.search({ sources: SOURCES, options });
    expect(SOURCES.map((_, row) => stepsOf(row))).toEqual(
      bySourceLength.map((index) => needed[index] ?? 0).map((steps) => (steps <= first ? first : steps <= second ? second : last)),
    );
    await session.close();
  });

  test('leaves rules that look back to a search step by step', async () => {
    const lookingBack = [{ repetition_penalty: 1.2 }, { no_repeat_ngram_size: 3 }, { bad_words_ids: [[4, 5]] }, { forced_bos_token_id: 3 }, { num_beams: 12 }];
    expect(lookingBack.map((settings) => inGraph.can(optionsOf(settings)))).toEqual([false, false, false, false, false]);
    await expect(inGraph.search({ sources: SOURCES, options: optionsOf({ no_repeat_ngram_size: 3 }) })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  test('refuses what it can not encode', async () => {
    const options = optionsOf({});
    await expect(inGraph.search({ sources: [[3], []], options })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'A source is empty; it needs its end-of-sentence token at least.',
    });
    expect(await inGraph.search({ sources: [], options })).toEqual([]);
  });
});
