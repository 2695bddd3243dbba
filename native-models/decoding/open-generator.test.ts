/** Generation in a thread of its own: stopped within an output, and on devices that are not there or give up. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDeviceNotes } from '../devices/choose-device.ts';
import { runGenerationTrial } from '../devices/generation-trial.ts';
import { softwareAdapter } from '../devices/testing/software-adapter.ts';
import type { TrialOutcome } from '../devices/trial-outcome.ts';
import { writeLetterModel } from './testing/letter-model.ts';
import { openFolderGenerator } from './folder-generator.ts';
import { generationRequest } from './generation-request.ts';
import { openGenerator, type Generator, type GeneratorOptions } from './open-generator.ts';

const driver = softwareAdapter();
if (driver !== null) process.env['VK_DRIVER_FILES'] = driver;

let root: string, folder: string, cacheDir: string;
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'bitext-generator-'));
  folder = path.join(root, 'letters');
  cacheDir = path.join(root, 'graphs');
  writeLetterModel(folder);
});
afterAll(() => { rmSync(root, { recursive: true }); });

const open = (options: Partial<GeneratorOptions> = {}): Promise<Generator> => openGenerator(folder, { from: 'weights', precision: null, threads: 1, device: 'cpu', cacheDir, ...options });
const REQUEST = generationRequest({ text: 'abc de', params: { num_beams: 2, max_new_tokens: 12 } });

/** What the same model says in this thread. */
async function expected(): Promise<unknown> {
  const here = await openFolderGenerator(folder, { from: 'weights', precision: 'float32', threads: 1, device: 'cpu' });
  const generated = await here.generate(REQUEST);
  const both = { generated, details: await here.details(REQUEST, generated) };
  await here.close();
  return both;
}

test('says in its thread what it says in this one', async () => {
  const generator = await open();
  const generated = await generator.generate(REQUEST);
  expect({ generated, details: await generator.details(REQUEST, generated) }).toEqual(await expected());
  await expect(generator.generate(generationRequest({ text: 'a', params: { do_sample: true } }))).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' });
  await generator.close();
});

test('an output of hours is stopped, and the next request is answered', async () => {
  const generator = await open();
  const cancel = new AbortController();
  const endless = generator.generate(generationRequest({ text: 'abc', params: { num_beams: 1, min_new_tokens: 199_999, max_new_tokens: 200_000 } }), cancel.signal);
  const stopped = expect(endless).rejects.toThrow('enough');
  await setTimeout(200);
  cancel.abort(new Error('enough'));
  await stopped;
  expect((await generator.generate(REQUEST)).output).toHaveLength(1);
  await generator.close();
});

test('a folder that is no model fails as in this thread', async () => {
  await expect(openGenerator(root, { from: 'weights', precision: null, threads: 1, device: 'cpu', cacheDir })).rejects.toMatchObject({ code: 'MODEL_MISSING' });
});

describe('with auto', () => {
  const ran = (wordsPerSecond: number): TrialOutcome => ({ status: 'ran', wordsPerSecond, sentences: 6, equal: 6, scoreDifference: 0 });

  test('a device that looked best and fails is replaced by the cpu, told once and remembered', async () => {
    const speed = { gigaflops: 900, difference: 0 };
    const notes = await openDeviceNotes(cacheDir, folder, 'generation');
    await notes.machine.write('webgpu', { status: 'ran', float32: speed, float16: speed, cpuGigaflops: 100 });
    // The software adapter has no half precision, other machines of the tests no adapter.
    await notes.model.write('cpu float32', ran(100));
    await notes.model.write('webgpu float32', ran(50));
    await notes.model.write('webgpu float16', ran(5000));
    const told: string[] = [];
    const generator = await open({ device: 'auto', notice: (text) => told.push(text) });
    expect(await generator.generate(REQUEST)).toEqual(((await expected()) as { generated: unknown }).generated);
    await generator.close();
    expect(told).toEqual([expect.stringMatching(/webgpu.* The cpu is used instead, from now on\.$/s)]);
    expect((await notes.model.read('webgpu float16'))?.note).toMatchObject({ status: 'failed' });
    const again = await open({ device: 'auto', notice: (text) => told.push(text) });
    await again.close();
    expect(told).toHaveLength(1);
  });

  test('a trial gives an output and a score for each of the fixed sentences', async () => {
    const { outputs, wordsPerSecond } = await runGenerationTrial({ folder, from: 'weights' }, { device: 'cpu', precision: 'float32' }, { cacheDir, threads: 1 });
    expect(outputs).toHaveLength(6);
    for (const { score } of outputs) expect(score).toBeLessThan(0);
    expect(wordsPerSecond).toBeGreaterThan(0);
    await expect(runGenerationTrial({ folder: root, from: 'weights' }, { device: 'cpu', precision: 'float32' }, { cacheDir, threads: 1 })).rejects.toThrow('config.json');
  });
});
