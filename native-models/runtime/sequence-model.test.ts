/** Models of every Hugging Face family with seeded weights, as the engine runs them: batches, languages, beginnings, limits. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Precision } from '../engine/engine.ts';
import { familyFolder, type FamilyType } from '../weights/testing/family-folder.ts';
import { seededRandom } from '../weights/testing/synthetic-student.ts';
import type { DecodedSentence } from './compiled-model.ts';
import { openSequenceModel } from './open-sequence-model.ts';
import type { SequenceModel } from './sequence-model.ts';

const FAMILIES: readonly FamilyType[] = ['marian', 'bart', 'mbart', 'm2m_100', 'pegasus', 't5', 'mt5'];
const EOS = 2;
const root = mkdtempSync(path.join(tmpdir(), 'sequence-model-'));
afterAll(() => { rmSync(root, { recursive: true }); });

function written(type: FamilyType, generation: object = {}, manifest: object = {}): string {
  const folder = mkdtempSync(path.join(root, `${type}-`));
  const { config, weights } = familyFolder(type, 31);
  const settings = { decoder_start_token_id: 3, eos_token_id: EOS, pad_token_id: 1, num_beams: 3, max_length: 20, ...generation };
  for (const [name, content] of Object.entries({ 'config.json': JSON.stringify(config), 'model.safetensors': weights, 'generation_config.json': JSON.stringify(settings), 'bitext.json': JSON.stringify(manifest) }))
    writeFileSync(path.join(folder, name), content);
  return folder;
}

const open = (folder: string, precision: Precision = 'float32'): Promise<SequenceModel> =>
  openSequenceModel({ folder, format: 'safetensors', cacheDir: path.join(root, 'graphs'), precision, threads: 1, device: 'cpu' });

/** Of very different lengths, some of one token over and over: their activations stick out. */
function sources(count: number): number[][] {
  const random = seededRandom(5);
  return Array.from({ length: count }, (_, i) => {
    const length = 1 + Math.floor(random() * (i % 5 === 0 ? 20 : 6));
    const same = 4 + Math.floor(random() * 36);
    return [...Array.from({ length }, () => (i % 4 === 0 ? same : 4 + Math.floor(random() * 36))), EOS];
  });
}

const read = ({ ids, truncated }: DecodedSentence): unknown => ({ ids: [...ids], truncated });

function expectSame(some: readonly DecodedSentence[], others: readonly DecodedSentence[]): void {
  expect(some.map(read)).toEqual(others.map(read));
  for (const [i, { score, attention }] of some.entries()) {
    expect(score).toBeCloseTo(others[i]?.score ?? NaN, 2);
    expect(attention?.length).toBe(others[i]?.attention?.length);
    attention?.forEach((share, at) => { expect(share).toBeCloseTo(others[i]?.attention?.[at] ?? NaN, 3); });
  }
}

