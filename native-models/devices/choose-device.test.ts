/**
 * What is chosen from what was found, with figures of devices that this machine need not have; and the whole way with
 * real processes: the cpu, and drivers that crash.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeTinyModel } from '../engine/testing/tiny-model-folder.ts';
import { offeredDevices, runtimeVersion } from '../runtime/session.ts';
import { candidatesOf, chooseDevice, type DeviceNotes, type DeviceTools, fastest, noteFailure, openDeviceNotes, openMachineNotes, probeDevices, realDeviceTools } from './choose-device.ts';
import type { ProbeResult } from './device-probe.ts';
import { runTrial, type TrialModel, type TrialRun } from './device-trial.ts';
import type { ProbeNote } from './probe-note.ts';
import { probeInProcess } from './probe-in-process.ts';
import type { Candidate, TrialOutcome } from './trial-outcome.ts';

const DYING = path.join(import.meta.dirname, 'testing/dying-child.ts');
const GPU: ProbeResult = { device: 'webgpu', float32: { gigaflops: 900, difference: 1e-6 }, float16: { gigaflops: 1500, difference: 1e-3 }, cpuGigaflops: 100 };
const SOFTWARE: ProbeResult = { ...GPU, float32: { gigaflops: 0.6, difference: 1e-6 }, float16: null };
const CPU: Candidate = { device: 'cpu', precision: 'int8' };
const SINGLE: Candidate = { device: 'webgpu', precision: 'float32' };
const HALF: Candidate = { device: 'webgpu', precision: 'float16' };
const ran = (wordsPerSecond: number, equal = 6): TrialOutcome => ({ status: 'ran', wordsPerSecond, sentences: 6, equal, scoreDifference: 0 });

let folder = '', model: TrialModel, notes: DeviceNotes;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'choose-device-'));
  model = { folder: writeTinyModel(folder, 'tiny', 'enpt'), from: 'en', to: 'pt' };
  notes = await openDeviceNotes(path.join(folder, 'cache'), model.folder);
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('the fastest that agrees', () => {
  const choose = (...outcomes: readonly (readonly [Candidate, TrialOutcome])[]): Candidate | null => fastest(CPU, [HALF, SINGLE], new Map(outcomes));
  test('is taken when it is clearly faster than the cpu', () => {
    expect(choose([CPU, ran(1000)], [HALF, ran(3000)], [SINGLE, ran(2000)])).toEqual(HALF);
    expect(choose([CPU, ran(1000)], [HALF, ran(3000, 2)], [SINGLE, ran(2000)])).toEqual(SINGLE);
    expect(choose([CPU, ran(1000)], [HALF, { status: 'failed', reason: 'no f16' }], [SINGLE, ran(1050)])).toBeNull();
  });
  test('is the cpu when nothing is known of its speed, or a trial never ended', () => {
    expect(choose([HALF, ran(3000)])).toBeNull();
    expect(choose([CPU, ran(1000)], [HALF, { status: 'started', tries: 2 }], [SINGLE, ran(2000, 5)])).toBeNull();
  });
});

describe('candidates', () => {
  const note = (result: ProbeResult): ProbeNote => ({ status: 'ran', ...result });
  test('are real devices, in the precisions that they compute right in', () => {
    expect(candidatesOf([{ device: 'webgpu', note: note(GPU) }], null)).toEqual([HALF, SINGLE]);
    expect(candidatesOf([{ device: 'webgpu', note: note({ ...GPU, float16: { gigaflops: 1500, difference: 0.3 } }) }], null)).toEqual([SINGLE]);
    expect(candidatesOf([{ device: 'webgpu', note: note(GPU) }], 'float32')).toEqual([SINGLE]);
  });
  test('are never software, nor devices that compute something else', () => {
    expect(candidatesOf([{ device: 'webgpu', note: note(SOFTWARE) }], null)).toEqual([]);
    expect(candidatesOf([{ device: 'webgpu', note: note({ ...GPU, float32: { gigaflops: 900, difference: NaN } }) }], null)).toEqual([]);
    expect(candidatesOf([{ device: 'webgpu', note: { status: 'started', tries: 2 } }, { device: 'cuda', note: { status: 'failed', reason: 'x' } }], null)).toEqual([]);
  });
});

describe('choosing', () => {
  /** A machine with this device; what each trial yields by candidate. Counts what is tried. */
  function machine(result: ProbeResult, runs: Readonly<Record<string, TrialRun | Error>>): DeviceTools & { readonly tried: string[] } {
    const tried: string[] = [];
    return {
      tried,
      offered: () => Promise.resolve([{ device: 'cpu', missing: null }, { device: 'webgpu', missing: null }, { device: 'cuda', missing: 'libonnxruntime_providers_cuda.so' }]),
      probe: (device) => {
        tried.push(device);
        return Promise.resolve({ result });
      },
      trial: (_, { device, precision }) => {
        tried.push(`${device} ${precision}`);
        const run = runs[`${device} ${precision}`] ?? new Error('not expected');
        return run instanceof Error ? Promise.reject(run) : Promise.resolve(run);
      },
    };
  }
  const says = (text: string, wordsPerSecond: number): TrialRun => ({ outputs: [{ text, score: -0.5 }, { text: 'dois', score: -0.25 }], wordsPerSecond });
  const wishes = { precision: null, usual: 'int8', mayTry: true } as const;

  test('tries each device once, and remembers', async () => {
    const tools = machine(GPU, { 'cpu int8': says('um', 500), 'cpu float32': says('um', 200), 'webgpu float16': says('um', 4000), 'webgpu float32': says('um', 3000) });
    expect(await chooseDevice(model, wishes, tools, notes)).toEqual({ ...HALF, notices: [] });
    expect(tools.tried).toEqual(['webgpu', 'cpu float32', 'cpu int8', 'webgpu float16', 'webgpu float32']);
    const later = await openDeviceNotes(path.join(folder, 'cache'), model.folder);
    expect(await chooseDevice(model, { precision: null, usual: 'int8', mayTry: false }, tools, later)).toEqual({ ...HALF, notices: [] });
    expect(tools.tried).toHaveLength(5);
  });

  test('says once that a device gives other results, and takes the cpu', async () => {
    const other: TrialRun = { outputs: [{ text: 'xx', score: -0.5 }, { text: 'yy', score: -0.25 }], wordsPerSecond: 9000 };
    const tools = machine(GPU, { 'cpu int8': says('um', 500), 'cpu float32': says('um', 200), 'webgpu float16': other, 'webgpu float32': other });
    expect(await chooseDevice(model, wishes, tools, notes)).toEqual({ ...CPU, notices: ['webgpu is not used for this model: 0 of 2 sentences as the cpu has them, 9000 words/s. It is tried again when the devices are.'] });
    expect(await chooseDevice(model, wishes, tools, notes)).toEqual({ ...CPU, notices: [] });
  });

  test('a device that failed in earnest is not chosen again', async () => {
    const tools = machine(GPU, { 'cpu int8': says('um', 500), 'cpu float32': says('um', 200), 'webgpu float16': says('um', 4000), 'webgpu float32': says('um', 3000) });
    await chooseDevice(model, wishes, tools, notes);
    await noteFailure(notes, HALF, 'device lost');
    expect(await chooseDevice(model, wishes, tools, notes)).toEqual({ ...SINGLE, notices: [] });
  });

  test('takes the cpu without trying where there is no time, no device, or int8 is asked for', async () => {
    const unused = machine(GPU, {});
    expect(await chooseDevice(model, { precision: null, usual: 'int8', mayTry: false }, unused, notes)).toEqual({ ...CPU, notices: [] });
    expect(await chooseDevice(model, { precision: 'int8', usual: 'int8', mayTry: true }, unused, notes)).toEqual({ ...CPU, notices: [] });
    expect(unused.tried).toEqual([]);
    const software = machine(SOFTWARE, {});
    const elsewhere = { ...notes, machine: await openMachineNotes(path.join(folder, 'another')) };
    expect(await chooseDevice(model, { precision: 'float32', usual: 'int8', mayTry: true }, software, elsewhere)).toEqual({ device: 'cpu', precision: 'float32', notices: [] });
  });

  test('what was cut off once is tried once more', async () => {
    await notes.machine.write('webgpu', { status: 'started', tries: 1 });
    for (const key of ['cpu int8', 'webgpu float16', 'webgpu float32']) await notes.model.write(key, key.startsWith('cpu') ? ran(500) : { status: 'started', tries: 1 });
    const died: DeviceTools = { ...machine(GPU, {}), trial: (_, { device }) => (device === 'cpu' ? Promise.resolve(says('um', 200)) : new Promise(() => {})) };
    void chooseDevice(model, wishes, died, notes);
    await expect.poll(async () => (await notes.model.read('webgpu float16'))?.note).toEqual({ status: 'started', tries: 2 });
    expect((await notes.machine.read('webgpu'))?.note.status).toBe('ran');
    const tools = machine(GPU, { 'cpu float32': says('um', 200), 'webgpu float32': says('um', 3000) });
    expect(await chooseDevice(model, wishes, tools, notes)).toEqual({ ...SINGLE, notices: [] });
    expect(tools.tried).toEqual(['cpu float32', 'webgpu float32']);
  });

  test('what two processes did not survive is not tried again', async () => {
    await notes.machine.write('webgpu', { status: 'started', tries: 2 });
    const tools = machine(GPU, {});
    expect(await chooseDevice(model, wishes, tools, notes)).toEqual({ ...CPU, notices: [] });
    expect(tools.tried).toEqual([]);
    expect((await probeDevices(tools, notes.machine, 'again')).map(({ device, note }) => [device, note.status])).toEqual([['webgpu', 'ran'], ['cuda', 'failed']]);
    for (const key of ['cpu int8', 'webgpu float16', 'webgpu float32']) await notes.model.write(key, key.startsWith('cpu') ? ran(500) : { status: 'started', tries: 2 });
    expect(await chooseDevice(model, wishes, tools, notes)).toEqual({ ...CPU, notices: [] });
    expect(tools.tried).toEqual(['webgpu']);
  });
});

