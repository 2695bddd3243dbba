/**
 * Which device a training runs on when nobody says: the fastest of those whose first steps have the losses of the cpu. Each is
 * probed once for the machine (native-models/devices) and tried once with each kind of model, in processes of their own.
 */
import path from 'node:path';
import { openMachineNotes, probeDevices, type DeviceTools } from '../../devices/choose-device.ts';
import { machineKey, NoteFile } from '../../devices/device-memory.ts';
import { probeInProcess } from '../../devices/probe-in-process.ts';
import { verdictOf } from '../../devices/probe-note.ts';
import { isOpen, oneMoreTry, type StartedNote } from '../../devices/trial-outcome.ts';
import type { EngineDevice } from '../../engine/engine.ts';
import { contentKey } from '../../runtime/graph-cache.ts';
import { offeredDevices, runtimeVersion } from '../../runtime/session.ts';
import { trialProcess } from '../process/training-process.ts';
import type { StepTrial, StepTrialResult } from './step-trial.ts';

export interface TrainingDeviceTools extends Pick<DeviceTools, 'offered' | 'probe'> {
  /** Rejects with the reason. */
  trial(trial: StepTrial): Promise<StepTrialResult>;
}

type TrialNote = StartedNote | { readonly status: 'failed'; readonly reason: string } | { readonly status: 'ran'; readonly tokensPerSecond: number; readonly difference: number };

/** Of a loss, of it: float32 sums in another order differ by some millionths. */
const MOST_DIFFERENCE = 1e-4;
/** A device is faster only if it is so by more than the noise of the measurement. */
const CLEARLY_FASTER = 1.1;

export function realTrainingDeviceTools(threads: number): TrainingDeviceTools {
  return { offered: offeredDevices, probe: (device) => probeInProcess(device), trial: (trial) => trialProcess(trial, { threads }) };
}

/** Never rejects for a device's sake. `cacheDir` is where what was found out is remembered. */
export async function chooseTrainingDevice(trial: Omit<StepTrial, 'device'>, cacheDir: string, tools: TrainingDeviceTools): Promise<EngineDevice> {
  const probed = await probeDevices(tools, await openMachineNotes(cacheDir), 'once');
  const ready = probed.filter(({ note }) => verdictOf(note) === 'ready').map(({ device }) => device);
  if (ready.length === 0) return 'cpu';
  const notes = await notesOf(trial, cacheDir);
  const outcomes = new Map<EngineDevice, TrialNote>();
  for (const device of ['cpu', ...ready] as const) {
    const known = await notes.read(device);
    if (known !== null && !isOpen(known.note)) outcomes.set(device, known.note);
  }
  if (outcomes.size <= ready.length) {
    // Losses are not remembered: what is new is compared with the cpu's of now.
    const onCpu = await tools.trial({ ...trial, device: 'cpu' }).catch(() => null);
    if (onCpu === null) return 'cpu';
    outcomes.set('cpu', { status: 'ran', tokensPerSecond: onCpu.tokensPerSecond, difference: 0 });
    for (const device of ready) if (!outcomes.has(device)) outcomes.set(device, await triedOn(device, trial, onCpu.losses, notes, tools));
    await notes.write('cpu', { status: 'ran', tokensPerSecond: onCpu.tokensPerSecond, difference: 0 });
  }
  return fastestOf(outcomes);
}

/** A mark is written before, for a driver that takes the process or the machine with it. */
async function triedOn(device: EngineDevice, trial: Omit<StepTrial, 'device'>, expected: readonly number[], notes: NoteFile<TrialNote>, tools: TrainingDeviceTools): Promise<TrialNote> {
  await notes.write(device, oneMoreTry((await notes.read(device))?.note));
  const note = await tools.trial({ ...trial, device }).then(
    ({ losses, tokensPerSecond }): TrialNote => {
      const difference = Math.max(...expected.map((loss, index) => Math.abs((losses[index] ?? NaN) - loss) / loss));
      return Number.isFinite(difference) ? { status: 'ran', tokensPerSecond, difference } : { status: 'failed', reason: 'Its losses were no numbers.' };
    },
    (error: unknown): TrialNote => ({ status: 'failed', reason: error instanceof Error ? error.message : String(error) }),
  );
  await notes.write(device, note);
  return note;
}

function fastestOf(outcomes: ReadonlyMap<EngineDevice, TrialNote>): EngineDevice {
  const cpu = outcomes.get('cpu');
  let best: EngineDevice = 'cpu', fastest = cpu?.status === 'ran' ? cpu.tokensPerSecond * CLEARLY_FASTER : Infinity;
  for (const [device, note] of outcomes) {
    if (note.status !== 'ran' || !(note.difference <= MOST_DIFFERENCE) || !(note.tokensPerSecond > fastest)) continue;
    [best, fastest] = [device, note.tokensPerSecond];
  }
  return best;
}

async function notesOf({ settings, sizes }: Omit<StepTrial, 'device'>, cacheDir: string): Promise<NoteFile<TrialNote>> {
  const { model, batchTokens, optimizer } = settings;
  const key = contentKey([JSON.stringify({ model, batchTokens, optimizer, sizes }), machineKey(await runtimeVersion())]).slice(0, 32);
  return new NoteFile(path.join(cacheDir, 'devices', `training-${key}.json`), isTrialNote);
}

function isTrialNote(value: unknown): value is TrialNote {
  if (typeof value !== 'object' || value === null || !('status' in value)) return false;
  if (value.status === 'started') return 'tries' in value && typeof value.tries === 'number';
  if (value.status === 'failed') return 'reason' in value && typeof value.reason === 'string';
  return value.status === 'ran' && 'tokensPerSecond' in value && typeof value.tokensPerSecond === 'number' && 'difference' in value && typeof value.difference === 'number';
}
