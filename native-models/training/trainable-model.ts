/**
 * How a model is defined so that it can be trained, and how it is trained.
 *
 * A model is a list of parameters, a list of what a batch consists of, and a function that adds the forward graph to a
 * GraphBuilder and says the loss. Gradients, clipping and the optimizer are added by the training session; the whole
 * step is one graph, and as many steps as there are batches are one run of it. The same functions on (GraphBuilder,
 * parameters) that a model's `loss` calls serve its inference graph: there `parameter` gives constants.
 *
 *     const model: TrainableModel = {
 *       parameters: [{ name: 'w', dims: [256, 8000], initial: glorot }, { name: 'b', dims: [8000], initial: zeros }],
 *       inputs: [{ name: 'x', type: 'float32', dims: ['N', 256] }, { name: 'y', type: 'int64', dims: ['N'] }, ...],
 *       loss(g, { parameter, input, dropout }) {
 *         const hidden = g.node('Tanh', [g.node('MatMul', [dropout(g, input('x'), ['N', 256], 0.1), parameter('w')])]);
 *         return crossEntropy(g, { hidden, table: ..., bias: ..., targets: input('y'), weights: input('mask'), smoothing: 0.1 });
 *       },
 *     };
 *     const session = await openTrainingSession(model, {
 *       parameters: initialParameters(model, seed), optimizer: adam(), clipNorm: 1, seed, threads: 2,
 *     });
 *     const rate = warmUpThenInverseRoot({ peak: 3e-4, warmUp: 4000 });
 *     for (...) {
 *       const reports = await session.steps(batches.map((batch, i) => ({ batch, rate: rate(session.step + i + 1) })));
 *       // each: { loss (a token's), tokens, gradientNorm, applied: false where the loss or the norm was no number }
 *     }
 *     const snapshot = session.snapshot();   // weights, moments and step: session.restore(snapshot) goes on bit by bit
 *     session.parameters();                  // Float32 by name
 *
 * Rules for the forward graph:
 * - Open sizes have names ('B', 'S', 'T'); a size that is only a name is never taken for 1, so what is broadcast must
 *   say 1. Reshape by constants with one -1, or by Shape and Concat of what is known. A shape that can't be seen from the
 *   graph is declared by `g.describe(value, 'float32', ['B', 'S', 256])`.
 * - Recurrences are `scan` (onnx/scan.ts). Do all products that don't depend on the state before or after it, over all
 *   steps at once: a product inside the loop has a state as a factor. A weight is read in the body by its name.
 * - Any operator with a row in autodiff/gradient-table.ts can be used, and `If` and `Loop` can't.
 * - `defineGradient` (autodiff/custom-gradient.ts) gives a part of the graph a gradient written by hand.
 */
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import type { ParameterDefinition } from './parameters.ts';

/** A tensor of each batch; sizes with a name differ from batch to batch. */
export interface BatchInput {
  readonly name: string;
  readonly type: 'float32' | 'int64';
  readonly dims: readonly (number | string)[];
}

/** What a model's function is given besides the builder. */
export interface ForwardContext {
  parameter(name: string): Value;
  input(name: string): Value;
  /** A mask of dropout: 0, or 1 / (1 - rate); null where nothing is dropped. For inside a Scan, where it is a scanned input. */
  mask(dims: readonly (number | string)[], rate: number): Value | null;
  /**
   * In training, sets elements to zero with probability `rate` and scales up the others; elsewhere it changes nothing.
   * `dims` is the shape of the mask, which may broadcast: ['T', 'B', 256], or [1, 'B', 256] for one mask for all steps.
   */
  dropout(g: GraphBuilder, x: Value, dims: readonly (number | string)[], rate: number): Value;
}

/** Both float32 scalars. The step follows the gradient of sum / count. */
export interface SummedLoss {
  /** Loss of the whole batch. */
  readonly sum: Value;
  /** What a loss is told per: target tokens, as a rule. */
  readonly count: Value;
}

export interface TrainableModel {
  readonly parameters: readonly ParameterDefinition[];
  readonly inputs: readonly BatchInput[];
  loss(g: GraphBuilder, context: ForwardContext): SummedLoss;
}

export type Batch = Readonly<Record<string, BatchTensor>>;

export type BatchTensor =
  | { readonly type: 'float32'; readonly dims: readonly number[]; readonly data: Float32Array }
  | { readonly type: 'int64'; readonly dims: readonly number[]; readonly data: BigInt64Array };