describe.each(FAMILIES)('%s', (type) => {
  let folder: string;
  beforeAll(() => { folder = written(type); });

  test.each<Precision>(['float32', 'int8'])('says of each text the same, whatever stands beside it, in %s', async (precision) => {
    const model = await open(folder, precision);
    const texts = sources(24);
    const asked = { alignment: true, scores: true };
    const { outputs } = await model.run(texts, asked);
    expect(new Set(outputs.map(({ score }) => score?.toFixed(3))).size).toBeGreaterThan(12);
    for (const [i, text] of texts.entries()) {
      const { outputs: [alone] } = await model.run([text], asked);
      const together = outputs[i];
      if (alone === undefined || together === undefined) throw new Error('no output');
      expectSame([together], [alone]);
      const rows = together.ids.length + (together.truncated ? 0 : 1);
      expect(together.attention?.length).toBe(rows * text.length);
      expect(together.tokenScores?.length).toBe(alone.tokenScores?.length);
    }
    await model.close();
  });

  test('says step by step what it says in the graph', async () => {
    const model = await open(folder);
    const texts = sources(12);
    const inGraph = await model.run(texts, { alignment: true, scores: true });
    // No output has so many tokens; the rule needs a search step by step all the same.
    const stepByStep = await model.run(texts, { alignment: true, scores: true, noRepeatNgram: 50 });
    expectSame(stepByStep.outputs, inGraph.outputs);
    await model.close();
  });

  test('begins with the language, then with what it is told', async () => {
    const model = await open(folder);
    const texts = sources(6), prefixes = [[], [9, 8], [7], [9, 8], [], [12]];
    const { outputs } = await model.run(texts, { alignment: true, scores: true, firstToken: 5, prefixes });
    const free = await model.run(texts, { alignment: true, scores: true, firstToken: 5 });
    for (const [i, { ids, attention, truncated }] of outputs.entries()) {
      const prefix = prefixes[i] ?? [];
      expect([...ids.subarray(0, prefix.length)]).toEqual(prefix);
      expect(attention?.length).toBe((ids.length + (truncated ? 0 : 1)) * (texts[i]?.length ?? 0));
      if (prefix.length === 0) expect([...ids]).toEqual([...(free.outputs[i]?.ids ?? [])]);
    }
    await model.close();
  });

  test('keeps to the limit of the folder, and to one that is asked for', async () => {
    const model = await open(written(type, { max_length: 5, min_length: 5, num_beams: 1 }));
    const { outputs } = await model.run(sources(8), { alignment: false, scores: true });
    // The start token is one of the five.
    for (const { ids, truncated, attention } of outputs) expect([ids.length <= 4, truncated, attention]).toEqual([true, true, null]);
    const { outputs: short } = await model.run(sources(8), { alignment: false, scores: true, maxTargetTokens: 2 });
    for (const { ids } of short) expect(ids.length).toBeLessThanOrEqual(2);
    await model.close();
  });

  test('gives as many hypotheses as beams are asked for, the best one first', async () => {
    const model = await open(folder);
    const { outputs: [output] } = await model.run([[7, 9, 30, EOS]], { alignment: true, scores: false, beam: 4, lengthPenalty: 0.7 });
    const scores = output?.hypotheses?.map(({ normalizedScore }) => normalizedScore) ?? [];
    expect([scores.length, scores]).toEqual([4, scores.toSorted((a, b) => b - a)]);
    expect([...(output?.ids ?? [])]).toEqual([...(output?.hypotheses?.[0]?.ids ?? [0])]);
    await model.close();
  });
});

test('the head that the manifest names is the one that is watched; one that is not there is refused', async () => {
  const text = [7, 9, 30, 11, EOS];
  const lookedAt = async (manifest: object): Promise<number[]> => {
    const model = await open(written('marian', { num_beams: 1 }, manifest));
    const { outputs: [output] } = await model.run([text], { alignment: true, scores: false });
    await model.close();
    return Array.from(output?.attention ?? []);
  };
  const usual = await lookedAt({});
  expect(await lookedAt({ alignment: { layer: 0, head: 0 } })).toEqual(usual);
  expect(await lookedAt({ alignment: { layer: 0, head: 1 } })).not.toEqual(usual);
  await expect(open(written('marian', {}, { alignment: { layer: 0, head: 9 } }))).rejects.toMatchObject({ code: 'MODEL_BROKEN', message: expect.stringContaining('no head 9 in layer 0') });
});

test('a second opening, from the compiled graphs, says the same; a folder that has changed is compiled anew', async () => {
  const folder = written('t5');
  const first = await open(folder);
  const before = await first.run([[7, 9, EOS]], { alignment: false, scores: true });
  await first.close();
  const second = await open(folder);
  expectSame((await second.run([[7, 9, EOS]], { alignment: false, scores: true })).outputs, before.outputs);
  await second.close();
  writeFileSync(path.join(folder, 'model.safetensors'), familyFolder('t5', 99).weights);
  const changed = await open(folder);
  const after = await changed.run([[7, 9, EOS]], { alignment: false, scores: true });
  expect(after.outputs[0]?.score).not.toBeCloseTo(before.outputs[0]?.score ?? NaN, 2);
  await changed.close();
});
