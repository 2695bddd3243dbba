/** Parameters outside of a graph: float32 arrays by name, and what they are before the first step. */
import { EngineError } from '../engine/engine-error.ts';
import type { SeededRandom } from './seeded-random.ts';
import { seededRandom } from './seeded-random.ts';

export interface Parameter {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

export type ParameterStore = ReadonlyMap<string, Parameter>;

/** The value of an element; `dims` is the shape of the parameter that it belongs to. */
export type Initial = (random: SeededRandom, dims: readonly number[]) => number;

export interface ParameterDefinition {
  readonly name: string;
  readonly dims: readonly number[];
  readonly initial: Initial;
  /** Used by the forward graph, but never changed. */
  readonly frozen?: boolean;
}

export const zeros: Initial = () => 0;
export const ones: Initial = () => 1;
/** Normal with this standard deviation. */
export const normal = (deviation: number): Initial => (random) => deviation * random.normal();
/** Uniform in [-bound, bound]. */
export const uniform = (bound: number): Initial => (random) => bound * (2 * random.next() - 1);
/** Uniform with the bound √(6 / (rows + columns)): Glorot and Bengio 2010, equation 16. */
export const glorot: Initial = (random, dims) => Math.sqrt(6 / ((dims.at(-2) ?? 1) + (dims.at(-1) ?? 1))) * (2 * random.next() - 1);

export function elementCount(dims: readonly number[]): number {
  return dims.reduce((count, dim) => count * dim, 1);
}

/** What training begins with; a parameter's values depend on the seed and its place in the list. */
export function initialParameters(model: { readonly parameters: readonly ParameterDefinition[] }, seed: number): Map<string, Parameter> {
  return new Map(
    model.parameters.map(({ name, dims, initial }, index) => {
      const random = seededRandom(seed, index);
      return [name, { dims, data: Float32Array.from({ length: elementCount(dims) }, () => initial(random, dims)) }];
    }),
  );
}

/** Errors: INVALID_INPUT when a parameter is missing or has another shape than the model's. */
export function matchingParameter(store: ParameterStore, { name, dims }: Pick<ParameterDefinition, 'name' | 'dims'>): Parameter {
  const parameter = store.get(name);
  if (parameter === undefined) throw new EngineError('INVALID_INPUT', `The parameter ${name} is missing`, 'Start from parameters of the same model.');
  if (parameter.data.length !== elementCount(dims) || parameter.dims.join() !== dims.join())
    throw new EngineError('INVALID_INPUT', `The parameter ${name} has the shape [${parameter.dims.join(', ')}], the model's has [${dims.join(', ')}]`, 'Start from parameters of the same model.');
  return parameter;
}
