/**
 * Search over the exported graphs of the golden models in the shared test data (`models/*`, fields: its README): ids and
 * scores of transformers' generate(). A part of them; `shared/checks/golden.py` runs all.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openExportedModel } from '../../runtime/exported-step-decoder.ts';
import { findExportedGraphs } from '../../weights/onnx-folder/graph-files.ts';
import type { StepDecoder } from '../step-decoder.ts';
import { generate } from './generate.ts';
import { generationOptions } from './generation-options.ts';

const ROOT = path.join(process.env['BITEXT_TEST_DATA'] ?? path.resolve(import.meta.dirname, '../../../../shared/data'), 'models');

type Settings = Record<string, unknown>;
interface Found { readonly ids: number[][]; readonly scores?: number[] }
interface GoldenCase {
  readonly id: string;
  readonly input_ids: number[];
  readonly forced_bos_token_id?: number;
  readonly alt_forced_bos_token_id?: number;
  readonly alt_bad_words_ids?: number[][];
  readonly greedy: { ids: number[] };
  readonly default: Found;
  readonly variants: Record<string, Found>;
  readonly int8: { greedy_ids: number[] };
}
interface Batch { readonly input_ids: number[][]; readonly attention_mask: number[][]; readonly forced_bos_token_id?: number; readonly greedy: { ids: number[][] }; readonly 'beam4_lp1.0_es_false': { ids: number[][][]; scores: number[][] } }
interface Golden {
  readonly ids: { eos: number; pad: number };
  readonly dims: { max_positions: number | null };
  readonly base_kwargs: Settings;
  readonly default_kwargs: Settings;
  readonly variants: Record<string, Settings>;
  readonly grid: string[];
  readonly cases: GoldenCase[];
  readonly batches: Batch[];
}

/** The arguments of a variant for a case, as the README puts them together. */
function settingsOf(golden: Golden, one: GoldenCase, variant: Settings): Settings {
  const own = one.forced_bos_token_id === undefined ? {} : { forced_bos_token_id: one.forced_bos_token_id };
  const alternatives: Settings = { forced_bos_token_id: one.alt_forced_bos_token_id, bad_words_ids: one.alt_bad_words_ids };
  const together: Settings = { ...golden.base_kwargs, ...own, ...variant };
  return Object.fromEntries(Object.entries(together).map(([key, value]) => [key, value === 'CASE' ? alternatives[key] : value === 'EOS' ? golden.ids.eos : value]));
}

describe.each(['marian', 'bart', 'mbart50', 'nllb', 'pegasus', 't5', 't5v10'])('%s as it was exported to ONNX (needs the golden models of the shared test data)', (family) => {
  const folder = path.join(ROOT, family);
  const there = existsSync(path.join(folder, 'golden.json'));
  let golden: Golden;
  let decoder: StepDecoder;
  beforeAll(async () => {
    if (!there) return;
    golden = JSON.parse(readFileSync(path.join(folder, 'golden.json'), 'utf8'));
    decoder = await openExportedModel(findExportedGraphs(folder, 'float32'), { padTokenId: golden.ids.pad, maxSourceLength: golden.dims.max_positions }, { threads: 1, device: 'cpu' });
  });
  afterAll(() => decoder?.close());

  async function expectFound(source: readonly number[], settings: Settings, wanted: Found, name: string): Promise<void> {
    const [found = []] = await generate(decoder, { sources: [source], options: generationOptions({}, settings) });
    expect({ name, ids: found.map(({ tokens }) => tokens) }).toEqual({ name, ids: wanted.ids });
    // Relative: with the length penalty -1 scores are in the hundreds, where float32 sums differ by more.
    wanted.scores?.forEach((score, i) => { expect(Math.abs((found[i]?.score ?? NaN) - score) / Math.max(1, Math.abs(score))).toBeLessThan(1e-3); });
  }

  test.skipIf(!there)('greedy, and beam search with the folder\'s settings', async () => {
    for (const one of golden.cases.filter((_, i) => i % 7 === 0)) {
      const bos = one.forced_bos_token_id === undefined ? {} : { forced_bos_token_id: one.forced_bos_token_id };
      await expectFound(one.input_ids, settingsOf(golden, one, {}), { ids: [one.greedy.ids] }, `${one.id} greedy`);
      await expectFound(one.input_ids, { ...golden.default_kwargs, ...bos }, one.default, `${one.id} default`);
    }
  });

  test.skipIf(!there)('every variant of the settings', async () => {
    for (const one of golden.cases.filter(({ id }) => id === golden.grid[0]))
      for (const [name, wanted] of Object.entries(one.variants)) await expectFound(one.input_ids, settingsOf(golden, one, golden.variants[name] ?? {}), wanted, `${one.id} ${name}`);
  });

  test.skipIf(!there)('a ragged batch', async () => {
    for (const batch of golden.batches.slice(0, 2)) {
      const sources = batch.input_ids.map((ids, row) => ids.filter((_, at) => batch.attention_mask[row]?.[at] === 1));
      const bos = batch.forced_bos_token_id === undefined ? {} : { forced_bos_token_id: batch.forced_bos_token_id };
      const greedy = await generate(decoder, { sources, options: generationOptions({}, { ...golden.base_kwargs, ...bos }) });
      expect(greedy.map(([best]) => best?.tokens)).toEqual(batch.greedy.ids);
      const beams = await generate(decoder, { sources, options: generationOptions({}, { ...golden.base_kwargs, ...golden.variants['beam4_lp1.0_es_false'], ...bos }) });
      expect(beams.map((found) => found.map(({ tokens }) => tokens))).toEqual(batch['beam4_lp1.0_es_false'].ids);
    }
  });

  test.skipIf(!there)('int8 as it was exported: a sentence gets the same in a batch as alone', async () => {
    const int8 = await openExportedModel(findExportedGraphs(folder, 'int8'), { padTokenId: golden.ids.pad, maxSourceLength: golden.dims.max_positions }, { threads: 1, device: 'cpu' });
    const sources = golden.cases.slice(0, 4).map((one) => one.input_ids);
    const options = generationOptions({}, golden.base_kwargs);
    const alone = [];
    for (const source of sources) alone.push(...(await generate(int8, { sources: [source], options })));
    expect(await generate(int8, { sources, options })).toEqual(alone);
    await int8.close();
  });
});
