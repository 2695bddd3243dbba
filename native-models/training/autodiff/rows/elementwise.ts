/** Rows of operators that work element by element. */
import type { Value } from '../../../onnx/graph-builder.ts';
import { CONTRIB, float, int } from '../../../onnx/graph-builder.ts';
import { ELEMENT_TYPES } from '../../../onnx/tensors.ts';
import { dense, summed } from '../contribution.ts';
import type { Dimension } from '../dimensions.ts';
import { broadcast, product } from '../dimensions.ts';
import type { BackwardNode, OperatorRow, Rows } from '../operator-row.ts';
import { floatAttribute, inputOf, intAttribute, outputOf, shapeOfInput } from '../operator-row.ts';
import type { Inference, ShapeRule, ValueShape } from '../value-shapes.ts';
import { unsupported } from '../value-shapes.ts';

const sameAsFirst: ShapeRule = (inference) => [shapeOfInput(inference, 0)];

/** What sizes are after integer arithmetic, where that can be told. */
function arithmetic(type: string, left: readonly Dimension[], right: readonly Dimension[]): Dimension[] | undefined {
  const computed: Dimension[] = [];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const a = left[left.length === 1 ? 0 : index];
    const b = right[right.length === 1 ? 0 : index];
    if (a === undefined || b === undefined) return undefined;
    if (type === 'Mul') computed.push(product([a, b]));
    else if (typeof a === 'number' && typeof b === 'number' && (type === 'Add' || type === 'Sub')) computed.push(type === 'Add' ? a + b : a - b);
    else return undefined;
  }
  return computed;
}

function broadcasting(type?: ValueShape['type']): ShapeRule {
  return (inference) => {
    const shapes = inference.node.inputs.map((_, index) => shapeOfInput(inference, index));
    let dims: readonly Dimension[] = [];
    for (const shape of shapes) {
      const wider = broadcast(dims, shape.dims);
      if (wider === null) throw unsupported(`${inference.node.type} can't work on the shapes ${shapes.map((s) => `[${s.dims.join(', ')}]`).join(' and ')}`, 'Mend the graph.');
      dims = wider;
    }
    const [left, right] = shapes;
    const content = left?.content !== undefined && right?.content !== undefined ? arithmetic(inference.node.type, left.content, right.content) : undefined;
    return [{ type: type ?? shapes.at(-1)?.type ?? 'float32', dims, ...(content === undefined ? {} : { content }) }];
  };
}

/** An operator of one input: its derivative times the gradient, made of input x and output y. */
function unary(derivative: (e: BackwardNode['e'], d: Value, x: () => Value, y: () => Value, node: BackwardNode['node']) => Value): OperatorRow {
  return {
    shapes: sameAsFirst,
    gradient: ({ node, e, d }) => [dense(derivative(e, d, () => inputOf(node, 0), () => outputOf(node), node))],
  };
}

/** An operator of two inputs that broadcast. */
function binary(parts: (b: BackwardNode, left: Value, right: Value) => readonly [() => Value, () => Value]): OperatorRow {
  return {
    shapes: broadcasting(),
    gradient: (b) => {
      const [left, right] = [inputOf(b.node, 0), inputOf(b.node, 1)];
      const [first, second] = parts(b, left, right);
      return [b.wanted(0) ? summed(first(), b.e.dims(left)) : null, b.wanted(1) ? summed(second(), b.e.dims(right)) : null];
    },
  };
}

/** Max and Min: the gradient goes to the input that was taken, at a tie to the first. */
function choice(comparison: 'GreaterOrEqual' | 'LessOrEqual'): OperatorRow {
  return binary(({ e, d, node }, left, right) => {
    if (node.inputs.length !== 2) throw unsupported(`${node.type} of ${node.inputs.length} inputs has no gradient here`, 'Nest it by twos.');
    const first = e.node(comparison, [left, right]);
    return [() => e.node('Where', [first, d, e.scalar(0)]), () => e.node('Where', [first, e.scalar(0), d])];
  });
}

const ROOT_OF_HALF = Math.SQRT1_2;
const ROOT_OF_2_BY_PI = Math.sqrt(2 / Math.PI);
const CUBE = 0.044715;
const DENSITY_AT_0 = 1 / Math.sqrt(2 * Math.PI);