describe('in processes of their own', () => {
  test('the cpu is probed: it agrees with itself', async () => {
    const message = await probeInProcess('cpu');
    expect(message).toMatchObject({ result: { device: 'cpu', float32: { difference: 0 } } });
    expect('result' in message && message.result.float16 !== null && message.result.float16.difference > 0 && message.result.float16.difference < 0.01).toBe(true);
  });

  test('a probe that crashes is a failure with its reason', async () => {
    expect(await probeInProcess('webgpu', DYING)).toEqual({ failure: 'The process that tried it ended (signal SIGKILL).' });
  });

  test('a model is tried on the cpu, and a trial that crashes is a failure with its reason', async () => {
    const options = { cacheDir: path.join(folder, 'cache'), threads: 1 };
    const run = await runTrial(model, { device: 'cpu', precision: 'float32' }, options);
    expect(run.outputs).toHaveLength(6);
    expect(run.outputs.every(({ score }) => score !== null && score < 0)).toBe(true);
    expect(run.wordsPerSecond).toBeGreaterThan(0);
    await expect(runTrial(model, { device: 'cpu', precision: 'int8' }, { ...options, entry: DYING })).rejects.toThrow('signal SIGKILL');
  });

  test.skipIf(process.platform !== 'linux')('on a machine without a driver the cpu is chosen', async () => {
    process.env['VK_DRIVER_FILES'] = path.join(folder, 'no-driver.json');
    const choice = await chooseDevice(model, { precision: null, usual: 'int8', mayTry: true }, realDeviceTools({ cacheDir: path.join(folder, 'cache') }), notes);
    expect(choice).toEqual({ ...CPU, notices: [] });
  });
});

test('onnxruntime offers the cpu first, and names its version', async () => {
  const [first] = await offeredDevices();
  expect(first).toEqual({ device: 'cpu', missing: null });
  expect(await runtimeVersion()).toMatch(/^\d+\.\d+\.\d+$/);
});
