/**
 * The constants of a graph, each content once. Contents are compared byte by byte, after a look at a few of their bytes:
 * hashing every weight of a large model would take longer than everything else.
 */
import type { ConstantTensor } from './tensors.ts';

/** Bytes that are looked at first, spread over a tensor. */
const SAMPLES = 64;

export class ConstantTable {
  readonly tensors = new Map<string, ConstantTensor>();
  readonly #namesBySample = new Map<string, string[]>();

  /** The name of a constant with this type, shape and content; null when there is none yet. */
  nameOf(tensor: ConstantTensor): string | null {
    const bytes = viewOf(tensor);
    const names = this.#namesBySample.get(sampleOf(tensor)) ?? [];
    return names.find((name) => {
      const known = this.tensors.get(name);
      return known !== undefined && (known.bytes === tensor.bytes || viewOf(known).equals(bytes));
    }) ?? null;
  }

  add(name: string, tensor: ConstantTensor): void {
    const sample = sampleOf(tensor);
    this.#namesBySample.set(sample, [...(this.#namesBySample.get(sample) ?? []), name]);
    this.tensors.set(name, tensor);
  }
}

const viewOf = ({ bytes }: ConstantTensor): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function sampleOf({ type, dims, bytes }: ConstantTensor): string {
  const step = Math.max(1, Math.floor(bytes.byteLength / SAMPLES));
  let sample = '';
  for (let at = 0; at < bytes.byteLength; at += step) sample += String.fromCharCode(bytes[at] ?? 0);
  return `${type}[${dims.join()}]${sample}`;
}
