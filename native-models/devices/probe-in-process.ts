/** Probes a device in a process of its own: a driver that crashes or hangs ends that process and nothing else. */
import { askProcess } from '../engine/ask-process.ts';
import type { EngineDevice } from '../engine/engine.ts';
import { moduleBeside } from '../engine/module-beside.ts';
import type { ProbeResult } from './device-probe.ts';

export type ProbeMessage = { readonly result: ProbeResult } | { readonly failure: string };

/** Shaders are compiled in it; a software adapter takes three seconds. */
const PATIENCE_MS = 60_000;

/** Never rejects. */
export async function probeInProcess(device: EngineDevice, entry = moduleBeside('device-probe-child', import.meta.dirname)): Promise<ProbeMessage> {
  const answer = await askProcess<ProbeMessage>({ entry, args: [device], patience: PATIENCE_MS });
  return 'ended' in answer ? { failure: `The process that tried it ${answer.ended}.` } : answer;
}
