import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { describeModel } from '../../catalog/find-models.ts';
import { createOnnxEngine } from '../../engine/onnx-engine.ts';
import { openModel } from '../../runtime/open-model.ts';
import { openModelTokenizer } from '../../tokenizers/huggingface/open-model-tokenizer.ts';
import { adam } from '../optimizers/adam.ts';
import { initialParameters } from '../parameters.ts';
import { openTrainingSession } from '../session/training-session.ts';
import { AttentionTransformer } from '../transformer/attention-transformer.ts';
import { openCheckpoint } from './open-checkpoint.ts';
import { letterPairs, smallTraining } from './testing/letter-corpus.ts';
import { readTrainSettings } from './read-train-settings.ts';
import { train } from './train-model.ts';

const CONFIGURATION = { kind: 'transformer', decoder: 'self-attention', dim: 64, heads: 4, ffnDim: 128, encoderLayers: 1, decoderLayers: 1, dropout: 0 } as const;
const TEXTS = ['c d', 'b f h g c', 'g h', 'd d b'];

it('a transformer with self-attention in its decoder learns from nothing, and the engine says with its folder what the trainer said', async () => {
  const input = smallTraining(
    { preset: 'transformer-attention', model: CONFIGURATION, vocabulary: { size: 300 }, steps: 400, measureEvery: 200, measured: 0, batchTokens: 600, rate: 0.004, warmUp: 40, average: 0.98, smoothing: 0, heldOut: 300 },
    letterPairs(4000, 5),
  );
  const outcome = await train(input);
  expect([outcome.greedy?.exact, outcome.beam?.exact].every((share = 0) => share > 0.99)).toBe(true);
  expect(await describeModel(input.into)).toMatchObject({ id: 'model', from: 'en', to: 'de', architecture: 'marian' });

  const trainer = await openCheckpoint(input.runFolder, 'best', { threads: 1 });
  const tokenizer = openModelTokenizer(input.into);
  const pieces: unknown = JSON.parse(readFileSync(path.join(input.into, 'vocab.json'), 'utf8'));
  const named = new Map(Object.entries(pieces ?? {}).map(([piece, id]: [string, unknown]) => [id, piece]));
  const model = await openModel({ folder: input.into, format: 'safetensors', cacheDir: mkdtempSync(path.join(tmpdir(), 'bitext-graphs-')), precision: 'float32', threads: 1, device: 'cpu' }, () => undefined);
  for (const beam of [1, 4]) {
    const said = await trainer.translate(TEXTS, { beam });
    const { outputs } = await model.run(TEXTS.map((text) => tokenizer.encode(text)), { alignment: true, scores: false, beam });
    expect(outputs.map(({ ids }) => [...Array.from(ids, (id) => named.get(id)), '</s>'])).toEqual(said.map(({ picture }) => picture.output));
    for (const [row, { attention }] of outputs.entries()) expect(said[row]?.picture.weights.flat()).toEqual(Array.from(attention ?? [], (weight) => expect.closeTo(weight, 5)));
  }
  const alike = (await trainer.translate(TEXTS, { beam: 4 })).map(({ text }) => text);
  await Promise.all([trainer.close(), model.close()]);
  expect(alike).toEqual(['f d', 'd h b g c', 'b h', 'c f f']);

  const engine = createOnnxEngine({ modelDirs: [input.into], cacheDir: mkdtempSync(path.join(tmpdir(), 'bitext-graphs-')), threads: 1 });
  const found: string[] = [];
  await engine.translate({ from: 'en', to: 'de', texts: TEXTS, priority: 'batch', alignment: true }, { onBatch: ({ indices, translations }) => { for (const [at, index] of indices.entries()) found[index] = translations[at]?.text ?? ''; } });
  await engine.close();
  expect(found).toEqual(alike);
});

it('drops in training alone, and another part with another seed', async () => {
  const transformer = new AttentionTransformer({ ...CONFIGURATION, dropout: 0.4 }, 12, 0);
  const { trainable } = transformer;
  const batch = transformer.batch([{ source: [5, 3, 0], target: [4, 7, 0] }, { source: [2, 0], target: [3, 0] }]);
  const lossesOf = async (seed: number): Promise<{ step: number; evaluated: number }> => {
    const session = await openTrainingSession(trainable, { parameters: initialParameters(trainable, 3), optimizer: adam(), seed, threads: 1 });
    const { loss: evaluated } = await session.evaluate([batch]);
    const [report] = await session.steps([{ batch, rate: 0 }]);
    await session.close();
    return { step: report?.loss ?? NaN, evaluated };
  };
  const [one, again, other] = [await lossesOf(1), await lossesOf(1), await lossesOf(2)];
  expect(again).toEqual(one);
  expect(other.evaluated).toBe(one.evaluated);
  expect(new Set([one.step, other.step, one.evaluated]).size).toBe(3);
});

it('needs one vocabulary for both sides', async () => {
  const input = smallTraining({ preset: 'transformer-attention', model: CONFIGURATION, vocabulary: { joint: false } });
  await expect(train(input)).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('one table of embeddings') });
  expect(() => readTrainSettings({ preset: 'transformer-attention', model: { decoder: 'gru' } })).toThrow('"decoder" is one of ssru, self-attention');
});
