import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeModel } from '../../catalog/find-models.ts';
import type { TranslatedBatch } from '../../engine/engine.ts';
import { createOnnxEngine } from '../../engine/onnx-engine.ts';
import { openTextTasks } from '../../tasks/open-text-tasks.ts';
import { readCheckpoint } from '../runs/checkpoint-file.ts';
import { letterPairs, smallTraining } from './testing/letter-corpus.ts';
import { train, type TrainInput, type TrainProgress } from './train-model.ts';
import { openCheckpoint } from './open-checkpoint.ts';
import { readTrainSettings } from './read-train-settings.ts';

const weightsOf = ({ into }: TrainInput, name = 'recurrent.safetensors'): string => readFileSync(path.join(into, name)).toString('base64');

async function translated(folder: string, texts: readonly string[]): Promise<string[]> {
  const engine = createOnnxEngine({ modelDirs: [folder], cacheDir: mkdtempSync(path.join(tmpdir(), 'bitext-graphs-')), threads: 1 });
  const found: string[] = [];
  const onBatch = ({ indices, translations }: TranslatedBatch): void => { for (const [at, index] of indices.entries()) found[index] = translations[at]?.text ?? ''; };
  try {
    await engine.translate({ from: 'en', to: 'de', texts, priority: 'batch', alignment: true }, { onBatch });
  } finally {
    await engine.close();
  }
  return found;
}

