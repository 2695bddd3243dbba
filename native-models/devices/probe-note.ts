/** What a probe found out, as it is remembered, and what follows from it. */
import type { DeviceSpeed } from './device-probe.ts';
import type { ProbeMessage } from './probe-in-process.ts';
import type { StartedNote } from './trial-outcome.ts';

export type ProbeNote =
  | StartedNote
  | { readonly status: 'failed'; readonly reason: string }
  | { readonly status: 'ran'; readonly float32: DeviceSpeed; readonly float16: DeviceSpeed | null; readonly cpuGigaflops: number };

export function noteOf(message: ProbeMessage): ProbeNote {
  if ('failure' in message) return { status: 'failed', reason: message.failure };
  const { float32, float16, cpuGigaflops } = message.result;
  return { status: 'ran', float32, float16, cpuGigaflops };
}

/** Products of eight matrices: float32 devices differ in the order of their sums, halves in the third digit. */
const MOST_DIFFERENCE = { float32: 1e-3, float16: 5e-2 };
/** Software adapters, which compute on the cpu, reach a hundredth of one thread; the weakest graphics chips more than it. */
const LEAST_OF_A_THREAD = 0.2;

/** `ready`: worth trying models on. */
export type ProbeVerdict = 'ready' | 'software' | 'wrong' | 'failed';

export function verdictOf(note: ProbeNote): ProbeVerdict {
  if (note.status !== 'ran') return 'failed';
  if (!(note.float32.difference <= MOST_DIFFERENCE.float32)) return 'wrong';
  return note.float32.gigaflops >= LEAST_OF_A_THREAD * note.cpuGigaflops ? 'ready' : 'software';
}

/** Whether half precision is worth trying. */
export function hasHalfPrecision(note: ProbeNote): boolean {
  return note.status === 'ran' && note.float16 !== null && note.float16.difference <= MOST_DIFFERENCE.float16;
}

export function isProbeNote(value: unknown): value is ProbeNote {
  if (!isRecord(value)) return false;
  if (value['status'] === 'started') return typeof value['tries'] === 'number';
  if (value['status'] === 'failed') return typeof value['reason'] === 'string';
  return value['status'] === 'ran' && isSpeed(value['float32']) && (value['float16'] === null || isSpeed(value['float16'])) && typeof value['cpuGigaflops'] === 'number';
}

function isSpeed(value: unknown): value is DeviceSpeed {
  return isRecord(value) && typeof value['gigaflops'] === 'number' && typeof value['difference'] === 'number';
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
