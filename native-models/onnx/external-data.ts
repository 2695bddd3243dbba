/**
 * The contents of large constants in a file of their own, as ONNX's "external data" has them: a model in one message ends
 * at 2 GiB, and would be copied whole several times on its way to the runtime, which maps such a file into memory instead.
 */
import type { FileHandle } from 'node:fs/promises';
import type { ExternalData } from './model-proto.ts';
import type { ConstantTensor } from './tensors.ts';

/** Smaller ones stay in the model, where the runtime reads shapes from them. */
const SMALLEST = 4096;
/** Mapped files start at multiples of it on every system (64 KiB on Windows). */
const ALIGNMENT = 65_536;
/** Most bytes of one write: the system's own limit lies below 2 GiB. */
const WRITE = 2 ** 28;

/** Places for all constants that are large enough, in their order. `file`: the name of the file beside the model's. */
export function planExternalData(constants: ReadonlyMap<string, ConstantTensor>, file: string): ExternalData {
  const places = new Map<string, { offset: number; length: number }>();
  let at = 0;
  for (const [name, { bytes }] of constants) {
    if (bytes.byteLength < SMALLEST) continue;
    places.set(name, { offset: at, length: bytes.byteLength });
    at = Math.ceil((at + bytes.byteLength) / ALIGNMENT) * ALIGNMENT;
  }
  return { file, places };
}

/** Writes the contents to their places, each from where it lies in memory. */
export async function writeExternalData(handle: FileHandle, constants: ReadonlyMap<string, ConstantTensor>, { places }: ExternalData): Promise<void> {
  for (const [name, { offset }] of places) {
    const bytes = constants.get(name)?.bytes ?? new Uint8Array(0);
    for (let at = 0; at < bytes.byteLength;) {
      const { bytesWritten } = await handle.write(bytes, at, Math.min(WRITE, bytes.byteLength - at), offset + at);
      at += bytesWritten;
    }
  }
}
