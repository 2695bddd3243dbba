/** Which device is chosen for a training: with figures of devices that this machine need not have, and with real processes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProbeResult } from '../../devices/device-probe.ts';
import { trialProcess } from '../process/training-process.ts';
import { chooseTrainingDevice, type TrainingDeviceTools } from './choose-training-device.ts';
import { tryStepsOn } from './step-trial.ts';
import { GRU, TRANSFORMER } from './testing/tiny-trials.ts';

describe('the device of a training', () => {
  const GPU: ProbeResult = { device: 'webgpu', float32: { gigaflops: 900, difference: 1e-6 }, float16: null, cpuGigaflops: 100 };
  let folder = '';
  let tried: string[] = [];
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'bitext-training-device-'));
    tried = [];
  });
  afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

  /** A graphics card that does so much better than the cpu's 100 tokens a second, with losses that are so far off. */
  const card = (tokensPerSecond: number, off = 0): TrainingDeviceTools => ({
    offered: () => Promise.resolve([{ device: 'cpu', missing: null }, { device: 'webgpu', missing: null }, { device: 'cuda', missing: 'libcuda.so' }]),
    probe: () => Promise.resolve({ result: GPU }),
    trial({ device }) {
      tried.push(device);
      return Promise.resolve(device === 'cpu' ? { losses: [4, 2], tokensPerSecond: 100 } : { losses: [4, 2 * (1 + off)], tokensPerSecond });
    },
  });
  const chosen = (tools: TrainingDeviceTools) => chooseTrainingDevice(GRU, folder, tools);

  it('is the fastest that has the losses of the cpu, and is remembered', async () => {
    expect(await chosen(card(500))).toBe('webgpu');
    expect(tried).toEqual(['cpu', 'webgpu']);
    // Not tried again, nor is another model's trial taken for its own.
    expect([await chosen(card(1)), tried.length]).toEqual(['webgpu', 2]);
    expect([await chooseTrainingDevice(TRANSFORMER, folder, card(1)), tried.length]).toEqual(['cpu', 4]);
  });

  it.each([['no faster', card(105)], ['of another opinion', card(500, 0.001)], ['without numbers', card(500, NaN)]])('is the cpu where the other is %s', async (_, tools) => {
    expect(await chosen(tools)).toBe('cpu');
  });

  it('is the cpu at once where there is no other', async () => {
    expect(await chosen({ ...card(500), offered: () => Promise.resolve([{ device: 'cpu', missing: null }]) })).toBe('cpu');
    expect(tried).toEqual([]);
  });

  it('is the cpu where a driver takes the process with it, and is not tried again', async () => {
    const dying = path.join(import.meta.dirname, '../../devices/testing/dying-child.ts');
    const tools: TrainingDeviceTools = { ...card(500), trial: (what) => (what.device === 'cpu' ? card(0).trial(what) : trialProcess(what, { threads: 1, entry: dying })) };
    expect(await chosen(tools)).toBe('cpu');
    expect([await chosen(card(500)), tried]).toEqual(['cpu', ['cpu']]);
  });

  it('is tried in a process of its own, with the losses of this one', async () => {
    const there = await trialProcess({ ...GRU, device: 'cpu' }, { threads: 1 });
    expect(there.losses).toEqual((await tryStepsOn({ ...GRU, device: 'cpu' }, 1)).losses);
    expect(there.tokensPerSecond).toBeGreaterThan(0);
  });
});
