/**
 * A checkpoint: named float32 tensors and a small state, in one safetensors file (the state as JSON in its metadata), which
 * PyTorch and others read too. Written whole or not at all.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { EngineError } from '../../engine/engine-error.ts';
import { writeWholeFile } from '../../runtime/whole-file.ts';
import type { ParameterStore } from '../parameters.ts';
import { readSafetensors } from '../../weights/safetensors.ts';
import { safetensorsParts } from '../../weights/write-safetensors.ts';

export interface Checkpoint {
  readonly tensors: ParameterStore;
  /** Plain JSON: step, epoch, scores. */
  readonly state: Readonly<Record<string, unknown>>;
}

/** Writes beside the place, flushes and renames. Throws the file system's error; what was there before stays whole. */
export async function writeCheckpoint(file: string, { tensors, state }: Checkpoint): Promise<void> {
  await writeWhole(file, safetensorsParts(tensors, { bitext_state: JSON.stringify(state) }));
}

/** Errors: MODEL_MISSING, MODEL_BROKEN. */
export async function readCheckpoint(file: string): Promise<Checkpoint> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new EngineError('MODEL_MISSING', `The checkpoint ${file} can't be read: ${cause instanceof Error ? cause.message : String(cause)}.`, 'Start the training again, or restore the folder of the run.', { cause });
  }
  const tensors = new Map([...readSafetensors(bytes, path.basename(file))].map(([name, { dims, values }]) => [name, { dims, data: values() }]));
  return { tensors, state: stateOf(bytes, file) };
}

/** `readSafetensors` has checked the header. */
function stateOf(bytes: Uint8Array, file: string): Readonly<Record<string, unknown>> {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const text = property(property(header, '__metadata__'), 'bitext_state');
  const state: unknown = typeof text === 'string' ? JSON.parse(text) : null;
  if (typeof state !== 'object' || state === null || Array.isArray(state)) throw new EngineError('MODEL_BROKEN', `${file} is no checkpoint of a training run.`, 'Choose a checkpoint of the folder of a run.');
  return { ...state };
}

const property = (value: unknown, name: string): unknown => (typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined);

/** The parts one after the other, in a file that is whole or not there. */
export const writeWhole = (file: string, parts: readonly Uint8Array[]): Promise<void> =>
  writeWholeFile(file, async (handle) => {
    for (const part of parts) await handle.writeFile(part);
  });
