/**
 * The float32 tensors of a weights file by name, whatever the file stores them as.
 */
import type { Linear } from '../architectures/transformer/definition.ts';
import { EngineError } from '../engine/engine-error.ts';

export interface StoredTensor {
  readonly dims: readonly number[];
  /** Row-major values; for float32 files a view, otherwise made on each call. */
  values(): Float32Array;
}

export class FloatTensors {
  readonly #tensors: ReadonlyMap<string, StoredTensor>;
  readonly #file: string;
  readonly #finish: (layer: Linear) => Linear;
  readonly #taken = new Map<string, Float32Array>();

  /** `file` names the weights in errors; `finish`: what becomes of a layer once its weights were read, the layer itself when absent. */
  constructor(tensors: ReadonlyMap<string, StoredTensor>, file: string, finish: (layer: Linear) => Linear = (layer) => layer) {
    this.#tensors = tensors;
    this.#file = file;
    this.#finish = finish;
  }

  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  names(): readonly string[] {
    return [...this.#tensors.keys()];
  }

  /** The shape of a tensor. Errors: MODEL_BROKEN when it is absent. */
  dims(name: string): readonly number[] {
    return this.#tensor(name).dims;
  }

  /** The values of a tensor that must have this shape; dimensions of size 1 in front don't count. Errors: MODEL_BROKEN. */
  values(name: string, ...dims: number[]): Float32Array {
    const tensor = this.#tensor(name);
    if (withoutLeadingOnes(tensor.dims) !== withoutLeadingOnes(dims))
      throw this.#broken(`tensor "${name}" has the shape [${tensor.dims.join(', ')}] where [${dims.join(', ')}] is needed`);
    const values = this.#taken.get(name) ?? tensor.values();
    this.#taken.set(name, values);
    return values;
  }

  /** A layer of these weights as the model is to have it; the float32 weights under its own name are given up where it has no use for them. */
  linear(layer: Linear): Linear {
    const finished = this.#finish(layer), own = `${layer.name}.weight`;
    if (finished.weight !== layer.weight && this.#taken.get(own) === layer.weight) this.#taken.delete(own);
    return finished;
  }

  /** The arrays that `values` gave, by the tensor's name: each time the same one. */
  get taken(): ReadonlyMap<string, Float32Array> {
    return this.#taken;
  }

  #tensor(name: string): StoredTensor {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) throw this.#broken(`tensor "${name}" is missing`);
    return tensor;
  }

  #broken(what: string): EngineError {
    return new EngineError('MODEL_BROKEN', `${this.#file} does not fit its configuration: ${what}.`, 'Download or import the whole model again.');
  }
}

function withoutLeadingOnes(dims: readonly number[]): string {
  const first = dims.findIndex((dim) => dim !== 1);
  return first < 0 ? '' : dims.slice(first).join();
}

/** A view of little-endian float32 bytes, a copy where they don't lie at a multiple of four. */
export function float32View(bytes: Uint8Array): Float32Array {
  const whole = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Float32Array(whole.buffer, whole.byteOffset, whole.byteLength / 4);
}