/** d/dx x Φ(x) = Φ(x) + x φ(x) */
function geluDerivative(e: BackwardNode['e'], x: Value): Value {
  const distribution = e.node('Mul', [e.node('Add', [e.node('Erf', [e.node('Mul', [x, e.scalar(ROOT_OF_HALF)])]), e.scalar(1)]), e.scalar(0.5)]);
  const density = e.node('Mul', [e.node('Exp', [e.node('Mul', [e.node('Mul', [x, x]), e.scalar(-0.5)])]), e.scalar(DENSITY_AT_0)]);
  return e.node('Add', [distribution, e.node('Mul', [x, density])]);
}

/** Of x (1 + tanh u) / 2, u = √(2/π) (x + 0.044715 x³). */
function fastGeluDerivative(e: BackwardNode['e'], x: Value): Value {
  const square = e.node('Mul', [x, x]);
  const bent = e.node('Tanh', [e.node('Mul', [e.node('Mul', [x, e.scalar(ROOT_OF_2_BY_PI)]), e.node('Add', [e.node('Mul', [square, e.scalar(CUBE)]), e.scalar(1)])])]);
  const inner = e.node('Mul', [e.node('Add', [e.node('Mul', [square, e.scalar(3 * CUBE)]), e.scalar(1)]), e.scalar(ROOT_OF_2_BY_PI)]);
  const slope = e.node('Mul', [e.node('Mul', [x, inner]), e.node('Sub', [e.scalar(1), e.node('Mul', [bent, bent])])]);
  return e.node('Mul', [e.node('Add', [e.node('Add', [bent, e.scalar(1)]), slope]), e.scalar(0.5)]);
}

/** The gradient passes where the input lies within its bounds, either of which may be left out. */
const clip: OperatorRow = {
  shapes: (inference) => {
    const { type, dims } = shapeOfInput(inference, 0);
    return [{ type, dims }];
  },
  gradient: ({ node, e, d }) => {
    const x = inputOf(node, 0);
    const within = (['GreaterOrEqual', 'LessOrEqual'] as const).reduce((gradient, comparison, index) => {
      const bound = node.inputs[index + 1] ?? '';
      return bound === '' ? gradient : e.node('Where', [e.node(comparison, [x, bound]), gradient, e.scalar(0)]);
    }, d);
    return [dense(within), null, null];
  },
};

const castTarget = ({ node }: Pick<Inference, 'node'>): ValueShape['type'] => {
  const number = intAttribute(node, 'to', 0);
  for (const type of ['float32', 'uint8', 'int8', 'int32', 'int64', 'bool'] as const) if (ELEMENT_TYPES[type] === number) return type;
  throw unsupported(`Cast to the type ${number} is not known`, 'Use float32, int32, int64 or bool.');
};

