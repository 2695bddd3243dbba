/** The devices of this machine for `bitext doctor`: each probed anew, and tried with a model where that makes sense. */
import type { Candidate, TrialOutcome } from '../../../native-models/devices/trial-outcome.ts';
import type { DeviceTools, ProbedDevice } from '../../../native-models/devices/choose-device.ts';
import type { TrialModel } from '../../../native-models/devices/device-trial.ts';

export interface DeviceLine {
  readonly name: string;
  readonly ok: boolean;
  readonly text: string;
}

export interface DoctorDevicesOptions {
  readonly cacheDir: string;
  readonly threads?: number;
  /** What to try on the devices; null: there is no model. */
  readonly model: (TrialModel & { readonly id: string }) | null;
}

/** Yields a line as soon as it is known. Trials take some seconds each. */
export async function* doctorDevices({ model, ...options }: DoctorDevicesOptions): AsyncGenerator<DeviceLine> {
  const { candidatesOf, openDeviceNotes, openMachineNotes, probeDevices, realDeviceTools, tryCandidates } = await import('../../../native-models/devices/choose-device.ts');
  const { readManifest } = await import('../../../native-models/catalog/manifest.ts');
  const tools: DeviceTools = realDeviceTools(options);
  const probed = await probeDevices(tools, await openMachineNotes(options.cacheDir), 'again');
  for (const device of probed) yield await probeLine(device);
  if (model === null) return;
  const { model: notes } = await openDeviceNotes(options.cacheDir, model.folder);
  for (const candidate of [{ device: 'cpu', precision: readManifest(model.folder).precision ?? 'int8' } as const, ...candidatesOf(probed, null)]) {
    const outcome = (await tryCandidates(model, [candidate], tools, notes)).get(candidate);
    if (outcome !== undefined) yield await trialLine(model.id, candidate, outcome);
  }
}

async function probeLine({ device, note }: ProbedDevice): Promise<DeviceLine> {
  const [{ verdictOf }, { deviceNeeds }] = await Promise.all([import('../../../native-models/devices/probe-note.ts'), import('../../../native-models/runtime/device-needs.ts')]);
  const name = `device ${device}`;
  const verdict = verdictOf(note);
  if (note.status !== 'ran') {
    const reason = note.status === 'failed' ? note.reason : 'The process that tried it ended.';
    return { name, ok: false, text: `not used: ${/[.!?]$/.test(reason) ? reason : `${reason}.`} ${deviceNeeds(device)}` };
  }
  const { float32, float16, cpuGigaflops } = note;
  const speed = `${figure(float32.gigaflops)} GFLOP/s in float32 (a thread of the cpu: ${figure(cpuGigaflops)}), differs by ${float32.difference.toExponential(0)}`;
  const half = float16 === null ? 'no half precision' : `half precision ${figure(float16.gigaflops)} GFLOP/s, differs by ${float16.difference.toExponential(0)}`;
  if (verdict === 'software') return { name, ok: false, text: `not used: ${speed}. This is an adapter in software. Install the driver of the graphics card, if there is one.` };
  if (verdict === 'wrong') return { name, ok: false, text: `not used: ${speed}: it computes something else. Bring its driver up to date.` };
  return { name, ok: true, text: `${speed}; ${half}` };
}

async function trialLine(id: string, candidate: Candidate, outcome: TrialOutcome): Promise<DeviceLine> {
  const [{ inWords }, { agrees }] = await Promise.all([import('../../../native-models/devices/choose-device.ts'), import('../../../native-models/devices/trial-outcome.ts')]);
  const ok = outcome.status === 'ran' && agrees(candidate, outcome);
  const advice = ok || candidate.device === 'cpu' ? '' : ' The cpu is used for this model instead.';
  return { name: `${id} on ${candidate.device}, ${candidate.precision}`, ok, text: `${ok ? '' : 'not used: '}${inWords(outcome)}.${advice}` };
}

const figure = (value: number): string => (value < 10 ? value.toFixed(1) : Math.round(value).toString());
