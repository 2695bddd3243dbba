/** Rows of operators that take rows or elements by their index, or put them there. */
import { int, string } from '../../../onnx/graph-builder.ts';
import type { Contribution } from '../contribution.ts';
import { dense } from '../contribution.ts';
import { axisOf } from '../emitter.ts';
import type { OperatorRow, Rows } from '../operator-row.ts';
import { inputOf, intAttribute, shapeOfInput, stringAttribute } from '../operator-row.ts';
import { unsupported } from '../value-shapes.ts';

const gather: OperatorRow = {
  shapes: (inference) => {
    const [from, indices] = [shapeOfInput(inference, 0), shapeOfInput(inference, 1)];
    const axis = axisOf(intAttribute(inference.node, 'axis', 0), from.dims);
    const dims = [...from.dims.slice(0, axis), ...indices.dims, ...from.dims.slice(axis + 1)];
    const picked = from.content === undefined ? undefined : indices.content?.map((index) => (typeof index === 'number' ? from.content?.at(index) : undefined));
    const content = picked?.every((dim) => dim !== undefined) === true ? picked : undefined;
    return [{ type: from.type, dims, ...(content === undefined ? {} : { content }) }];
  },
  gradient: ({ node, e, d }) => {
    const [table, indices] = [inputOf(node, 0), inputOf(node, 1)];
    const dims = e.dims(table);
    const axis = axisOf(intAttribute(node, 'axis', 0), dims);
    if (axis === 0) return [{ kind: 'rows', indices, rows: d, to: dims } satisfies Contribution, null];
    // Taken along another axis: with that axis in front it is a lookup of rows.
    const width = e.dims(indices).length;
    const rank = e.dims(d).length;
    const taken = Array.from({ length: width }, (_, index) => axis + index);
    const rest = Array.from({ length: rank }, (_, index) => index).filter((index) => !taken.includes(index));
    const inFront = [axis, ...Array.from(dims.keys()).filter((index) => index !== axis)];
    const zeros = e.zeros(inFront.map((index) => dims[index] ?? 1));
    const added = e.node('ScatterND', [zeros, e.reshape(indices, [...e.dims(indices), 1]), e.transpose(d, [...taken, ...rest])], { attributes: { reduction: string('add') } });
    return [dense(e.transpose(added, inFront.map((_, index) => inFront.indexOf(index)))), null];
  },
};

const gatherElements: OperatorRow = {
  shapes: (inference) => [{ type: shapeOfInput(inference, 0).type, dims: shapeOfInput(inference, 1).dims }],
  gradient: ({ node, e, d }) => {
    const axis = intAttribute(node, 'axis', 0);
    const added = e.node('ScatterElements', [e.zeros(e.dims(inputOf(node, 0))), inputOf(node, 1), d], { attributes: { axis: int(axis), reduction: string('add') } });
    return [dense(added), null];
  },
};

const scatterElements: OperatorRow = {
  shapes: (inference) => [shapeOfInput(inference, 0)],
  gradient: ({ node, e, d, wanted }) => {
    const reduction = stringAttribute(node, 'reduction', 'none');
    const axis = { axis: int(intAttribute(node, 'axis', 0)) };
    const [indices, updates] = [inputOf(node, 1), inputOf(node, 2)];
    if (reduction !== 'add' && reduction !== 'none') throw unsupported(`ScatterElements by ${reduction} has no gradient here`, 'Use add.');
    const kept = reduction === 'add' || !wanted(0) ? d : e.node('ScatterElements', [d, indices, e.zeros(e.dims(updates))], { attributes: axis });
    return [wanted(0) ? dense(kept) : null, null, wanted(2) ? dense(e.node('GatherElements', [d, indices], { attributes: axis })) : null];
  },
};

const scatterND: OperatorRow = {
  shapes: (inference) => [shapeOfInput(inference, 0)],
  gradient: ({ node, e, d, wanted }) => {
    const reduction = stringAttribute(node, 'reduction', 'none');
    const [indices, updates] = [inputOf(node, 1), inputOf(node, 2)];
    if (reduction !== 'add' && reduction !== 'none') throw unsupported(`ScatterND by ${reduction} has no gradient here`, 'Use add.');
    const kept = reduction === 'add' || !wanted(0) ? d : e.node('ScatterND', [d, indices, e.zeros(e.dims(updates))]);
    return [wanted(0) ? dense(kept) : null, null, wanted(2) ? dense(e.node('GatherND', [d, indices])) : null];
  },
};

export const lookupRows: Rows = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: {
    shapes: (inference) => {
      const [from, indices] = [shapeOfInput(inference, 0), shapeOfInput(inference, 1)];
      const depth = indices.dims.at(-1);
      if (typeof depth !== 'number') throw unsupported('GatherND by indices of unknown depth has no gradient here', 'Declare the shape of the indices.');
      return [{ type: from.type, dims: [...indices.dims.slice(0, -1), ...from.dims.slice(depth)] }];
    },
    gradient: ({ node, e, d }) => {
      if (intAttribute(node, 'batch_dims', 0) !== 0) throw unsupported('GatherND with batch_dims has no gradient here', 'Use GatherElements.');
      const added = e.node('ScatterND', [e.zeros(e.dims(inputOf(node, 0))), inputOf(node, 1), d], { attributes: { reduction: string('add') } });
      return [dense(added), null];
    },
  },
  ScatterElements: scatterElements,
  ScatterND: scatterND,
};
