import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Linear } from '../architectures/transformer/definition.ts';
import { withInt8Weights } from '../architectures/transformer/int8-weights.ts';
import { withLinears } from '../architectures/transformer/with-linears.ts';
import { openWeightsFolder, readWeightsFolder } from './huggingface-folder.ts';
import { familyFolder } from './testing/family-folder.ts';

const FAMILIES = ['marian', 'bart', 'mbart', 'm2m_100', 'pegasus', 't5', 'mt5'] as const;
let root = '';
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'weights-folder-'));
});
afterAll(() => rm(root, { recursive: true }));

let made = 0;
async function written(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(path.join(root, `model-${made++}-`));
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(folder, name), content);
  return folder;
}

const failure = (folder: string): Promise<unknown> =>
  readWeightsFolder(folder).then(
    () => null,
    (error: unknown) => error,
  );

describe.each(FAMILIES)('a folder of %s', (type) => {
  test('is opened and takes its steps', async () => {
    const { config, weights } = familyFolder(type, 11);
    const decoder = await openWeightsFolder(await written({ 'config.json': JSON.stringify(config), 'model.safetensors': weights }));
    const batch = await decoder.start(
      [
        [5, 6, 7, 2],
        [9, 2],
      ],
      1,
    );
    const together = await batch.step([3, 3], null);
    const alone = await (await decoder.start([[9, 2]], 1)).step([3], null);
    expect(together).toHaveLength(2 * decoder.vocabularySize);
    expect(Math.max(...alone.map((value, id) => Math.abs(value - (together[decoder.vocabularySize + id] ?? NaN))))).toBeLessThan(1e-5);
    await decoder.close();
  });

  test('is the same in one part and in several', async () => {
    const { config, weights, parts } = familyFolder(type, 12);
    const whole = await readWeightsFolder(await written({ 'config.json': JSON.stringify(config), 'model.safetensors': weights }));
    const split = await readWeightsFolder(await written({ 'config.json': JSON.stringify(config), ...parts }));
    expect(split).toEqual(whole);
  });

  test('is read in 8 bit as it is brought to 8 bit afterwards, without its float32 weights', async () => {
    const { config, weights } = familyFolder(type, 14);
    const folder = await written({ 'config.json': JSON.stringify(config), 'model.safetensors': weights });
    const read = await readWeightsFolder(folder, 'columns');
    const withoutFloats = (layer: Linear): Linear => ({ ...layer, weight: new Float32Array(0) });
    const later = withInt8Weights(await readWeightsFolder(folder), 'columns');
    expect(read).toEqual({ ...withLinears(later, withoutFloats), output: withoutFloats(later.output) });
  });

  test('is refused by the name of a tensor that is absent or of another shape', async () => {
    const { config, weights } = familyFolder(type, 13);
    const grown = { ...config, ...('d_ff' in config ? { d_ff: 99 } : { encoder_ffn_dim: 99 }) };
    expect(await failure(await written({ 'config.json': JSON.stringify(grown), 'model.safetensors': weights }))).toMatchObject({
      code: 'MODEL_BROKEN',
      message: expect.stringMatching(/ has the shape \[\d+, \d+\] where \[99, \d+\] is needed\.$/),
    });
    const deeper = { ...config, ...('num_layers' in config ? { num_layers: 9 } : { encoder_layers: 9 }) };
    expect(await failure(await written({ 'config.json': JSON.stringify(deeper), 'model.safetensors': weights }))).toMatchObject({
      code: 'MODEL_BROKEN',
      message: expect.stringMatching(/tensor ".*encoder\.(layers|block)\.\d\..*" is missing\.$/),
    });
  });
});

test.each([
  ['model_type', 'gpt2', 'marian, bart, mbart, m2m_100, pegasus, t5, mt5 can be run from weights'],
  ['architectures', ['MarianForCausalLM'], '["MarianMTModel"] can be run'],
  ['activation_function', 'xielu', 'can be run'],
  ['quantization_config', { bits: 4 }, 'float weights can be run'],
  ['encoder_attention_heads', 5, 'd_model (16) must be a multiple of it'],
  ['decoder_layers', '2', 'a positive whole number is needed'],
  ['scale_embedding', 'yes', 'true or false is needed'],
])('the setting %s that can not be run is refused by its name', async (key, value, instead) => {
  const { config, weights } = familyFolder('marian', 14);
  const folder = await written({ 'config.json': JSON.stringify({ ...config, [key]: value }), 'model.safetensors': weights });
  const error = await failure(folder);
  expect(error).toMatchObject({ code: 'MODEL_UNSUPPORTED', message: expect.stringContaining(`sets "${key}: ${JSON.stringify(value)}"; `) });
  expect(error).toMatchObject({ message: expect.stringContaining(instead) });
});

test('a folder that is not whole is refused by the name of the file', async () => {
  const { config, weights } = familyFolder('marian', 15);
  const text = JSON.stringify(config);
  const empty = await written({});
  expect(await failure(empty)).toMatchObject({ code: 'MODEL_MISSING', message: `The model folder ${empty} lacks config.json.` });
  const bare = await written({ 'config.json': text });
  expect(await failure(bare)).toMatchObject({ code: 'MODEL_MISSING', message: `The model folder ${bare} lacks model.safetensors.` });
  const cut = await written({ 'config.json': text, 'model.safetensors': weights.subarray(0, weights.length - 1) });
  expect(await failure(cut)).toMatchObject({ code: 'MODEL_BROKEN', message: expect.stringContaining('ends 1 bytes behind the end') });
  const garbled = await written({ 'config.json': '{', 'model.safetensors': weights });
  expect(await failure(garbled)).toMatchObject({ code: 'MODEL_BROKEN', message: `${path.join(garbled, 'config.json')} is not JSON.` });
  const index = JSON.stringify({ weight_map: { 'model.shared.weight': '../elsewhere.safetensors' } });
  const outside = await written({ 'config.json': text, 'model.safetensors.index.json': index });
  expect(await failure(outside)).toMatchObject({ code: 'MODEL_BROKEN', message: expect.stringContaining('does not name the parts of the weights') });
});
