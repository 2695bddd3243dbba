/** Three steps of models so small that a graphics adapter in software makes them in seconds. */
import { softwareAdapter, useSoftwareAdapter } from '../../../devices/testing/software-adapter.ts';
import { probeDevice } from '../../../devices/device-probe.ts';
import { readTrainSettings } from '../../trainer/read-train-settings.ts';
import { tryStepsOn, type StepTrial } from '../step-trial.ts';

const examples = [{ source: [5, 3, 6, 2, 0], target: [4, 0] }, { source: [2, 0], target: [3, 5, 6, 2, 0] }];
const trial = (model: Readonly<Record<string, unknown>>): Omit<StepTrial, 'device'> => ({
  settings: readTrainSettings({ preset: 'tiny', model, optimizer: 'sgd', momentum: 0, rate: 0.1 }), sizes: { source: 9, target: 9, joint: true }, batches: [examples, examples.toReversed(), examples],
});
export const GRU = trial({ embedding: 6, hidden: 8 });
export const TRANSFORMER = trial({ kind: 'transformer', dim: 8, heads: 2, ffnDim: 16, encoderLayers: 1, decoderLayers: 1, dropout: 0 });

/** Null where no Electron is installed or the system has no Vulkan loader (libvulkan1). */
export async function lossesByDevice(what: Omit<StepTrial, 'device'>): Promise<{ readonly cpu: readonly number[]; readonly webgpu: readonly number[] } | null> {
  useSoftwareAdapter();
  if (softwareAdapter() === null || !(await probeDevice('webgpu').then(() => true, () => false))) return null;
  const [cpu, webgpu] = [await tryStepsOn({ ...what, device: 'cpu' }, 1), await tryStepsOn({ ...what, device: 'webgpu' }, 1)];
  return { cpu: cpu.losses, webgpu: webgpu.losses };
}
