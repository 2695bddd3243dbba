import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { batchesOf } from '../corpus/batches.ts';
import { adam } from '../optimizers/adam.ts';
import { initialParameters, type ParameterStore } from '../parameters.ts';
import { openRunDirectory, type RunDirectory } from '../runs/run-directory.ts';
import { openTrainingSession } from '../session/training-session.ts';
import { modelFamily, type ModelFamily } from './model-families.ts';
import { smallTraining } from './testing/letter-corpus.ts';
import type { TrainSettings } from './train-settings.ts';
import { encodeTexts, readTexts, type EncodedTexts } from './training-data.ts';
import { runTraining } from './training-run.ts';
import { openVocabularies } from './vocabularies.ts';

interface Learned {
  readonly family: ModelFamily;
  readonly texts: EncodedTexts;
  readonly settings: TrainSettings;
  readonly run: RunDirectory;
  readonly before: ParameterStore;
  readonly after: ParameterStore;
  /** By the log. */
  readonly steps: readonly { readonly step: number; readonly epoch: number; readonly loss: number; readonly rate: number }[];
  readonly heldOutLoss: number;
}

/** A training of some steps without dropout or a rising rate, of which single settings can be changed. */
async function learned(changes: Readonly<Record<string, unknown>>): Promise<Learned> {
  const { corpusFile, settings } = smallTraining({ model: { embedding: 8, hidden: 8 }, vocabulary: { joint: true }, steps: 1, measureEvery: 100, measured: 0, rate: 0.5, warmUp: 0, schedule: 'constant', ...changes });
  const texts = await readTexts({ file: corpusFile, task: 'translation' }, settings);
  const run = await openRunDirectory(path.join(mkdtempSync(path.join(tmpdir(), 'bitext-learned-')), 'run'), { task: 'train', seed: settings.seed, corpusHash: texts.hash, settings: { ...settings } }, { keep: settings.keep });
  const vocabularies = await openVocabularies(run.folder, texts, settings, null);
  const family = modelFamily(settings, vocabularies.sizes);
  const encoded = encodeTexts(texts, vocabularies, settings);
  const outcome = await runTraining({ family, texts: encoded, vocabularies, measured: [], settings, run, threads: 1 });
  if (outcome.outcome !== 'trained') throw new Error(`it ${outcome.outcome}`);
  const steps = (await run.log()).flatMap(({ event }) => (event.kind === 'step' ? [event] : []));
  return { family, texts: encoded, settings, run, before: initialParameters(family.trainable, settings.seed), after: outcome.parameters, steps, heldOutLoss: outcome.heldOutLoss };
}

const numbers = (store: ParameterStore): number[] => [...store.values()].flatMap(({ data }) => [...data]);
const distance = (a: readonly number[], b: readonly number[]): number => Math.sqrt(a.reduce((sum, value, index) => sum + (value - (b[index] ?? 0)) ** 2, 0));
const moved = ({ before, after }: Learned): number => distance(numbers(after), numbers(before));
const states = async ({ run }: Learned, step: number): Promise<Set<string>> => new Set([...(await run.load(step)).tensors.keys()].map((name) => name.split('/')[0] ?? ''));

