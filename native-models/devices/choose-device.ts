/**
 * Which device a model runs on when nobody says: the fastest of those that say what the cpu says. Each device is probed
 * once, and tried once with each model; what came of it is remembered before and after, so that a driver that takes the
 * process with it is not tried again and again.
 */
import path from 'node:path';
import type { EngineDevice, Precision } from '../engine/engine.ts';
import type { OfferedDevice } from '../runtime/session.ts';
import { offeredDevices, runtimeVersion } from '../runtime/session.ts';
import { machineKey, modelKey, NoteFile } from './device-memory.ts';
import { runTrial, type TrialModel, type TrialOptions, type TrialRun } from './device-trial.ts';
import { hasHalfPrecision, isProbeNote, noteOf, type ProbeNote, verdictOf } from './probe-note.ts';
import { probeInProcess, type ProbeMessage } from './probe-in-process.ts';
import { agrees, type Candidate, compareOutputs, isOpen, isTrialOutcome, MOST_TRIES, oneMoreTry, type TrialOutcome } from './trial-outcome.ts';

/** How devices are found and tried: `realDeviceTools`. `Model`: what a trial needs to know of a model. */
export interface DeviceTools<Model = TrialModel> {
  offered(): Promise<readonly OfferedDevice[]>;
  probe(device: EngineDevice): Promise<ProbeMessage>;
  /** Rejects with the reason. */
  trial(model: Model, candidate: Candidate): Promise<TrialRun>;
}

export interface DeviceNotes {
  readonly machine: NoteFile<ProbeNote>;
  readonly model: NoteFile<TrialOutcome>;
}

export interface DeviceWishes {
  /** null: the best of each device. */
  readonly precision: Precision | null;
  /** On the cpu, where none is asked for. */
  readonly usual: Precision;
  /** Whether there is time to try what is not known yet; else the cpu is taken. */
  readonly mayTry: boolean;
}

export interface DeviceChoice extends Candidate {
  /** What the user should hear, once: a device that ought to work and does not. */
  readonly notices: readonly string[];
}

export interface ProbedDevice {
  readonly device: EngineDevice;
  readonly note: ProbeNote;
}

/** A device is faster only if it is so by more than the noise of the measurement. */
const CLEARLY_FASTER = 1.1;
/** Drivers get installed: what was not there is looked for again. */
const FAILURE_DAYS = 7;

export function realDeviceTools(options: TrialOptions): DeviceTools {
  return { offered: offeredDevices, probe: (device) => probeInProcess(device), trial: (model, candidate) => runTrial(model, candidate, options) };
}

/** The notes of this machine and of a model, in files below the cache's folder. Generation is tried by trials of its own. */
export async function openDeviceNotes(cacheDir: string, modelFolder: string, work: 'translation' | 'generation' = 'translation'): Promise<DeviceNotes> {
  const runtime = await runtimeVersion();
  return { machine: await openMachineNotes(cacheDir), model: new NoteFile(path.join(cacheDir, 'devices', `model-${await modelKey(modelFolder, runtime)}${work === 'translation' ? '' : `-${work}`}.json`), isTrialOutcome) };
}

export async function openMachineNotes(cacheDir: string): Promise<NoteFile<ProbeNote>> {
  return new NoteFile(path.join(cacheDir, 'devices', `machine-${machineKey(await runtimeVersion())}.json`), isProbeNote);
}

/**
 * All devices that onnxruntime offers but the cpu. `once`: each probed now if it was not before; `again`: each probed now;
 * `never`: those that were probed before.
 */
export async function probeDevices(tools: Pick<DeviceTools, 'offered' | 'probe'>, machine: NoteFile<ProbeNote>, when: 'once' | 'again' | 'never'): Promise<ProbedDevice[]> {
  const probed: ProbedDevice[] = [];
  for (const { device, missing } of await tools.offered()) {
    if (device === 'cpu') continue;
    if (missing !== null) {
      probed.push({ device, note: { status: 'failed', reason: `${missing} is not installed.` } });
      continue;
    }
    const known = when === 'again' ? null : await machine.read(device);
    const stale = known?.note.status === 'failed' && Date.now() - known.time > FAILURE_DAYS * 86_400_000;
    if (known !== null && (when === 'never' || !(stale || isOpen(known.note)))) {
      probed.push({ device, note: known.note });
      continue;
    }
    if (when === 'never') continue;
    await machine.write(device, oneMoreTry(known?.note));
    const note = noteOf(await tools.probe(device));
    await machine.write(device, note);
    probed.push({ device, note });
  }
  return probed;
}

/** Never rejects for a device's sake. */
export async function chooseDevice<Model>(model: Model, wishes: DeviceWishes, tools: DeviceTools<Model>, notes: DeviceNotes): Promise<DeviceChoice> {
  const baseline: Candidate = { device: 'cpu', precision: wishes.precision ?? wishes.usual };
  const onCpu: DeviceChoice = { ...baseline, notices: [] };
  // Whole-number products exist on the cpu alone.
  if (wishes.precision === 'int8') return onCpu;
  const candidates = candidatesOf(await probeDevices(tools, notes.machine, wishes.mayTry ? 'once' : 'never'), wishes.precision);
  if (candidates.length === 0) return onCpu;
  const outcomes = new Map<Candidate, TrialOutcome>();
  for (const candidate of [baseline, ...candidates]) {
    const known = await notes.model.read(keyOf(candidate));
    if (known !== null) outcomes.set(candidate, known.note);
  }
  const untried = [baseline, ...candidates].filter((candidate) => isOpen(outcomes.get(candidate)));
  if (untried.length > 0 && !wishes.mayTry) return onCpu;
  if (untried.length > 0) for (const [candidate, outcome] of await tryCandidates(model, untried, tools, notes.model)) outcomes.set(candidate, outcome);
  const notices = untried.length === 0 ? [] : noticesOf(candidates, outcomes);
  return { ...(fastest(baseline, candidates, outcomes) ?? baseline), notices };
}

