/** Rows of operators that move elements without changing them. */
import type { Value } from '../../../onnx/graph-builder.ts';
import { int } from '../../../onnx/graph-builder.ts';
import type { Contribution } from '../contribution.ts';
import { dense, summed } from '../contribution.ts';
import type { Dimension } from '../dimensions.ts';
import { product, quotient } from '../dimensions.ts';
import { axisOf } from '../emitter.ts';
import type { BackwardNode, OperatorRow, Rows } from '../operator-row.ts';
import { inputOf, intAttribute, intsAttribute, knownIntegers, outputOf, shapeOfInput, stringAttribute } from '../operator-row.ts';
import type { Inference, ShapeRule, ValueShape } from '../value-shapes.ts';
import { unsupported } from '../value-shapes.ts';

/** What comes after every size along an axis: the end that Slice means by "all". */
const THE_END = 2 ** 31 - 1;

/** Gradient of an operator that only names the shape anew. */
const backIntoShape = ({ node, e, d }: BackwardNode): Contribution[] => [dense(e.reshape(d, e.dims(inputOf(node, 0))))];

function withContent(shape: ValueShape, content: readonly Dimension[] | undefined): ValueShape {
  return { type: shape.type, dims: shape.dims, ...(content === undefined ? {} : { content }) };
}

/** The content of a shape input; sizes that can't be told have names of their own. */
function targetDims({ node, fresh }: Inference, target: ValueShape): readonly Dimension[] {
  if (target.content !== undefined) return target.content;
  const [rank] = target.dims;
  if (target.dims.length !== 1 || typeof rank !== 'number') throw unsupported(`${node.type} to a shape of unknown rank has no gradient here`, 'Declare the shape with GraphBuilder.describe.');
  return Array.from({ length: rank }, (_, axis) => fresh(0, axis));
}

const reshaped: ShapeRule = (inference) => {
  const from = shapeOfInput(inference, 0);
  const target = targetDims(inference, shapeOfInput(inference, 1)).map((dim, axis) => (dim === 0 ? (from.dims[axis] ?? 0) : dim));
  const open = target.indexOf(-1);
  if (open >= 0) target[open] = quotient(product(from.dims), product(target.filter((dim) => dim !== -1))) ?? inference.fresh(0, open);
  return [withContent({ type: from.type, dims: target }, from.content)];
};

function squeezedAxes(inference: Inference, rank: number): readonly number[] {
  const given = inference.inputs[1];
  if (given === undefined || given === null) throw unsupported(`${inference.node.type} without axes has no gradient here`, 'Name the axes.');
  return knownIntegers(given, inference.node, 'axes').map((axis) => (axis < 0 ? axis + rank : axis));
}

const squeezed: ShapeRule = (inference) => {
  const from = shapeOfInput(inference, 0);
  const axes = squeezedAxes(inference, from.dims.length);
  return [withContent({ type: from.type, dims: from.dims.filter((_, axis) => !axes.includes(axis)) }, from.content)];
};

const unsqueezed: ShapeRule = (inference) => {
  const from = shapeOfInput(inference, 0);
  const count = shapeOfInput(inference, 1).content?.length ?? 0;
  const axes = squeezedAxes(inference, from.dims.length + count);
  const dims = [...from.dims];
  for (const axis of axes.toSorted((a, b) => a - b)) dims.splice(axis, 0, 1);
  return [withContent({ type: from.type, dims }, from.content)];
};

