/**
 * The golden models of the shared test data against transformers' own results (their README describes the fields). All
 * variants of all cases are run by the shared checks; here: encoder, first step and greedy for every case, n-best and
 * batches for some.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generate } from '../decoding/search/generate.ts';
import { generationOptions } from '../decoding/search/generation-options.ts';
import type { TransformerStepDecoder } from '../runtime/transformer-step-decoder.ts';
import { openTransformerSearch } from '../runtime/transformer-search.ts';
import { openWeightsFolder, readWeightsFolder } from './huggingface-folder.ts';
import type { GoldenModel } from './testing/golden-model.ts';
import { goldenParameters, readGolden } from './testing/golden-model.ts';

const ROOT = path.join(process.env['BITEXT_TEST_DATA'] ?? path.join(import.meta.dirname, '../../../shared/data'), 'models');
const FAMILIES = existsSync(ROOT) ? readdirSync(ROOT).filter((name) => existsSync(path.join(ROOT, name, 'golden.json'))) : [];
const BEAM = 'beam4_lp1.0_es_false';
/** Cases whose n-best is searched here. */
const SEARCHED = 8;

describe.skipIf(FAMILIES.length === 0)('golden models of the shared test data', () => {
  describe.each(FAMILIES)('%s, built from its weights', (family) => {
    const folder = path.join(ROOT, family);
    let golden: GoldenModel;
    let decoder: TransformerStepDecoder;
    let config: Record<string, unknown>;
    beforeAll(async () => {
      golden = readGolden(readFileSync(path.join(folder, 'golden.json'), 'utf8'));
      config = golden.default_kwargs;
      decoder = await openWeightsFolder(folder);
    });
    afterAll(() => decoder.close());

    test('encoder, first step and log-probabilities of the greedy output are the reference’s', async () => {
      const worst = { encoder: 0, firstStep: 0, greedy: 0 };
      const see = (what: keyof typeof worst, actual: number | undefined, expected: number): void => {
        worst[what] = Math.max(worst[what], Math.abs((actual ?? NaN) - expected));
      };
      for (const one of golden.cases) {
        const state = await decoder.start([one.input_ids], 1);
        const { shape, data } = state.encoder;
        expect(shape).toEqual(one.encoder.shape);
        const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
        see('encoder', mean, one.encoder.mean);
        see('encoder', Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length), one.encoder.std);
        for (const [index, value] of one.encoder.first4_pos0.entries()) see('encoder', data[index], value);
        const last = data.length - (shape[2] ?? 0);
        for (const [index, value] of one.encoder.first4_last.entries()) see('encoder', data[last + index], value);
        for (const [step, token] of one.greedy.ids.slice(0, -1).entries()) {
          const logits = await state.step([token], null);
          if (step === 0) for (const [index, id] of one.first_step.top10_ids.entries()) see('firstStep', logits[id], one.first_step.top10_logits[index] ?? NaN);
          const chosen = one.greedy.ids[step + 1] ?? -1;
          const normalizer = Math.log(logits.reduce((sum, value) => sum + Math.exp(value), 0));
          see('greedy', (logits[chosen] ?? NaN) - normalizer, one.greedy.logprobs[step] ?? NaN);
        }
        state.dispose();
      }
      expect(
        Object.values(worst).every((value) => value < 1e-3),
        JSON.stringify(worst),
      ).toBe(true);
    });

    test('greedy gives the same ids, all cases with one language in batches', async () => {
      const byParameters = Map.groupBy(golden.cases, (one) => JSON.stringify(goldenParameters(golden, one, {})));
      for (const [parameters, cases] of byParameters) {
        const options = generationOptions(config, JSON.parse(parameters));
        const found = await generate(decoder, { sources: cases.map((one) => one.input_ids), options });
        expect(found.map((one) => one[0]?.tokens)).toEqual(cases.map((one) => one.greedy.ids));
      }
    });

    test('beam search gives the same n-best with the same scores', async () => {
      for (const one of golden.cases.slice(0, SEARCHED)) {
        const expected = one.variants[BEAM];
        const options = generationOptions(config, goldenParameters(golden, one, golden.variants[BEAM] ?? {}));
        const [found = []] = await generate(decoder, { sources: [one.input_ids], options });
        expect(found.map((hypothesis) => hypothesis.tokens)).toEqual(expected?.ids);
        for (const [rank, score] of (expected?.scores ?? []).entries()) expect(Math.abs((found[rank]?.score ?? NaN) - score)).toBeLessThan(1e-3);
      }
    });

    test('a ragged batch gives each text the n-best that it has alone', async () => {
      for (const batch of golden.batches) {
        const sources = batch.input_ids.map((ids, row) => ids.filter((_, column) => batch.attention_mask[row]?.[column] === 1));
        const options = generationOptions(config, goldenParameters(golden, batch, golden.variants[BEAM] ?? {}));
        const found = await generate(decoder, { sources, options });
        expect(found.map((one) => one.map((hypothesis) => hypothesis.tokens))).toEqual(batch[BEAM].ids);
      }
    });

    test('a search in the graph gives the same n-best in batches, for every variant that it can follow', async () => {
      const search = await openTransformerSearch(await readWeightsFolder(folder), { threads: 1, device: 'cpu' });
      let followed = 0;
      for (const [name, variant] of Object.entries(golden.variants)) {
        const withVariant = golden.cases.filter((one) => name in one.variants).slice(0, SEARCHED);
        for (const [parameters, cases] of Map.groupBy(withVariant, (one) => JSON.stringify(goldenParameters(golden, one, variant)))) {
          const options = generationOptions(config, JSON.parse(parameters));
          if (!search.can(options)) continue;
          followed += cases.length;
          const found = await search.search({ sources: cases.map((one) => one.input_ids), options });
          expect(
            found.map((one) => one.map((hypothesis) => hypothesis.tokens)),
            name,
          ).toEqual(cases.map((one) => one.variants[name]?.ids));
        }
      }
      await search.close();
      expect(followed).toBeGreaterThan(0);
    });
  });
});
