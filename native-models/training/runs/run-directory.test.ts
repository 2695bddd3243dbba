import { appendFileSync, existsSync, mkdtempSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunConfiguration } from './run-configuration.ts';
import { openRunBeside, openRunDirectory } from './run-directory.ts';

const CONFIGURATION: RunConfiguration = { task: 'train', seed: 1, corpusHash: 'ab', settings: { units: 8 } };
const newFolder = (): string => path.join(mkdtempSync(path.join(tmpdir(), 'bitext-run-')), 'run');
const checkpoint = (step: number) => ({ tensors: new Map([['w', { dims: [2, 1], data: Float32Array.of(step, -0.5) }], ['b', { dims: [], data: Float32Array.of(1e-30) }]]), state: { step, done: false } });

describe('the folder of a run', () => {
  it('gives back what was stored, to the bit', async () => {
    const run = await openRunDirectory(newFolder(), CONFIGURATION);
    expect(await run.latest()).toBeNull();
    await run.save(10, checkpoint(10));
    expect(await run.latest()).toEqual(checkpoint(10));
  });

  it('keeps the last checkpoints and the best', async () => {
    const run = await openRunDirectory(newFolder(), CONFIGURATION);
    for (const step of [1, 2, 3, 10, 20]) {
      await run.save(step, checkpoint(step));
      if (step === 2) await run.markBest(2, { bleu: 3 });
    }
    expect([await run.steps(), await run.bestStep()]).toEqual([[2, 10, 20], 2]);
  });

  it('goes back to the checkpoint before one that is damaged', async () => {
    const run = await openRunDirectory(newFolder(), CONFIGURATION);
    await run.save(1, checkpoint(1));
    await run.save(2, checkpoint(2));
    truncateSync(path.join(run.folder, 'checkpoints', 'step-2.safetensors'), 60);
    expect(await run.latest()).toEqual(checkpoint(1));
  });

  it('keeps the one before the last where one is to be kept', async () => {
    const run = await openRunDirectory(newFolder(), CONFIGURATION, { keep: 1 });
    for (const step of [1, 2, 3]) await run.save(step, checkpoint(step));
    expect(await run.steps()).toEqual([2, 3]);
  });

  it('clears away what a killed run was writing, when it is opened again', async () => {
    const run = await openRunDirectory(newFolder(), CONFIGURATION);
    await run.save(1, checkpoint(1));
    writeFileSync(path.join(run.folder, 'checkpoints', 'step-2.safetensors.part'), 'half');
    await openRunDirectory(run.folder, CONFIGURATION);
    expect(readdirSync(path.join(run.folder, 'checkpoints'))).toEqual(['step-1.safetensors']);
  });

  it('leaves no part file behind when the disk refuses', async () => {
    const run = await openRunDirectory(newFolder(), CONFIGURATION);
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    await expect(run.save(1, { tensors: new Map(), state: cyclic })).rejects.toThrow();
    expect(readdirSync(path.join(run.folder, 'checkpoints'))).toEqual([]);
  });

  it('reads its log up to a line that a crash cut', async () => {
    const run = await openRunDirectory(newFolder(), CONFIGURATION);
    const event = { kind: 'step', step: 1, epoch: 0, loss: 2.5, rate: 0.001, tokensPerSecond: 900 } as const;
    await run.append(event);
    appendFileSync(path.join(run.folder, 'log.jsonl'), '{"at":"2026-01-01","ev');
    expect((await run.log()).map((line) => line.event)).toEqual([event]);
  });

  it('forgets steps that were made again after a kill', async () => {
    const run = await openRunDirectory(newFolder(), CONFIGURATION);
    const step = (number: number, loss: number) => ({ kind: 'step', step: number, epoch: 0, loss, rate: 1, tokensPerSecond: 1 }) as const;
    const measured = { kind: 'measured', step: 2, scores: { chrf: 5 } } as const;
    for (const event of [step(1, 9), step(2, 8), measured, step(3, 7), step(2, 8), step(3, 6)]) await run.append(event);
    expect((await run.log()).map((line) => line.event)).toEqual([step(1, 9), step(2, 8), step(3, 6)]);
  });

  it('keeps as many as it is told to, spread over the run', async () => {
    const run = await openRunDirectory(newFolder(), CONFIGURATION, { keep: 4 });
    for (let step = 100; step <= 1200; step += 100) await run.save(step, checkpoint(step));
    const steps = await run.steps();
    expect([steps.length, steps.slice(-2)]).toEqual([4, [1100, 1200]]);
    // Of twelve, two are the last; the other two leave no gap longer than half of the run.
    const gaps = steps.map((step, index) => step - (steps[index - 1] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(600);
  });

  const refused = (what: string) => ({ code: 'INVALID_INPUT', message: expect.stringMatching(new RegExp(`holds another run: ${what}\\.$`, 'u')), advice: 'Choose a new folder, or give what that run was started with to go on with it.' });
  const FULL: RunConfiguration = { ...CONFIGURATION, corpusHash: 'a'.repeat(64), settings: { model: { units: 8, cell: 'gru' }, rate: 0.1 }, columns: [0, 1], vocabulary: null, threads: 2 };

  it.each<[string, Partial<RunConfiguration>, string]>([
    ['seed', { seed: 2 }, 'seed: 1 there, 2 here'],
    ['corpus', { corpusHash: 'b'.repeat(64) }, 'the corpus is another'],
    ['columns', { columns: [1, 0] }, 'columns: \\[0,1\\] there, \\[1,0\\] here'],
    ['vocabulary', { vocabulary: 'c'.repeat(64) }, 'the vocabulary is another'],
    ['task', { task: 'finetune' }, 'task: "train" there, "finetune" here'],
    ['threads', { threads: 4 }, 'threads: 2 there, 4 here'],
    ['settings', { settings: { model: { units: 16, cell: 'gru' }, rate: 0.1 } }, 'model\\.units: 8 there, 16 here'],
    ['a setting that is new', { settings: { ...FULL.settings, average: 0.9 } }, 'average: nothing there, 0\\.9 here'],
    ['a model where there was none', { model: 'd'.repeat(64) }, 'the model is another'],
    ['two things', { seed: 3, settings: { model: { units: 8, cell: 'gru' } } }, 'seed: 1 there, 3 here; rate: 0\\.1 there, nothing here'],
  ])('refuses to mix two runs: %s', async (_, change, what) => {
    const folder = newFolder();
    await openRunDirectory(folder, FULL);
    // In another order it is the same.
    await openRunDirectory(folder, { ...FULL, settings: { rate: 0.1, model: { cell: 'gru', units: 8 } } });
    await expect(openRunDirectory(folder, { ...FULL, ...change })).rejects.toMatchObject(refused(what));
  });

  it('says once what stands in the settings, too', async () => {
    const folder = newFolder(), at = (seed: number): RunConfiguration => ({ ...CONFIGURATION, seed, settings: { seed } });
    await openRunDirectory(folder, at(1));
    await expect(openRunDirectory(folder, at(7))).rejects.toMatchObject(refused('seed: 1 there, 7 here'));
  });

  it('lies beside another run where that is wanted, and is found there again', async () => {
    const folder = newFolder(), other = { ...CONFIGURATION, seed: 2 };
    const folders = [(await openRunBeside(folder, CONFIGURATION)).folder, (await openRunBeside(folder, other)).folder, (await openRunBeside(folder, CONFIGURATION)).folder, (await openRunBeside(folder, other)).folder, (await openRunBeside(folder, { ...other, seed: 3 })).folder];
    expect(folders).toEqual([folder, `${folder}-2`, folder, `${folder}-2`, `${folder}-3`]);
  });

  it('belongs to one process at a time; one that has ended has none', async () => {
    const folder = newFolder(), lock = path.join(folder, 'run.lock');
    await (await openRunDirectory(folder, CONFIGURATION)).close();
    expect(existsSync(lock)).toBe(false);
    writeFileSync(lock, String(process.ppid));
    await expect(openRunDirectory(folder, CONFIGURATION)).rejects.toMatchObject({ code: 'INVALID_INPUT', message: `Another process (${process.ppid}) is at the run in ${folder}.` });
    expect(existsSync(lock)).toBe(true);
    // Above what systems give.
    writeFileSync(lock, String(2 ** 31 - 1));
    const run = await openRunDirectory(folder, CONFIGURATION);
    await (await openRunDirectory(folder, CONFIGURATION)).close();
    expect(existsSync(lock)).toBe(true);
    await run.close();
    expect(existsSync(lock)).toBe(false);
  });
});
