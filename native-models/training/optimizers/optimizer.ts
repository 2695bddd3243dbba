/** What an optimizer adds to the graph of a step: the new value of a parameter from its gradient. */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { float32 } from '../../onnx/tensors.ts';

export interface UpdateInputs {
  readonly parameter: Value;
  readonly gradient: Value;
  /** float32 scalar that the gradient is still to be multiplied by: clipping, and the mean over tokens. */
  readonly scale: Value;
  /** float32 scalar: the learning rate of this step. */
  readonly rate: Value;
  /** The running values of this parameter, in the order of `Optimizer.moments`. */
  readonly moments: readonly Value[];
  /** What `shared` gave. */
  readonly shared: readonly Value[];
}

export interface Update {
  readonly parameter: Value;
  readonly moments: readonly Value[];
}

export interface Optimizer {
  /** Names of the running values that are kept of each parameter, which start as zeros. */
  readonly moments: readonly string[];
  /** Scalars that the updates of all parameters need. `step` is a float32 scalar: 1 in the first step. */
  shared(g: GraphBuilder, step: Value, rate: Value): readonly Value[];
  update(g: GraphBuilder, inputs: UpdateInputs): Update;
}

/** x + factor */
export const plus = (g: GraphBuilder, left: Value, right: Value): Value => g.node('Add', [left, right]);
export const times = (g: GraphBuilder, left: Value, right: Value | number): Value => g.node('Mul', [left, typeof right === 'number' ? scalar(g, right) : right]);
export const scalar = (g: GraphBuilder, value: number): Value => g.constant(float32([], [value]));
