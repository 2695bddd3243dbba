/**
 * Trained weights back into the file that the engine runs in int8: activations with the scales that a corpus was measured
 * to need (Marian's "alphas"), matrices in float32 on a grid of int8 for each column, which is named beside them. Marian's
 * own int8 has one grid for a whole matrix, too coarse for what a short training changes; as float32 it can read them, too.
 */
import type { MarianTensor } from '../../weights/marian-binary.ts';
import { COLUMN_MULTIPLIERS, transposed } from '../../weights/marian-weights.ts';
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

/**
 * Grids of int8 for each column of a matrix that changed, or one for all of it, as Marian's files have it. The coarse one loses
 * what few updates moved by little.
 */
export type Grids = 'columns' | 'matrix';

const LARGEST = 127;
/** Marian's own calibration takes the mean of the batches' largest values plus so many standard deviations. */
const DEVIATIONS = 1.1;

/**
 * The tensors of `original` with the trained values in their place, in the same order. A parameter that did not change keeps
 * its bytes; the multiplier of an activation stays where `ranges` has none for it. Matrices without `grams` are rounded
 * plainly. Tables of embeddings keep their one grid, the engine gathers rows of them; and a matrix that has grids for its columns
 * keeps these, whatever `grids` says.
 */
export function quantizeStudent(original: ReadonlyMap<string, MarianTensor>, before: ParameterStore, trained: ParameterStore, { ranges, grams }: StudentCalibration, grids: Grids): Map<string, MarianTensor> {
  return new Map([...original].flatMap(([name, tensor]): [string, MarianTensor][] => {
    const range = /_QuantMultA$/.test(name) && tensor.type === 'float32' ? ranges.get(rangeOf(name)) : undefined;
    if (range !== undefined && range.length > 0) return [[name, floatTensor(tensor.shape, Float32Array.of(activationMultiplier(range)))]];
    const matrix = name.endsWith(COLUMN_MULTIPLIERS) ? name.slice(0, -COLUMN_MULTIPLIERS.length) : null;
    if (matrix !== null && original.has(matrix)) return changed(matrix, before, trained) === null ? [[name, tensor]] : [];
    const parameter = changed(name, before, trained);
    if (parameter === null) return [[name, tensor]];
    if (tensor.type === 'intgemm8' && (grids === 'matrix' || name.endsWith('Wemb'))) return [[name, onOneGrid(name, tensor, parameter, grams.get(name))]];
    if (tensor.type === 'intgemm8' || original.has(`${name}${COLUMN_MULTIPLIERS}`)) return onGrids(name, tensor, parameter, grams.get(name));
    return [[name, floatTensor(tensor.shape, parameter.data)]];
  }));
}

/** The trained values of a parameter, null where they are the old ones. */
function changed(name: string, before: ParameterStore, trained: ParameterStore): Parameter | null {
  const parameter = trained.get(name);
  return parameter === undefined || sameValues(parameter.data, before.get(name)?.data) ? null : parameter;
}

const rangeOf = (name: string): string => name.replace(/_QuantMultA$/, '');

/** What activations are multiplied with to become int8. */
export function activationMultiplier(largest: readonly number[]): number {
  const mean = largest.reduce((sum, value) => sum + value, 0) / largest.length;
  const variance = largest.reduce((sum, value) => sum + (value - mean) ** 2, 0) / largest.length;
  return LARGEST / (mean + DEVIATIONS * Math.sqrt(variance));
}

function onGrids(name: string, { shape }: MarianTensor, { dims, data }: Parameter, grams: ActivationGrams | undefined): [string, MarianTensor][] {
  const [rows = 1, columns = 1] = dims;
  const largest = new Float64Array(columns).fill(LEAST);
  for (const [at, value] of data.entries()) largest[at % columns] = Math.max(largest[at % columns] ?? 0, Math.abs(value));
  const multipliers = Float32Array.from(largest, (each) => LARGEST / each);
  const whole = rounded(data, rows, columns, multipliers, grams);
  return [
    [name, floatTensor(shape, Float32Array.from(whole, (value, at) => value / (multipliers[at % columns] ?? 1)))],
    [`${name}${COLUMN_MULTIPLIERS}`, floatTensor([1, columns], multipliers)],
  ];
}

function onOneGrid(name: string, { shape }: MarianTensor, { dims, data }: Parameter, grams: ActivationGrams | undefined): MarianTensor {
  const [rows = 1, columns = 1] = dims;
  const multipliers = new Float32Array(columns).fill(LARGEST / data.reduce((largest, value) => Math.max(largest, Math.abs(value)), LEAST));
  const whole = rounded(data, rows, columns, multipliers, grams);
  // The file holds matrices transposed, embeddings as they are.
  return quantizedTensor(shape, name.endsWith('Wemb') ? whole : transposed(whole, rows, columns), multipliers[0] ?? 1);
}

/** Columns without a value have a grid, too. */
const LEAST = 1e-30;

function rounded(data: Float32Array, rows: number, columns: number, multipliers: Float32Array, grams: ActivationGrams | undefined): Int8Array {
  if (grams !== undefined) return compensatedRounding(data, rows, columns, grams, multipliers);
  return Int8Array.from(data, (value, at) => Math.max(-LARGEST, Math.min(LARGEST, Math.round(value * (multipliers[at % columns] ?? 1)))));
}

function sameValues(a: Float32Array, b: Float32Array | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((value, index) => value === b[index]);
}
