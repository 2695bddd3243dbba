/** The engine on devices that are not there, and on one that gives up: with notes of trials that promise otherwise. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDeviceNotes } from '../devices/choose-device.ts';
import type { ProbeNote } from '../devices/probe-note.ts';
import { softwareAdapter } from '../devices/testing/software-adapter.ts';
import type { TrialOutcome } from '../devices/trial-outcome.ts';
import { probeInProcess } from '../devices/probe-in-process.ts';
import type { Engine, TranslateRequest, TranslateSummary } from './engine.ts';
import { createOnnxEngine, type OnnxEngineOptions } from './onnx-engine.ts';
import { writeTinyModel } from './testing/tiny-model-folder.ts';

const driver = softwareAdapter();
if (driver !== null) process.env['VK_DRIVER_FILES'] = driver;
const hasAdapter = driver !== null && 'result' in (await probeInProcess('webgpu'));

const SPEED = { gigaflops: 900, difference: 0 };
const PROMISING: ProbeNote = { status: 'ran', float32: SPEED, float16: SPEED, cpuGigaflops: 100 };
const ran = (wordsPerSecond: number): TrialOutcome => ({ status: 'ran', wordsPerSecond, sentences: 6, equal: 6, scoreDifference: 0 });
const TEXTS = ['the', 'a b'];
const REQUEST: TranslateRequest = { from: 'en', to: 'pt', texts: TEXTS, priority: 'batch', alignment: false };

let folder = '', model = '';
const engines: Engine[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bitext-model-devices-'));
  model = writeTinyModel(path.join(folder, 'models'), 'tiny', 'enpt', { id: 'tiny-en-pt' });
});
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
  rmSync(folder, { recursive: true, force: true });
});

function open(options: Partial<OnnxEngineOptions> = {}): Engine {
  const engine = createOnnxEngine({ modelDirs: [path.join(folder, 'models')], cacheDir: path.join(folder, 'graphs'), threads: 1, ...options });
  engines.push(engine);
  return engine;
}

async function translate(engine: Engine): Promise<{ summary: TranslateSummary; texts: string[] }> {
  const texts: string[] = [];
  const summary = await engine.translate(REQUEST, { onBatch: ({ indices, translations }) => indices.forEach((index, at) => { texts[index] = translations[at]?.text ?? ''; }) });
  return { summary, texts };
}

/** As if the trials had shown that WebGPU in this precision is the best there is. */
async function promise(precision: 'float32' | 'float16'): Promise<Awaited<ReturnType<typeof openDeviceNotes>>> {
  const notes = await openDeviceNotes(path.join(folder, 'graphs'), model);
  await notes.machine.write('webgpu', PROMISING);
  await notes.model.write('cpu int8', ran(100));
  for (const each of ['float32', 'float16']) await notes.model.write(`webgpu ${each}`, ran(each === precision ? 5000 : 200));
  return notes;
}

describe('a device that the user named', () => {
  test('and that is not there fails the request, with what to do', async () => {
    const device = process.platform === 'darwin' ? 'directml' : 'coreml';
    await expect(translate(open({ device }))).rejects.toMatchObject({ code: 'DEVICE_UNAVAILABLE', message: expect.stringContaining(device), advice: expect.stringContaining('The cpu always works.') });
  });

  test('does not compute in int8', async () => {
    await expect(translate(open({ device: 'webgpu', precision: 'int8' }))).rejects.toMatchObject({ code: 'DEVICE_UNAVAILABLE', message: 'Whole-number products (int8) run on the cpu alone, not on webgpu.' });
  });
});

describe('half precision on the cpu', () => {
  test('can be had, and is what the summary says', async () => {
    expect((await translate(open({ precision: 'float16' }))).summary).toMatchObject({ device: 'cpu', precision: 'float16' });
  });
});

describe('a device that was chosen', () => {
  test('is the cpu where the other one is software, without a word', async () => {
    const { machine } = await openDeviceNotes(path.join(folder, 'graphs'), model);
    await machine.write('webgpu', { ...PROMISING, float32: { gigaflops: 0.5, difference: 0 }, float16: null });
    const engine = open({ device: 'auto' });
    expect((await translate(engine)).summary).toMatchObject({ device: 'cpu', precision: 'int8' });
    expect((await engine.state()).notices).toEqual([]);
  });

  test.skipIf(!hasAdapter)('and gives up in the middle of a run is replaced by the cpu, which runs what it left; said and noted once', async () => {
    const notes = await promise('float16');
    const engine = open({ device: 'auto' });
    const { summary, texts } = await translate(engine);
    expect(summary).toMatchObject({ device: 'cpu', precision: 'int8' });
    expect(texts).toEqual((await translate(open())).texts);
    const { notices = [], device } = await engine.state();
    expect(device).toBe('cpu');
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(/^The model stopped on webgpu: .*f16.* The cpu is used instead, until the devices are tried again\.$/);
    expect((await notes.model.read('webgpu float16'))?.note.status).toBe('failed');
    expect((await translate(engine)).summary.device).toBe('cpu');
    expect((await engine.state()).notices).toEqual(notices);
  });

  test.skipIf(!hasAdapter)('translates as the cpu does in float32, and is marked until its first run has come back', async () => {
    const notes = await promise('float32');
    const engine = open({ device: 'auto' });
    const translated = translate(engine);
    let marked = false;
    while (!marked && (await Promise.race([translated.then(() => 'over'), new Promise<string>((resolve) => setTimeout(() => resolve('running'), 5))])) === 'running')
      marked = (await notes.model.read('webgpu float32'))?.note.status === 'started';
    const { summary, texts } = await translated;
    expect(summary).toMatchObject({ device: 'webgpu', precision: 'float32' });
    expect(texts).toEqual((await translate(open({ precision: 'float32' }))).texts);
    expect(await engine.state()).toMatchObject({ device: 'webgpu', precision: 'float32', notices: [] });
    expect(marked).toBe(true);
    await expect.poll(async () => (await notes.model.read('webgpu float32'))?.note).toEqual(ran(5000));
  });
});