export const elementwiseRows: Rows = {
  Identity: unary((_, d) => d),
  Add: binary(({ d }) => [() => d, () => d]),
  Sub: binary(({ e, d }) => [() => d, () => e.node('Neg', [d])]),
  Mul: binary(({ e, d }, left, right) => [() => e.node('Mul', [d, right]), () => e.node('Mul', [d, left])]),
  Div: binary(({ e, d, node }, _, right) => {
    const byRight = e.node('Div', [d, right]);
    return [() => byRight, () => e.node('Neg', [e.node('Mul', [byRight, outputOf(node)])])];
  }),
  Pow: binary(({ e, d, node }, base, exponent) => [
    () => e.node('Mul', [d, e.node('Mul', [exponent, e.node('Pow', [base, e.node('Sub', [exponent, e.scalar(1)])])])]),
    () => e.node('Mul', [d, e.node('Mul', [outputOf(node), e.node('Log', [base])])]),
  ]),
  Max: choice('GreaterOrEqual'),
  Min: choice('LessOrEqual'),
  Sum: {
    shapes: broadcasting(),
    gradient: ({ node, e, d, wanted }) => node.inputs.map((input, index) => (wanted(index) ? summed(d, e.dims(input)) : null)),
  },
  Where: {
    shapes: broadcasting(),
    gradient: ({ node, e, d, wanted }) => {
      const condition = inputOf(node, 0);
      return [
        null,
        wanted(1) ? summed(e.node('Where', [condition, d, e.scalar(0)]), e.dims(inputOf(node, 1))) : null,
        wanted(2) ? summed(e.node('Where', [condition, e.scalar(0), d]), e.dims(inputOf(node, 2))) : null,
      ];
    },
  },
  Neg: unary((e, d) => e.node('Neg', [d])),
  Sqrt: unary((e, d, _, y) => e.node('Div', [e.node('Mul', [d, e.scalar(0.5)]), y()])),
  Exp: unary((e, d, _, y) => e.node('Mul', [d, y()])),
  Log: unary((e, d, x) => e.node('Div', [d, x()])),
  Reciprocal: unary((e, d, _, y) => e.node('Neg', [e.node('Mul', [d, e.node('Mul', [y(), y()])])])),
  Abs: unary((e, d, x) => e.node('Mul', [d, e.node('Sign', [x()])])),
  Sigmoid: unary((e, d, _, y) => e.node('Mul', [d, e.node('Mul', [y(), e.node('Sub', [e.scalar(1), y()])])])),
  Tanh: unary((e, d, _, y) => e.node('Mul', [d, e.node('Sub', [e.scalar(1), e.node('Mul', [y(), y()])])])),
  // The output tells where the input was positive, so the input need not be kept.
  Relu: unary((e, d, _, y) => e.node('Where', [e.node('Greater', [y(), e.scalar(0)]), d, e.scalar(0)])),
  Softplus: unary((e, d, x) => e.node('Mul', [d, e.node('Sigmoid', [x()])])),
  Sin: unary((e, d, x) => e.node('Mul', [d, e.node('Cos', [x()])])),
  Cos: unary((e, d, x) => e.node('Neg', [e.node('Mul', [d, e.node('Sin', [x()])])])),
  Erf: unary((e, d, x) => e.node('Mul', [d, e.node('Mul', [e.node('Exp', [e.node('Neg', [e.node('Mul', [x(), x()])])]), e.scalar(2 / Math.sqrt(Math.PI))])])),
  Gelu: unary((e, d, x) => e.node('Mul', [d, geluDerivative(e, x())])),
  FastGelu: unary((e, d, x) => e.node('Mul', [d, fastGeluDerivative(e, x())])),
  Clip: clip,
  // x σ(αx): SiLU for α = 1.
  QuickGelu: unary((e, d, x, y, node) => {
    const alpha = floatAttribute(node, 'alpha', 1.702);
    const gate = e.node('Sigmoid', [e.node('Mul', [x(), e.scalar(alpha)])]);
    const bent = e.node('Mul', [e.node('Mul', [y(), e.scalar(alpha)]), e.node('Sub', [e.scalar(1), gate])]);
    return e.node('Mul', [d, e.node('Add', [gate, bent])]);
  }),
  Cast: {
    shapes: (inference) => [{ ...shapeOfInput(inference, 0), type: castTarget(inference) }],
    gradient: ({ node, e, d }) => {
      if (e.shapes.of(inputOf(node, 0)).type !== 'float32' || castTarget({ node }) !== 'float32') return [null];
      return [dense(d)];
    },
  },
};

const comparison: OperatorRow = { shapes: broadcasting('bool'), gradient: null };
const steps: OperatorRow = { shapes: sameAsFirst, gradient: null };
const test: OperatorRow = { shapes: (inference) => [{ type: 'bool', dims: shapeOfInput(inference, 0).dims }], gradient: null };

/** Their derivative is zero wherever there is one. */
export const steppingRows: Rows = {
  Equal: comparison,
  Less: comparison,
  LessOrEqual: comparison,
  Greater: comparison,
  GreaterOrEqual: comparison,
  And: comparison,
  Or: comparison,
  Not: steps,
  Sign: steps,
  Floor: steps,
  Ceil: steps,
  Round: steps,
  IsNaN: test,
  IsInf: test,
  Mod: { shapes: broadcasting(), gradient: null },
};

export const silu = { domain: CONTRIB, attributes: { alpha: float(1) } };
export const toFloat = { attributes: { to: int(ELEMENT_TYPES.float32) } };