describe('what a training optimizes with', () => {
  it('is SGD with a momentum, or without, or Adam', async () => {
    const [plain, heavy, usual] = [await learned({ optimizer: 'sgd', momentum: 0, steps: 2 }), await learned({ optimizer: 'sgd', momentum: 0.5, steps: 2 }), await learned({ steps: 2 })];
    expect([await states(plain, 2), await states(heavy, 2), await states(usual, 2)]).toEqual([['step', 'parameter'], ['step', 'parameter', 'velocity'], ['step', 'parameter', 'mean', 'square']].map((names) => new Set(names)));
    expect(moved(heavy)).not.toBeCloseTo(moved(plain), 3);
  });

  it('is AdamW, which lets the weights decay beside the step of Adam', async () => {
    const [plain, decayed] = [await learned({ optimizer: 'adam', rate: 0.01 }), await learned({ optimizer: 'adamw', weightDecay: 0.2, rate: 0.01 })];
    // w - rate · decay · w before the same change
    const undecayed = numbers(plain.after);
    const expected = numbers(plain.before).map((weight, index) => (undecayed[index] ?? 0) - 0.01 * 0.2 * weight);
    expect(distance(numbers(decayed.after), expected)).toBeLessThan(1e-5);
    expect(distance(numbers(decayed.after), numbers(plain.after))).toBeGreaterThan(1e-3);
  });

  it('goes no further than the clipped gradient: rate times norm', async () => {
    const clipped = await learned({ optimizer: 'sgd', momentum: 0, clipNorm: 0.001, rate: 2 });
    expect(moved(clipped)).toBeCloseTo(0.002, 5);
  });

  it('has the rate of its schedule', async () => {
    const rates = async (schedule: string): Promise<number[]> => (await learned({ schedule, optimizer: 'sgd', rate: 0.1, warmUp: 4, steps: 20, measureEvery: 4, patience: 20 })).steps.flatMap(({ step, rate }) => (step % 4 === 0 ? [rate / 0.1] : []));
    const at = [4, 8, 12, 16, 20];
    expect(await rates('constant')).toEqual(at.map(() => expect.closeTo(1, 9)));
    expect(await rates('inverse-root')).toEqual(at.map((step) => expect.closeTo(Math.sqrt(4 / step), 9)));
    // From the peak at step 4 to a twentieth at step 20.
    expect(await rates('cosine')).toEqual(at.map((step) => expect.closeTo(0.05 + (0.95 * (1 + Math.cos((Math.PI * (step - 4)) / 16))) / 2, 9)));
  });

  it('counts steps, not batches, where batches make one together', async () => {
    const [one, three] = [await learned({ steps: 12 }), await learned({ steps: 12, accumulate: 3 })];
    const batches = batchesOf(one.texts.training, { targetTokens: one.settings.batchTokens, maxRows: 128, seed: one.settings.seed }, 0).length;
    expect([one.steps.at(-1), three.steps.at(-1)]).toEqual([expect.objectContaining({ step: 12, epoch: Math.floor(11 / batches) }), expect.objectContaining({ step: 12 })]);
    expect((await three.run.latest())?.state).toMatchObject({ step: 12, position: 12 });
    expect((await states(three, 12)).has('gradient')).toBe(true);
  });

  it('follows another loss with smoothed labels, and another way with dropout', async () => {
    const [plain, smoothed, dropped] = [await learned({}), await learned({ smoothing: 0.3 }), await learned({ model: { embedding: 8, hidden: 8, dropout: 0.5 } })];
    expect([smoothed, dropped].map(({ steps }) => steps[0]?.loss)).not.toContain(plain.steps[0]?.loss);
    expect(distance(numbers(dropped.after), numbers(plain.after))).toBeGreaterThan(0);
  });
});

describe('a moving average', () => {
  it('is what is measured and kept', async () => {
    const run = await learned({ average: 0.9, rate: 0.05, steps: 20, measureEvery: 20 });
    const { tensors } = await run.run.load(20);
    const stored = (kind: string): number[] => [...run.after.keys()].flatMap((name) => [...(tensors.get(`${kind}/${name}`)?.data ?? [])]);
    expect(stored('average')).toEqual(numbers(run.after));
    expect(distance(stored('parameter'), stored('average'))).toBeGreaterThan(0.01);
    const session = await openTrainingSession(run.family.trainable, { parameters: run.after, optimizer: adam(), seed: 1, threads: 1 });
    const batches = batchesOf(run.texts.heldOut, { targetTokens: run.settings.batchTokens, maxRows: 128, seed: run.settings.seed }, 0);
    const { loss } = await session.evaluate(batches.map((indices) => run.family.batch(indices.flatMap((index) => run.texts.heldOut[index] ?? []))));
    await session.close();
    expect(run.heldOutLoss).toBe(loss);
  });
});
