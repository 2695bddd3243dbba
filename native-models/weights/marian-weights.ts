/**
 * The matrices of a Marian model, by name, whichever way they are stored.
 */
import { EngineError } from '../engine/engine-error.ts';
import type { MarianTensor } from './marian-binary.ts';

/** Row-major float32. */
export interface FloatMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** Row-major int8; the real matrix is `values / multiplier`. */
export interface QuantizedMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Int8Array;
  readonly multiplier: number;
}

/** Row-major int8 with a grid for each column: column c of the real matrix is `values / multipliers[c]`. */
export interface ColumnQuantizedMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Int8Array;
  readonly multipliers: Float32Array;
}

/** Of the tensor that says on which grids the columns of a float32 matrix lie; our own, beside Marian's `_QuantMultA`. */
export const COLUMN_MULTIPLIERS = '_QuantMultB';

/** Whether a tensor says how others are quantized, and is no weight itself. */
export const isMultiplier = (name: string): boolean => /_QuantMult[AB]$/.test(name);

export class MarianWeights {
  readonly #tensors: ReadonlyMap<string, MarianTensor>;
  readonly #file: string;

  /** `file` names the model in errors. */
  constructor(tensors: ReadonlyMap<string, MarianTensor>, file: string) {
    this.#tensors = tensors;
    this.#file = file;
  }

  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  names(): readonly string[] {
    return [...this.#tensors.keys()];
  }

  /** The values of a float32 tensor, flat. Errors: MODEL_BROKEN when it is absent, of another type or size. */
  vector(name: string, elements: number): Float32Array {
    const tensor = this.#tensor(name);
    if (tensor.type !== 'float32') throw this.#broken(`tensor "${name}" is ${tensor.type} where float32 is needed`);
    if (tensor.elements !== elements) throw this.#broken(`tensor "${name}" has ${tensor.elements} values where ${elements} are needed`);
    return floats(tensor.bytes, elements);
  }

  /** A matrix in float32, dequantized where it is stored as int8. Shape [rows, columns] as the formulas of the model use it. */
  matrix(name: string, rows: number, columns: number): FloatMatrix {
    const tensor = this.#tensor(name);
    if (tensor.type === 'float32') {
      this.#checkShape(name, tensor, rows, columns);
      return { rows, columns, values: floats(tensor.bytes, tensor.elements) };
    }
    const quantized = this.quantized(name, rows, columns);
    const values = new Float32Array(quantized.values.length);
    for (let index = 0; index < values.length; index++) values[index] = (quantized.values[index] ?? 0) / quantized.multiplier;
    return { rows, columns, values };
  }

  isQuantized(name: string): boolean {
    return this.#tensor(name).type === 'intgemm8';
  }

  /** An int8 matrix of shape [rows, columns]. The file holds matrices transposed, embeddings (`...Wemb`) as they are. */
  quantized(name: string, rows: number, columns: number): QuantizedMatrix {
    const tensor = this.#tensor(name);
    if (tensor.type !== 'intgemm8') throw this.#broken(`tensor "${name}" is ${tensor.type} where intgemm8 is needed`);
    this.#checkShape(name, tensor, rows, columns);
    const multiplier = floats(tensor.bytes.subarray(tensor.elements), 1)[0] ?? 0;
    if (!(multiplier > 0 && Number.isFinite(multiplier))) throw this.#broken(`tensor "${name}" has the quantization multiplier ${multiplier}`);
    const stored = new Int8Array(tensor.bytes.buffer, tensor.bytes.byteOffset, tensor.elements);
    return { rows, columns, values: name.endsWith('Wemb') ? stored : transposed(stored, columns, rows), multiplier };
  }

  /** A float32 matrix whose columns each lie on a grid of int8, as a fine-tuned model has them; null for one without grids. */
  columnQuantized(name: string, rows: number, columns: number): ColumnQuantizedMatrix | null {
    if (!this.has(`${name}${COLUMN_MULTIPLIERS}`)) return null;
    const multipliers = this.vector(`${name}${COLUMN_MULTIPLIERS}`, columns);
    if (!multipliers.every((each) => each > 0 && Number.isFinite(each))) throw this.#broken(`the multipliers of tensor "${name}" are not all positive`);
    const matrix = this.matrix(name, rows, columns);
    return { rows, columns, values: Int8Array.from(matrix.values, (value, at) => Math.round(value * (multipliers[at % columns] ?? 0))), multipliers };
  }

  /**
   * The multiplier of the activations that meet matrix `name` ("alpha"): int8 = round(activation * multiplier).
   * `none` is Marian's name for the output layer's.
   */
  activationMultiplier(name: string): number {
    const value = this.vector(`${name}_QuantMultA`, 1)[0] ?? 0;
    if (!(value > 0 && Number.isFinite(value))) throw this.#broken(`"${name}_QuantMultA" is ${value}`);
    return value;
  }

  #tensor(name: string): MarianTensor {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) throw this.#broken(`tensor "${name}" is missing`);
    return tensor;
  }

  #checkShape(name: string, tensor: MarianTensor, rows: number, columns: number): void {
    const [first, second] = tensor.shape;
    if (tensor.shape.length !== 2 || first !== rows || second !== columns) {
      throw this.#broken(`tensor "${name}" has the shape ${tensor.shape.join('x')} where ${rows}x${columns} is needed`);
    }
  }

  #broken(what: string): EngineError {
    return new EngineError('MODEL_BROKEN', `${this.#file} does not hold the model that it describes: ${what}.`, 'Download or import the model again.');
  }
}

/** A copy, as blobs need not lie on a multiple of four. */
function floats(bytes: Uint8Array, elements: number): Float32Array {
  return new Float32Array(new Uint8Array(bytes.subarray(0, elements * 4)).buffer);
}

/** A row-major [rows, columns] matrix as row-major [columns, rows]; in tiles, which the caches like better. */
export function transposed(values: Int8Array, rows: number, columns: number): Int8Array {
  const out = new Int8Array(values.length);
  for (let top = 0; top < rows; top += TILE) {
    const bottom = Math.min(top + TILE, rows);
    for (let column = 0; column < columns; column++) {
      for (let row = top; row < bottom; row++) out[column * rows + row] = values[row * columns + column] ?? 0;
    }
  }
  return out;
}

const TILE = 64;
