/**
 * Trained weights back into the int8 file that the engine runs: matrices with a scale each, activations with the scales
 * that a corpus was measured to need (Marian's "alphas").
 */
import type { MarianTensor } from '../../weights/marian-binary.ts';
import { transposed } from '../../weights/marian-weights.ts';
import { floatTensor, quantizedTensor } from '../../weights/write-marian-binary.ts';
import type { Parameter, ParameterStore } from '../parameters.ts';
import { compensatedRounding, type ActivationGrams } from './compensated-rounding.ts';

/** What a corpus needs of int8: see calibrate-student.ts, which measures it. */
export interface StudentCalibration {
  /** Largest absolute activation that met each matrix, one number a batch; the output layer's under `none`, Marian's name for it. */
  readonly ranges: ReadonlyMap<string, readonly number[]>;
  /** By matrix, the output layer excepted. */
  readonly grams: ReadonlyMap<string, ActivationGrams>;
}

const LARGEST = 127;
/** Marian's own calibration takes the mean of the batches' largest values plus so many standard deviations. */
const DEVIATIONS = 1.1;

/**
 * The tensors of `original` with the trained values in their place, in the same order and the same types. A parameter that
 * did not change keeps its bytes; the multiplier of an activation stays where `ranges` has none for it. Matrices without
 * `grams` are rounded plainly.
 */
export function quantizeStudent(original: ReadonlyMap<string, MarianTensor>, before: ParameterStore, trained: ParameterStore, { ranges, grams }: StudentCalibration): Map<string, MarianTensor> {
  return new Map([...original].map(([name, tensor]) => {
    const range = /_QuantMultA$/.test(name) && tensor.type === 'float32' ? ranges.get(rangeOf(name)) : undefined;
    if (range !== undefined && range.length > 0) return [name, floatTensor(tensor.shape, Float32Array.of(activationMultiplier(range)))];
    const parameter = trained.get(name);
    if (parameter === undefined || sameValues(parameter.data, before.get(name)?.data)) return [name, tensor];
    return [name, tensor.type === 'intgemm8' ? quantized(name, tensor, parameter, grams.get(name)) : floatTensor(tensor.shape, parameter.data)];
  }));
}

const rangeOf = (name: string): string => name.replace(/_QuantMultA$/, '');

/** What activations are multiplied with to become int8. */
export function activationMultiplier(largest: readonly number[]): number {
  const mean = largest.reduce((sum, value) => sum + value, 0) / largest.length;
  const variance = largest.reduce((sum, value) => sum + (value - mean) ** 2, 0) / largest.length;
  return LARGEST / (mean + DEVIATIONS * Math.sqrt(variance));
}

function quantized(name: string, { shape }: MarianTensor, { dims, data }: Parameter, grams: ActivationGrams | undefined): MarianTensor {
  const [rows = 1, columns = 1] = dims;
  const multiplier = Math.fround(LARGEST / data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-30));
  const whole = grams === undefined ? Int8Array.from(data, (value) => Math.max(-LARGEST, Math.min(LARGEST, Math.round(value * multiplier)))) : compensatedRounding(data, rows, columns, grams, multiplier);
  // The file holds matrices transposed, embeddings as they are.
  return quantizedTensor(shape, name.endsWith('Wemb') ? whole : transposed(whole, rows, columns), multiplier);
}

function sameValues(a: Float32Array, b: Float32Array | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((value, index) => value === b[index]);
}
