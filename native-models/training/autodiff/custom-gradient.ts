/**
 * Gradients written by hand for a part of a graph, where that is faster than going back node by node: a loss that has
 * its gradient at hand already, for one.
 */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import type { Contribution } from './contribution.ts';
import type { Emitter } from './emitter.ts';

export interface CustomGradient {
  /** The number of nodes that the graph had when this was said. */
  readonly position: number;
  readonly output: Value;
  /** The gradients of the part's inputs, `d` being that of its output. */
  gradient(e: Emitter, d: Value): Iterable<readonly [Value, Contribution]>;
}

const known = new WeakMap<GraphBuilder, CustomGradient[]>();

/** Says how gradients go back from `output`, in place of going through the nodes that made it. Not inside bodies of `Scan`. */
export function defineGradient(builder: GraphBuilder, output: Value, gradient: CustomGradient['gradient']): void {
  const custom = { position: builder.recorded.length, output, gradient };
  known.set(builder, [...(known.get(builder) ?? []), custom]);
}

export function customGradients(builder: GraphBuilder): readonly CustomGradient[] {
  return known.get(builder) ?? [];
}
