/** Rows of operators that scale a vector by what all of its elements are: softmax and the normalizations of layers. */
import type { Value } from '../../../onnx/graph-builder.ts';
import { int, ints } from '../../../onnx/graph-builder.ts';
import { dense, summed } from '../contribution.ts';
import type { Emitter } from '../emitter.ts';
import { axisOf } from '../emitter.ts';
import type { OperatorRow, Rows } from '../operator-row.ts';
import { inputOf, intAttribute, outputOf, shapeOfInput } from '../operator-row.ts';
import type { ValueShape } from '../value-shapes.ts';
import { unsupported } from '../value-shapes.ts';

const sumAlong = (e: Emitter, value: Value, axis: number): Value => e.node('ReduceSum', [value, e.ints(axis)], { attributes: { keepdims: int(1) } });
const meanOfRows = (e: Emitter, value: Value): Value => e.node('ReduceMean', [value], { attributes: { axes: ints(-1), keepdims: int(1) } });

const softmax: OperatorRow = {
  shapes: (inference) => [shapeOfInput(inference, 0)],
  gradient: ({ node, e, d }) => {
    const y = outputOf(node);
    const axis = axisOf(intAttribute(node, 'axis', -1), e.dims(y));
    // y (d - Σ d y)
    return [dense(e.node('Mul', [y, e.node('Sub', [d, sumAlong(e, e.node('Mul', [d, y]), axis)])]))];
  },
};

const logSoftmax: OperatorRow = {
  shapes: (inference) => [shapeOfInput(inference, 0)],
  gradient: ({ node, e, d }) => {
    const y = outputOf(node);
    const axis = axisOf(intAttribute(node, 'axis', -1), e.dims(y));
    // d - softmax Σ d
    return [dense(e.node('Sub', [d, e.node('Mul', [e.node('Exp', [y]), sumAlong(e, d, axis)])]))];
  },
};

/** Shapes of the output, and of the statistics of rows that are further outputs. */
function normalizedShapes(statistics: number): OperatorRow['shapes'] {
  return (inference) => {
    const shape = shapeOfInput(inference, 0);
    if (axisOf(intAttribute(inference.node, 'axis', -1), shape.dims) !== shape.dims.length - 1) throw unsupported(`${inference.node.type} over more than the last axis has no gradient here`, 'Reshape before it.');
    const row: ValueShape = { type: 'float32', dims: shape.dims.with(-1, 1) };
    return [shape, ...Array.from({ length: statistics }, () => row)];
  };
}

/**
 * y = s (x - µ)/σ + b. With x̂ = (x - µ)/σ and g = d s: dx = (g - mean(g) - x̂ mean(g x̂)) / σ (Ba et al. 2016, by the chain
 * rule); the mean and 1/σ of each row come as further outputs of the operator.
 */
const layerNormalization: OperatorRow = {
  shapes: normalizedShapes(2),
  gradient: ({ node, e, d, wanted, rewrite }) => {
    const [x, scale] = [inputOf(node, 0), inputOf(node, 1)];
    const names = [outputOf(node), node.outputs[1] || e.g.name('mean'), node.outputs[2] || e.g.name('inverse-deviation')] as const;
    rewrite({ ...node, outputs: names });
    const normal = e.node('Mul', [e.node('Sub', [x, names[1]]), names[2]]);
    return [
      wanted(0) ? dense(backThroughRows(e, e.node('Mul', [d, scale]), normal, names[2], true)) : null,
      wanted(1) ? summed(e.node('Mul', [d, normal]), e.dims(scale)) : null,
      wanted(2) ? summed(d, e.dims(inputOf(node, 2))) : null,
    ];
  },
};

/** As LayerNormalization, without a mean and without a bias (Zhang and Sennrich 2019). */
const rootMeanSquare: OperatorRow = {
  shapes: normalizedShapes(1),
  gradient: ({ node, e, d, wanted, rewrite }) => {
    const [x, scale] = [inputOf(node, 0), inputOf(node, 1)];
    const names = [outputOf(node), node.outputs[1] || e.g.name('inverse-root')] as const;
    rewrite({ ...node, outputs: names });
    const normal = e.node('Mul', [x, names[1]]);
    return [
      wanted(0) ? dense(backThroughRows(e, e.node('Mul', [d, scale]), normal, names[1], false)) : null,
      wanted(1) ? summed(e.node('Mul', [d, normal]), e.dims(scale)) : null,
    ];
  },
};

function backThroughRows(e: Emitter, g: Value, normal: Value, inverse: Value, centred: boolean): Value {
  const along = e.node('Mul', [normal, meanOfRows(e, e.node('Mul', [g, normal]))]);
  const straight = centred ? e.node('Sub', [g, meanOfRows(e, g)]) : g;
  return e.node('Mul', [e.node('Sub', [straight, along]), inverse]);
}

export const normalizingRows: Rows = {
  Softmax: softmax,
  LogSoftmax: logSoftmax,
  LayerNormalization: layerNormalization,
  SimplifiedLayerNormalization: rootMeanSquare,
};
