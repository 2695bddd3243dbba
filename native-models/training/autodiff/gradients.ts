/** Reverse-mode automatic differentiation of a graph under construction: the gradients become nodes of the same graph. */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { dense, total } from './contribution.ts';
import { customGradients } from './custom-gradient.ts';
import { Emitter } from './emitter.ts';
import { gradientTable, rowOf } from './gradient-table.ts';
import { walkBack } from './reverse-walk.ts';
import { ShapeBook, unsupported } from './value-shapes.ts';

/**
 * Adds nodes that compute d loss / d w for each w of `wrt`.
 *
 * @param builder the graph that computes `loss`; its inputs must have declared shapes, open sizes by name
 * @param loss a float32 value of one element
 * @param wrt float32 values of this graph or of those around it; values inside the bodies of its nodes can't be asked for
 * @returns for each w a value of its shape; zeros where the loss doesn't depend on it
 * Errors: MODEL_UNSUPPORTED naming the operator that has no gradient or the value that has no known shape.
 */
export function gradients(builder: GraphBuilder, loss: Value, wrt: readonly Value[]): Value[] {
  const shapes = new ShapeBook(builder, (node) => rowOf(node).shapes);
  const lossShape = shapes.of(loss);
  if (lossShape.type !== 'float32' || lossShape.dims.some((dim) => dim !== 1)) throw unsupported(`A loss has one element, not the shape [${lossShape.dims.join(', ')}]`, 'Sum it.');
  const e = new Emitter(builder, shapes);
  const nodes = builder.recorded.slice();
  const parts = walkBack({
    nodes,
    rewrite: (index, node) => builder.rewrite(index, node),
    customs: customGradients(builder),
    e,
    rows: gradientTable,
    seeds: new Map([[loss, [dense(e.reshape(e.scalar(1), lossShape.dims))]]]),
    wrt: new Set(wrt),
  });
  const found = wrt.map((value) => total(e, parts.get(value) ?? []) ?? e.zeros(e.dims(value)));
  for (const { outputs } of builder.recorded) for (const output of outputs) shapes.describe(builder, output);
  return found;
}
