/** Rows of matrix products. */
import type { Value } from '../../../onnx/graph-builder.ts';
import type { NodeDefinition } from '../../../onnx/model-proto.ts';
import type { Contribution, SummedAxis } from '../contribution.ts';
import { summed } from '../contribution.ts';
import type { Dimension } from '../dimensions.ts';
import { broadcast } from '../dimensions.ts';
import type { BackwardNode, Rows } from '../operator-row.ts';
import { floatAttribute, inputOf, intAttribute, shapeOfInput } from '../operator-row.ts';
import type { ShapeRule } from '../value-shapes.ts';
import { unsupported } from '../value-shapes.ts';

interface Form {
  readonly transposedLeft: boolean;
  readonly transposedRight: boolean;
  readonly factor: number;
}

const plain: Form = { transposedLeft: false, transposedRight: false, factor: 1 };

function fusedForm(node: NodeDefinition): Form {
  if (intAttribute(node, 'transBatchA', 0) !== 0 || intAttribute(node, 'transBatchB', 0) !== 0) throw unsupported('FusedMatMul with transBatch has no gradient here', 'Transpose before it.');
  return { transposedLeft: intAttribute(node, 'transA', 0) === 1, transposedRight: intAttribute(node, 'transB', 0) === 1, factor: floatAttribute(node, 'alpha', 1) };
}

function gemmForm(node: NodeDefinition): Form {
  return { transposedLeft: intAttribute(node, 'transA', 0) === 1, transposedRight: intAttribute(node, 'transB', 0) === 1, factor: floatAttribute(node, 'alpha', 1) };
}

function turned(dims: readonly Dimension[], transposed: boolean, node: NodeDefinition): readonly Dimension[] {
  const [rows, columns] = dims.slice(-2);
  if (rows === undefined || columns === undefined) throw unsupported(`${node.type} of a vector has no gradient here`, 'Unsqueeze the vector to a matrix.');
  return transposed ? [...dims.slice(0, -2), columns, rows] : dims;
}

function shapes(formOf: (node: NodeDefinition) => Form): ShapeRule {
  return (inference) => {
    const form = formOf(inference.node);
    const left = turned(shapeOfInput(inference, 0).dims, form.transposedLeft, inference.node);
    const right = turned(shapeOfInput(inference, 1).dims, form.transposedRight, inference.node);
    const batch = broadcast(left.slice(0, -2), right.slice(0, -2));
    if (batch === null) throw unsupported(`${inference.node.type} can't multiply [${left.join(', ')}] by [${right.join(', ')}]`, 'Mend the graph.');
    return [{ type: 'float32', dims: [...batch, left.at(-2) ?? 1, right.at(-1) ?? 1] }];
  };
}

/**
 * y = α A B with A [m, k], B [k, n], d [m, n]: the gradients are α d Bᵀ and α Aᵀ d, and the transposes of these where a
 * factor is stored transposed.
 */
function factors({ node, e, d, wanted }: BackwardNode, { transposedLeft, transposedRight, factor }: Form): (Contribution | null)[] {
  const [left, right] = [inputOf(node, 0), inputOf(node, 1)];
  const scaled = factor === 1 ? d : e.node('Mul', [d, e.scalar(factor)]);
  const product = (a: readonly [Value, SummedAxis], b: readonly [Value, SummedAxis], of: Value): Contribution => ({
    kind: 'product',
    left: a[0],
    leftOver: a[1],
    right: b[0],
    rightOver: b[1],
    to: e.dims(of),
    overTime: false,
  });
  const rightOverN: readonly [Value, SummedAxis] = [right, transposedRight ? 'rows' : 'columns'];
  const leftOverM: readonly [Value, SummedAxis] = [left, transposedLeft ? 'columns' : 'rows'];
  const ofLeft = (): Contribution => (transposedLeft ? product(rightOverN, [scaled, 'columns'], left) : product([scaled, 'columns'], rightOverN, left));
  const ofRight = (): Contribution => (transposedRight ? product([scaled, 'rows'], leftOverM, right) : product(leftOverM, [scaled, 'rows'], right));
  return [wanted(0) ? ofLeft() : null, wanted(1) ? ofRight() : null];
}

export const productRows: Rows = {
  MatMul: { shapes: shapes(() => plain), gradient: (b) => factors(b, plain) },
  FusedMatMul: { shapes: shapes(fusedForm), gradient: (b) => factors(b, fusedForm(b.node)) },
  Gemm: {
    shapes: shapes(gemmForm),
    gradient: (b) => {
      const { node, e, d } = b;
      const parts = factors(b, gemmForm(node));
      if (node.inputs.length < 3) return parts;
      const beta = floatAttribute(node, 'beta', 1);
      const scaled = beta === 1 ? d : e.node('Mul', [d, e.scalar(beta)]);
      return [...parts, b.wanted(2) ? summed(scaled, e.dims(inputOf(node, 2))) : null];
    },
  },
};

