/**
 * Compares the gradients of a graph with central differences, (f(x + h) - f(x - h)) / 2h, for each element of each input.
 * The graph runs in float32; its outputs are summed with random weights, in float64 for the differences.
 */
import type { GraphBuilder, Value } from '../../../onnx/graph-builder.ts';
import { GraphBuilder as Builder, int } from '../../../onnx/graph-builder.ts';
import { encodeModel } from '../../../onnx/model-proto.ts';
import { ELEMENT_TYPES, float32, int64 } from '../../../onnx/tensors.ts';
import type { FeedTensor, GraphSession, RuntimeTensor } from '../../../runtime/session.ts';
import { openSession } from '../../../runtime/session.ts';
import type { SeededRandom } from '../../seeded-random.ts';
import { gradients } from '../gradients.ts';

/** A float input that gradients are asked for. */
export interface CheckedInput {
  readonly dims: readonly number[];
  /** The shape as the graph declares it, if not all of it is fixed. */
  readonly declared?: readonly (number | string)[];
  /** Elements; uniform in [-1, 1] if not given. */
  readonly element?: (random: SeededRandom) => number;
}

export interface GradientCheck {
  readonly inputs: readonly CheckedInput[];
  /** Makes the outputs from the inputs. */
  readonly build: (g: GraphBuilder, inputs: readonly Value[]) => Value | readonly Value[];
  readonly step?: number;
}

export const between = (low: number, high: number) => (random: SeededRandom): number => low + (high - low) * random.next();

/** The relative error |gradient - differences| / |differences| of each input. */
export async function gradientErrors(check: GradientCheck, random: SeededRandom): Promise<number[]> {
  const values = check.inputs.map(({ dims, element = between(-1, 1) }) => Float32Array.from({ length: dims.reduce((size, dim) => size * dim, 1) }, () => element(random)));
  const feeds = (): Record<string, FeedTensor> =>
    Object.fromEntries(values.map((data, index) => [`x${index}`, { type: 'float32', dims: check.inputs[index]?.dims ?? [], data }]));
  const forward = await open(check, null);
  const outputs = forward.outputs.map(({ name }) => name);
  try {
    const first = await forward.run(feeds(), outputs);
    const weights = outputs.map((name) => floats(first[name]).map(() => between(-1, 1)(random)));
    const computed = await computedGradients(check, weights, feeds());
    const f = async (): Promise<number> => {
      const run = await forward.run(feeds(), outputs);
      return outputs.reduce((sum, name, index) => sum + floats(run[name]).reduce((part, value, at) => part + value * (weights[index]?.[at] ?? 0), 0), 0);
    };
    const errors: number[] = [];
    for (const [index, data] of values.entries()) errors.push(await relativeError(data, computed[index] ?? new Float32Array(), f, check.step ?? 2e-2));
    return errors;
  } finally {
    await forward.close();
  }
}

async function relativeError(data: Float32Array, computed: Float32Array, f: () => Promise<number>, step: number): Promise<number> {
  let [difference, size] = [0, 0];
  for (const [position, original] of data.entries()) {
    const central = async (distance: number): Promise<number> => {
      data[position] = original + distance;
      const [above, high] = [data[position] ?? 0, await f()];
      data[position] = original - distance;
      const [below, low] = [data[position] ?? 0, await f()];
      data[position] = original;
      return (high - low) / (above - below);
    };
    // Two distances cancel the error of third order (Richardson), so that steps can be large against float32's rounding.
    const slope = (4 * (await central(step)) - (await central(2 * step))) / 3;
    difference += (slope - (computed[position] ?? Number.NaN)) ** 2;
    size += slope ** 2;
  }
  return Math.sqrt(difference) / Math.max(Math.sqrt(size), 1e-2);
}

async function computedGradients(check: GradientCheck, weights: readonly Float32Array[], feeds: Record<string, FeedTensor>): Promise<Float32Array[]> {
  const session = await open(check, weights);
  try {
    const names = session.outputs.map(({ name }) => name);
    const run = await session.run(feeds, names);
    return names.map((name) => floats(run[name]));
  } finally {
    await session.close();
  }
}

/** The graph's outputs, or with weights the gradients of their weighted sum. */
function open(check: GradientCheck, weights: readonly Float32Array[] | null): Promise<GraphSession> {
  const g = new Builder('check');
  const names = check.inputs.map(({ dims, declared }, index) => g.input(`x${index}`, 'float32', declared ?? dims));
  const built = check.build(g, names);
  const outputs = (typeof built === 'string' ? [built] : built).map((value) => g.node('Cast', [value], { attributes: { to: int(ELEMENT_TYPES.float32) } }));
  if (weights === null) {
    for (const [index, output] of outputs.entries()) g.namedOutput(`y${index}`, output, 'float32');
  } else {
    const parts = outputs.map((output, index) => {
      const own = weights[index] ?? new Float32Array();
      const flat = g.node('Reshape', [output, g.constant(int64([1], [-1]))]);
      return g.node('ReduceSum', [g.node('Mul', [flat, g.constant(float32([own.length], own))])], { attributes: { keepdims: int(0) } });
    });
    const loss = parts.reduce((left, right) => g.node('Add', [left, right]));
    for (const [index, gradient] of gradients(g, loss, names).entries()) g.namedOutput(`d${index}`, gradient, 'float32');
  }
  return openSession(encodeModel(g.model('test')), { threads: 1, device: 'cpu' });
}

function floats(tensor: RuntimeTensor | undefined): Float32Array {
  if (tensor?.data instanceof Float32Array) return tensor.data;
  throw new TypeError('The output is not float32');
}