/** Tries a model on devices, and writes down what came of it. */
export async function tryCandidates<Model>(model: Model, candidates: readonly Candidate[], tools: DeviceTools<Model>, notes: NoteFile<TrialOutcome>): Promise<Map<Candidate, TrialOutcome>> {
  const outcomes = new Map<Candidate, TrialOutcome>();
  const reference = await tools.trial(model, { device: 'cpu', precision: 'float32' }).catch((error: unknown) => reasonOf(error));
  for (const candidate of candidates) {
    let outcome: TrialOutcome;
    if (typeof reference === 'string') outcome = { status: 'failed', reason: `the cpu gave nothing to compare with: ${reference}` };
    else {
      await notes.write(keyOf(candidate), oneMoreTry((await notes.read(keyOf(candidate)))?.note));
      outcome = await tools.trial(model, candidate).then(
        ({ outputs, wordsPerSecond }): TrialOutcome => ({ status: 'ran', wordsPerSecond, ...compareOutputs(outputs, reference.outputs) }),
        (error: unknown) => ({ status: 'failed', reason: reasonOf(error) }),
      );
    }
    await notes.write(keyOf(candidate), outcome);
    outcomes.set(candidate, outcome);
  }
  return outcomes;
}

/** Remembers that a device failed with a model in earnest: it is not chosen again. */
export async function noteFailure(notes: DeviceNotes, candidate: Candidate, reason: string): Promise<void> {
  await notes.model.write(keyOf(candidate), { status: 'failed', reason });
}

/**
 * Marks a device before a model is run on it in earnest, as before a trial. Resolves to what takes the mark away again, for
 * when the first run has come back.
 */
export async function noteUse(notes: DeviceNotes, candidate: Candidate): Promise<() => Promise<void>> {
  const key = keyOf(candidate);
  const known = await notes.model.read(key);
  if (known === null) return () => Promise.resolve();
  // Here a try that does not end is the last one: it was tried before.
  await notes.model.write(key, { status: 'started', tries: MOST_TRIES });
  return () => notes.model.write(key, known.note);
}

/** The fastest candidate that agrees with the cpu and is clearly faster; null: the cpu. */
export function fastest(baseline: Candidate, candidates: readonly Candidate[], outcomes: ReadonlyMap<Candidate, TrialOutcome>): Candidate | null {
  const cpu = outcomes.get(baseline);
  // Without the cpu's speed nothing can be said to be faster.
  let best = cpu?.status === 'ran' ? cpu.wordsPerSecond * CLEARLY_FASTER : Infinity;
  let chosen: Candidate | null = null;
  for (const candidate of candidates) {
    const outcome = outcomes.get(candidate);
    if (outcome?.status !== 'ran' || !agrees(candidate, outcome) || !(outcome.wordsPerSecond > best)) continue;
    best = outcome.wordsPerSecond;
    chosen = candidate;
  }
  return chosen;
}

/** Devices worth a trial, in each precision that they have. */
export function candidatesOf(probed: readonly ProbedDevice[], precision: Precision | null): Candidate[] {
  return probed
    .filter(({ note }) => verdictOf(note) === 'ready')
    .flatMap(({ device, note }) => [...(hasHalfPrecision(note) ? [{ device, precision: 'float16' } as const] : []), { device, precision: 'float32' } as const])
    .filter((candidate) => precision === null || candidate.precision === precision);
}

/** A sentence for each device that the probe found fit and that does no model good. */
function noticesOf(candidates: readonly Candidate[], outcomes: ReadonlyMap<Candidate, TrialOutcome>): string[] {
  const notices: string[] = [];
  for (const device of new Set(candidates.map((candidate) => candidate.device))) {
    const own = candidates.filter((candidate) => candidate.device === device);
    if (own.some((candidate) => {
      const outcome = outcomes.get(candidate);
      return outcome?.status === 'ran' && agrees(candidate, outcome);
    })) continue;
    const last = own.at(-1);
    const outcome = last === undefined ? undefined : outcomes.get(last);
    notices.push(`${device} is not used for this model: ${outcome === undefined ? 'it was not tried' : inWords(outcome)}. It is tried again when the devices are.`);
  }
  return notices;
}

/** What came of a trial, for people. */
export function inWords(outcome: TrialOutcome): string {
  if (outcome.status === 'started') return 'the process that tried it ended';
  if (outcome.status === 'failed') return outcome.reason.replace(/\.$/, '');
  return `${outcome.equal} of ${outcome.sentences} sentences as the cpu has them, ${Math.round(outcome.wordsPerSecond)} words/s`;
}

const keyOf = ({ device, precision }: Candidate): string => `${device} ${precision}`;

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
