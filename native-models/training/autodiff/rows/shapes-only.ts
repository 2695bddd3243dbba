/** Rows of operators that make whole numbers, shapes or constants: no gradient passes them. */
import type { Dimension } from '../dimensions.ts';
import { product } from '../dimensions.ts';
import { axisOf } from '../emitter.ts';
import type { Rows } from '../operator-row.ts';
import { intAttribute, shapeOfInput } from '../operator-row.ts';
import { unsupported } from '../value-shapes.ts';

export const shapeRows: Rows = {
  Shape: {
    shapes: (inference) => {
      const { dims } = shapeOfInput(inference, 0);
      const content = dims.slice(intAttribute(inference.node, 'start', 0), intAttribute(inference.node, 'end', dims.length));
      return [{ type: 'int64', dims: [content.length], content }];
    },
    gradient: null,
  },
  Size: { shapes: (inference) => [{ type: 'int64', dims: [], content: [product(shapeOfInput(inference, 0).dims)] }], gradient: null },
  ConstantOfShape: {
    shapes: (inference) => {
      const value = inference.node.attributes['value'];
      const target = shapeOfInput(inference, 0);
      const rank = target.dims[0];
      if (target.content === undefined && typeof rank !== 'number') throw unsupported('ConstantOfShape of unknown rank has no gradient here', 'Declare its shape with GraphBuilder.describe.');
      const dims: readonly Dimension[] = target.content ?? Array.from({ length: Number(rank) }, (_, axis) => inference.fresh(0, axis));
      return [{ type: value?.kind === 'tensor' ? value.value.type : 'float32', dims }];
    },
    gradient: null,
  },
  Range: {
    shapes: (inference) => {
      const [start, limit, step] = [0, 1, 2].map((index) => shapeOfInput(inference, index).content?.[0]);
      return [{ type: shapeOfInput(inference, 0).type, dims: [start === 0 && step === 1 && limit !== undefined ? limit : inference.fresh(0, 0)] }];
    },
    gradient: null,
  },
  ArgMax: {
    shapes: (inference) => {
      const { dims } = shapeOfInput(inference, 0);
      const axis = axisOf(intAttribute(inference.node, 'axis', 0), dims);
      return [{ type: 'int64', dims: intAttribute(inference.node, 'keepdims', 1) === 1 ? dims.with(axis, 1) : dims.toSpliced(axis, 1) }];
    },
    gradient: null,
  },
  Trilu: { shapes: (inference) => [shapeOfInput(inference, 0)], gradient: null },
};

