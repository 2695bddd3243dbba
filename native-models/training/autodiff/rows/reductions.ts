/** Rows of sums, means and maxima along axes, and of running sums. */
import type { Value } from '../../../onnx/graph-builder.ts';
import { int } from '../../../onnx/graph-builder.ts';
import type { NodeDefinition } from '../../../onnx/model-proto.ts';
import { dense } from '../contribution.ts';
import type { Dimension } from '../dimensions.ts';
import { product } from '../dimensions.ts';
import type { Emitter } from '../emitter.ts';
import { axisOf } from '../emitter.ts';
import type { BackwardNode, OperatorRow, Rows } from '../operator-row.ts';
import { inputOf, intAttribute, intsAttribute, knownIntegers, outputOf, shapeOfInput } from '../operator-row.ts';
import type { ValueShape } from '../value-shapes.ts';

/** In opset 17 ReduceSum takes its axes as an input, the others as an attribute. */
function reducedAxes(node: NodeDefinition, dims: readonly Dimension[], axesInput: ValueShape | null | undefined): readonly number[] {
  const given = axesInput === undefined || axesInput === null ? intsAttribute(node, 'axes') : knownIntegers(axesInput, node, 'axes');
  return given === null ? [...dims.keys()] : given.map((axis) => axisOf(axis, dims));
}

function reduction(back: (b: BackwardNode, d: Value, x: Value, y: Value, dims: readonly Dimension[], axes: readonly number[]) => Value): OperatorRow {
  return {
    shapes: (inference) => {
      const { type, dims } = shapeOfInput(inference, 0);
      const axes = reducedAxes(inference.node, dims, inference.inputs[1]);
      const keep = intAttribute(inference.node, 'keepdims', 1) === 1;
      return [{ type, dims: keep ? dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim)) : dims.filter((_, axis) => !axes.includes(axis)) }];
    },
    gradient: (b) => {
      const { node, e, d } = b;
      const x = inputOf(node, 0);
      const dims = e.dims(x);
      const axesInput = node.inputs[1];
      const axes = reducedAxes(node, dims, axesInput === undefined ? undefined : e.shapes.of(axesInput));
      const kept = dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
      return [dense(back(b, e.reshape(d, kept), x, e.reshape(outputOf(node), kept), dims, axes)), null];
    },
  };
}

/** 1 / the number of elements that one mean is of. */
export function reciprocalCount(e: Emitter, dims: readonly Dimension[], axes: readonly number[]): Value {
  const sizes = axes.map((axis) => dims[axis] ?? 1);
  const size = product(sizes);
  if (typeof size === 'number') return e.scalar(1 / size);
  const count = e.node('Cast', [e.size(size)], { attributes: { to: int(1) } });
  return e.node('Reciprocal', [count]);
}

export const reductionRows: Rows = {
  ReduceSum: reduction(({ e }, d, _x, _y, dims) => e.expand(d, dims)),
  ReduceMean: reduction(({ e }, d, _x, _y, dims, axes) => e.expand(e.node('Mul', [d, reciprocalCount(e, dims, axes)]), dims)),
  ReduceSumSquare: reduction(({ e }, d, x) => e.node('Mul', [e.node('Mul', [d, e.scalar(2)]), x])),
  // Elements that share the maximum share its gradient.
  ReduceMax: reduction(({ e }, d, x, y, _dims, axes) => {
    const most = e.node('Where', [e.node('Equal', [x, y]), e.scalar(1), e.scalar(0)]);
    const count = e.node('ReduceSum', [most, e.ints(...axes)], { attributes: { keepdims: int(1) } });
    return e.node('Mul', [most, e.node('Div', [d, count])]);
  }),
  CumSum: {
    shapes: (inference) => [shapeOfInput(inference, 0)],
    gradient: ({ node, e, d }) => {
      const attributes = { exclusive: int(intAttribute(node, 'exclusive', 0)), reverse: int(1 - intAttribute(node, 'reverse', 0)) };
      return [dense(e.node('CumSum', [d, inputOf(node, 1)], { attributes })), null];
    },
  },
};