describe('a training from scratch', () => {
  it('makes a model that the engine opens like any other and that has learned the corpus', async () => {
    const input = smallTraining({ model: { embedding: 24, hidden: 32 }, steps: 120, measureEvery: 60, batchTokens: 400, rate: 0.01, measured: 10 });
    const seen: TrainProgress[] = [];
    const outcome = await train(input, { report: (progress) => seen.push(progress) });
    expect(outcome).toMatchObject({ outcome: 'trained', steps: 120, greedy: { exact: expect.any(Number) } });
    expect(outcome.greedy?.exact).toBeGreaterThan(0.9);
    expect(await describeModel(input.into)).toMatchObject({ id: 'model', from: 'en', to: 'de', architecture: 'recurrent' });
    expect(await translated(input.into, ['c d', 'b f h', 'g'])).toEqual(['f d', 'b g c', 'h']);
    expect(new Set(seen.map(({ stage }) => stage))).toEqual(new Set(['reading', 'vocabulary', 'learning', 'measured', 'evaluating']));
    const pictures: unknown = JSON.parse(readFileSync(path.join(input.runFolder, 'attention', 'step-120.json'), 'utf8'));
    const checkpoint = await openCheckpoint(input.runFolder, 120, { threads: 1 });
    const [said] = await checkpoint.translate(['c d']);
    await checkpoint.close();
    expect(said).toMatchObject({ text: 'f d', picture: { source: ['▁c', '▁d', '</s>'], output: ['▁f', '▁d', '</s>'] } });
    // What is said first was looked up at the second token.
    expect(said?.picture.weights[0]?.[1]).toBeGreaterThan(0.5);
    await expect(openCheckpoint(input.runFolder, 7, { threads: 1 })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(pictures).toMatchObject([{ source: expect.any(String), attention: { source: expect.any(Array), output: expect.any(Array), weights: expect.any(Array) } }, {}, {}]);
  });

  const dropping = { model: { embedding: 12, hidden: 16, dropout: 0.2 }, measureEvery: 4, steps: 16 };
  const whole = smallTraining(dropping);
  beforeAll(async () => { await train(whole); });

  it('gives the same weights for the same seed and corpus, and others for another seed', async () => {
    const [again, other] = [smallTraining(dropping), smallTraining({ ...dropping, seed: 2 })];
    for (const input of [again, other]) await train(input);
    expect(weightsOf(again)).toBe(weightsOf(whole));
    expect(weightsOf(other)).not.toBe(weightsOf(whole));
  });

  it('goes on from where it was cancelled, to the same weights', async () => {
    const stopped = smallTraining(dropping);
    const stop = new AbortController();
    const outcome = await train(stopped, { signal: stop.signal, report: (progress) => { if (progress.stage === 'measured') stop.abort(); } });
    expect([outcome.outcome, existsSync(stopped.into)]).toEqual(['cancelled', false]);
    expect(await train(stopped)).toMatchObject({ outcome: 'trained', steps: 16 });
    expect(weightsOf(stopped)).toBe(weightsOf(whole));
  });

  it('goes on after it was killed, to the same weights', async () => {
    const killed = smallTraining(dropping);
    const child = spawn(process.execPath, [fileURLToPath(new URL('testing/train-process.ts', import.meta.url)), JSON.stringify(killed), '9'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const closed = once(child, 'close');
    for await (const chunk of child.stdout) if (String(chunk).split('\n').some((line) => Number(line) >= 9)) child.kill('SIGKILL');
    await closed;
    expect([child.signalCode, existsSync(killed.into)]).toEqual(['SIGKILL', false]);
    expect(readdirSync(path.join(killed.runFolder, 'checkpoints')).length).toBeGreaterThan(0);
    expect(await train(killed)).toMatchObject({ outcome: 'trained', steps: 16 });
    expect(weightsOf(killed)).toBe(weightsOf(whole));
  });

  it('stops at losses that are no numbers and keeps the checkpoint before them', async () => {
    const { settings, ...rest } = smallTraining({ steps: 40, measureEvery: 1, measured: 0, patience: 40 });
    // After the first step the weights are just within float32, and their products beyond it.
    const outcome = await train({ ...rest, settings: { ...settings, rate: 1e38, warmUp: 0 } });
    expect(outcome).toMatchObject({ outcome: 'diverged', greedy: null });
    expect(existsSync(rest.into)).toBe(false);
    const [last = ''] = readdirSync(path.join(rest.runFolder, 'checkpoints')).toReversed();
    const { tensors } = await readCheckpoint(path.join(rest.runFolder, 'checkpoints', last));
    expect([...tensors.values()].every(({ data }) => data.every(Number.isFinite))).toBe(true);
  });

  it('stops early when the held-out part does not get better', async () => {
    const outcome = await train(smallTraining({ steps: 4000, measureEvery: 2, patience: 2, rate: 1, measured: 0, heldOut: 20 }));
    expect(outcome.outcome).toBe('trained');
    expect(outcome.steps).toBeLessThan(400);
  });

  it('answers questions: question and context are the source, the answer is the target', async () => {
    // The first or the last letter is asked for.
    const lines = letterPairs(900).flatMap((line) => {
      const letters = (line.split('\t')[0] ?? '').split(' ');
      return [`first\t${letters.join(' ')}\t${letters[0] ?? ''}`, `last\t${letters.join(' ')}\t${letters.at(-1) ?? ''}`];
    });
    const input = smallTraining({ model: { embedding: 24, hidden: 32 }, steps: 160, measureEvery: 80, batchTokens: 160, rate: 0.01, measured: 0 }, lines);
    const outcome = await train({ ...input, task: 'question-answering' });
    expect(outcome.greedy?.exact).toBeGreaterThan(0.9);
    expect(await describeModel(input.into)).toMatchObject({ tasks: ['answer'] });
    const tasks = openTextTasks({ modelDirs: [path.dirname(input.into)], threads: 1 });
    const answers = [await tasks.ask({ question: 'first', segments: ['f b c'] }), await tasks.ask({ question: 'last', segments: ['f b c'] })];
    await tasks.close();
    expect(answers.map(({ text, model }) => [text, model])).toEqual([['f', 'model'], ['c', 'model']]);
  });

  it('trains a transformer that the engine runs as a student', async () => {
    const input = smallTraining({ model: { kind: 'transformer', dim: 32, heads: 2, ffnDim: 64, encoderLayers: 1, decoderLayers: 1, dropout: 0 }, vocabulary: { joint: true }, steps: 200, measureEvery: 50, batchTokens: 400, rate: 0.006 });
    const outcome = await train(input);
    expect(outcome.greedy?.exact).toBeGreaterThan(0.5);
    expect(await describeModel(input.into)).toMatchObject({ architecture: 'marian-student' });
    expect(await translated(input.into, ['g'])).toEqual(['h']);
  });

  it('refuses to write over a model', async () => {
    const input = smallTraining();
    await expect(train({ ...input, into: path.dirname(input.into) })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('settings of a training', () => {
  it('are a preset with changes', () => {
    const settings = readTrainSettings({ preset: 'lstm-attention', model: { hidden: 64 }, steps: 7 });
    expect([settings.model, settings.steps]).toEqual([expect.objectContaining({ kind: 'recurrent', encoderCell: 'lstm', decoderCell: 'lstm', context: 'additive', hidden: 64 }), 7]);
  });

  it.each([
    [{ preset: 'best' }, /there is no preset "best"/],
    [{ epochs: 3 }, /there is no setting "epochs"/],
    [{ steps: 0 }, /"steps" is a whole number from 1/],
    [{ vocabulary: { size: 'big' } }, /"size" is a whole number from 3/],
    [{ model: { kind: 'convolution' } }, /"kind" of the model is recurrent or transformer/],
    [{ model: { cell: 'gru' } }, /there is no setting "cell"/],
    ['gru', /a configuration is an object/],
  ])('refuse %j', (value, message) => {
    expect(() => readTrainSettings(value)).toThrow(message);
  });
});