const transposeOrder = (inference: Pick<Inference, 'node'>, rank: number): readonly number[] =>
  intsAttribute(inference.node, 'perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);

const transpose: OperatorRow = {
  shapes: (inference) => {
    const { type, dims } = shapeOfInput(inference, 0);
    return [{ type, dims: transposeOrder(inference, dims.length).map((axis) => dims[axis] ?? 1) }];
  },
  gradient: ({ node, e, d }) => {
    const order = transposeOrder({ node }, e.dims(d).length);
    return [dense(e.transpose(d, order.map((_, axis) => order.indexOf(axis))))];
  },
};

const expand: OperatorRow = {
  shapes: (inference) => {
    const from = shapeOfInput(inference, 0);
    const target = targetDims(inference, shapeOfInput(inference, 1));
    const rank = Math.max(target.length, from.dims.length);
    const dims = Array.from({ length: rank }, (_, axis) => {
      const size = target[target.length - rank + axis] ?? 1;
      return size === 1 ? (from.dims[from.dims.length - rank + axis] ?? 1) : size;
    });
    return [{ type: from.type, dims }];
  },
  gradient: ({ node, e, d }) => [summed(d, e.dims(inputOf(node, 0))), null],
};

function addedDims(dims: readonly Dimension[]): Dimension | null {
  return dims.every((dim) => typeof dim === 'number') ? dims.reduce((sum, dim) => sum + dim, 0) : null;
}

const concat: OperatorRow = {
  shapes: (inference) => {
    const shapes = inference.node.inputs.map((_, index) => shapeOfInput(inference, index));
    const first = shapeOfInput(inference, 0);
    const axis = axisOf(intAttribute(inference.node, 'axis', 0), first.dims);
    const along = addedDims(shapes.map(({ dims }) => dims[axis] ?? 1)) ?? inference.fresh(0, axis);
    const contents = shapes.map(({ content }) => content);
    const content = contents.every((part) => part !== undefined) ? contents.flat() : undefined;
    return [withContent({ type: first.type, dims: first.dims.with(axis, along) }, content)];
  },
  gradient: ({ node, e, d }) => {
    const axis = axisOf(intAttribute(node, 'axis', 0), e.dims(d));
    if (node.inputs.length === 1) return [dense(d)];
    const sizes = e.shapeValue(node.inputs.map((input) => e.dims(input)[axis] ?? 1));
    const parts = e.nodes('Split', [d, sizes], node.inputs.length, { attributes: { axis: int(axis) } });
    for (const [index, part] of parts.entries()) e.shapes.set(part, { type: 'float32', dims: e.dims(node.inputs[index] ?? '') });
    return parts.map(dense);
  },
};

const split: OperatorRow = {
  shapes: (inference) => {
    const { type, dims } = shapeOfInput(inference, 0);
    const axis = axisOf(intAttribute(inference.node, 'axis', 0), dims);
    const count = inference.node.outputs.length;
    const sizes = inference.inputs[1]?.content;
    const whole = dims[axis] ?? 1;
    const even = quotient(whole, count);
    return inference.node.outputs.map((_, index) => ({ type, dims: dims.with(axis, sizes?.[index] ?? (inference.inputs[1] === undefined ? even : null) ?? inference.fresh(index, axis)) }));
  },
  gradient: ({ node, e, gradients }) => {
    const axis = axisOf(intAttribute(node, 'axis', 0), e.dims(inputOf(node, 0)));
    const parts = gradients.map((part, index) => part ?? e.zeros(e.dims(outputOf(node, index))));
    const joined = e.node('Concat', parts, { attributes: { axis: int(axis) } });
    e.shapes.set(joined, { type: 'float32', dims: e.dims(inputOf(node, 0)) });
    return [dense(joined), null];
  },
};

interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

/** What a Slice of constant bounds takes, and in steps of 1. */
function cuts(node: BackwardNode['node'], dims: readonly Dimension[], inputs: readonly (ValueShape | null | undefined)[]): readonly Cut[] {
  const [, starts, ends, axes, strides] = inputs;
  if (starts === undefined || starts === null || ends === undefined || ends === null) throw unsupported('Slice has no bounds', 'Mend the graph.');
  const from = knownIntegers(starts, node, 'starts');
  const to = knownIntegers(ends, node, 'ends');
  const along = axes === undefined || axes === null ? from.map((_, index) => index) : knownIntegers(axes, node, 'axes');
  if (strides !== undefined && strides !== null && knownIntegers(strides, node, 'steps').some((step) => step !== 1)) throw unsupported('Slice in other steps than 1 has no gradient here', 'Use Gather.');
  return along.map((given, index) => {
    const axis = axisOf(given, dims);
    const size = dims[axis] ?? 1;
    const start = from[index] ?? 0;
    const end = to[index] ?? 0;
    if (typeof size === 'number') {
      const within = (bound: number): number => Math.min(size, Math.max(0, bound < 0 ? bound + size : bound));
      return { axis, start: within(start), end: within(end) };
    }
    return { axis, start, end };
  });
}

const slice: OperatorRow = {
  shapes: (inference) => {
    const from = shapeOfInput(inference, 0);
    let dims = [...from.dims];
    let content = from.content;
    for (const { axis, start, end } of cuts(inference.node, from.dims, inference.inputs)) {
      const size = dims[axis] ?? 1;
      const all = end >= THE_END;
      const cut = typeof size === 'number' || (!all && Math.sign(start) === Math.sign(end)) || (!all && start === 0 && end > 0) ? end - start : start === 0 && all ? size : start < 0 && all ? -start : inference.fresh(0, axis);
      dims = dims.with(axis, cut);
      content = content?.slice(start, all ? undefined : end);
    }
    return [withContent({ type: from.type, dims }, content)];
  },
  gradient: ({ node, e, d }) => {
    const dims = e.dims(inputOf(node, 0));
    const taken = cuts(node, dims, node.inputs.map((input) => (input === '' ? null : e.shapes.of(input))));
    const before: Value[] = [];
    const after: Value[] = [];
    const fixed = taken.every(({ axis, start, end }) => typeof dims[axis] === 'number' || (start >= 0 && end >= THE_END));
    if (fixed) {
      const pads = Array.from({ length: 2 * dims.length }, () => 0);
      for (const { axis, start, end } of taken) {
        const size = dims[axis];
        pads[axis] = start;
        pads[axis + dims.length] = typeof size === 'number' ? size - end : 0;
      }
      const padded = pads.every((pad) => pad === 0) ? d : e.node('Pad', [d, e.ints(...pads)]);
      e.shapes.set(padded, { type: 'float32', dims });
      return [dense(padded), null, null, null, null];
    }
    for (const [axis, size] of dims.entries()) {
      const cut = taken.find((part) => part.axis === axis);
      const whole = e.size(size);
      const bound = (value: number): Value => (value >= 0 ? e.node('Min', [e.ints(value), whole]) : e.node('Add', [whole, e.ints(value)]));
      before.push(cut === undefined ? e.ints(0) : bound(cut.start));
      after.push(cut === undefined ? e.ints(0) : e.node('Sub', [whole, bound(cut.end)]));
    }
    const padded = e.node('Pad', [d, e.node('Concat', [...before, ...after], { attributes: { axis: int(0) } })]);
    e.shapes.set(padded, { type: 'float32', dims });
    return [dense(padded), null, null, null, null];
  },
};

const pad: OperatorRow = {
  shapes: (inference) => {
    const { type, dims } = shapeOfInput(inference, 0);
    const pads = shapeOfInput(inference, 1).content;
    return [
      {
        type,
        dims: dims.map((dim, axis) => {
          const [before, after] = [pads?.[axis], pads?.[axis + dims.length]];
          if (before === 0 && after === 0) return dim;
          return typeof dim === 'number' && typeof before === 'number' && typeof after === 'number' ? dim + before + after : inference.fresh(0, axis);
        }),
      },
    ];
  },
  gradient: ({ node, e, d }) => {
    if (stringAttribute(node, 'mode', 'constant') !== 'constant') throw unsupported('Pad in another mode than constant has no gradient here', 'Pad with a constant.');
    const dims = e.dims(inputOf(node, 0));
    const pads = inputOf(node, 1);
    const starts = e.node('Slice', [pads, e.ints(0), e.ints(dims.length)]);
    const ends = e.node('Add', [starts, e.shapeValue(dims)]);
    const cut = e.node('Slice', [d, starts, ends, e.ints(...dims.keys())]);
    e.shapes.set(cut, { type: 'float32', dims });
    return [dense(cut), null, null];
  },
};

export const layoutRows: Rows = {
  Reshape: { shapes: reshaped, gradient: (b) => [...backIntoShape(b), null] },
  Squeeze: { shapes: squeezed, gradient: (b) => [...backIntoShape(b), null] },
  Unsqueeze: { shapes: unsqueezed, gradient: (b) => [...backIntoShape(b), null] },
  Flatten: {
    shapes: (inference) => {
      const { type, dims } = shapeOfInput(inference, 0);
      const axis = intAttribute(inference.node, 'axis', 1);
      return [{ type, dims: [product(dims.slice(0, axis)), product(dims.slice(axis))] }];
    },
    gradient: backIntoShape,
  },
  Transpose: transpose,
  Expand: expand,
  Concat: concat,
  Split: split,
  Slice: slice,
  Pad: pad,
};

