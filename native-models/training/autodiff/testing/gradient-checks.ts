/** For each row of the gradient table the graphs that its gradient is checked on, with and without open sizes. */
import type { GraphBuilder, Value } from '../../../onnx/graph-builder.ts';
import { CONTRIB, float, int, ints, string } from '../../../onnx/graph-builder.ts';
import { ELEMENT_TYPES, bool, float32, int64 } from '../../../onnx/tensors.ts';
import type { CheckedInput, GradientCheck } from './numeric-gradients.ts';
import { between } from './numeric-gradients.ts';
import { scanChecks } from './scan-checks.ts';

const positive = between(0.5, 2);
/** Far enough from a bend or a tie at 0. */
const apart: CheckedInput['element'] = (random) => (random.next() < 0.5 ? -1 : 1) * (0.1 + 0.9 * random.next());
/** Far enough from a bend at -0.5 or 0.5. */
const clear: CheckedInput['element'] = (random) => (random.next() < 0.5 ? -1 : 1) * ((random.next() < 0.5 ? 0.1 : 0.6) + 0.3 * random.next());
const x = (...dims: number[]): CheckedInput => ({ dims });
const open = (declared: readonly (number | string)[], ...dims: number[]): CheckedInput => ({ dims, declared });
const list = (g: GraphBuilder, ...values: number[]): Value => g.constant(int64([values.length], values));

type Build = GradientCheck['build'];
const apply =
  (type: string, attributes: Parameters<GraphBuilder['node']>[2] = {}): Build =>
  (g, inputs) =>
    g.node(type, inputs, attributes);

const unary = (type: string, element?: CheckedInput['element'], options: Parameters<GraphBuilder['node']>[2] = {}): GradientCheck[] => [
  { inputs: [{ dims: [3, 4], ...(element === undefined ? {} : { element }) }], build: apply(type, options) },
  { inputs: [{ dims: [2, 3], declared: ['B', 3], ...(element === undefined ? {} : { element }) }], build: apply(type, options) },
];

const binary = (type: string, left?: CheckedInput['element'], right?: CheckedInput['element']): GradientCheck[] => {
  const a = left === undefined ? {} : { element: left };
  const b = right === undefined ? {} : { element: right };
  return [
    { inputs: [{ dims: [2, 3], ...a }, { dims: [2, 3], ...b }], build: apply(type) },
    { inputs: [{ dims: [2, 3, 4], ...a }, { dims: [4], ...b }], build: apply(type) },
    { inputs: [{ dims: [3, 1], ...a }, { dims: [2, 1, 4], ...b }], build: apply(type) },
    { inputs: [{ dims: [2, 3], declared: ['B', 3], ...a }, { dims: [2, 1], declared: ['B', 1], ...b }], build: apply(type) },
    { inputs: [{ dims: [2, 5], ...a }, { dims: [], ...b }], build: apply(type) },
  ];
};

const stepping = (type: string): GradientCheck[] => [
  { inputs: [{ dims: [3, 4], element: apart }, x(3, 4)], build: (g, [a = '', b = '']) => g.node('Mul', [g.node('Where', [g.node(type, [a, g.constant(zero)]), b, g.constant(zero)]), b]) },
];
const negative = float32([], [-1]);
const zero = { type: 'float32' as const, dims: [], bytes: new Uint8Array(4) };
const rounding = (type: string): GradientCheck[] => [
  { inputs: [{ dims: [3, 4], element: between(0.1, 0.4) }, x(3, 4)], build: (g, [a = '', b = '']) => g.node('Mul', [g.node('Add', [g.node(type, [a]), g.node('Cast', [a], toFloat)]), b]) },
];
const toFloat = { attributes: { to: int(ELEMENT_TYPES.float32) } };
const flagged = (g: GraphBuilder, flag: Value, b: Value): Value => g.node('Where', [flag, b, g.node('Neg', [b])]);
const logical = (type: string): GradientCheck[] => [
  {
    inputs: [{ dims: [3, 4], element: apart }, x(3, 4)],
    build: (g, [a = '', b = '']) => flagged(g, g.node(type, [g.node('Greater', [a, g.constant(zero)]), g.constant(bool([4], [true, false, true, false]))]), b),
  },
];
const tested = (type: string): GradientCheck[] => [{ inputs: [x(2, 3), x(2, 3)], build: (g, [a = '', b = '']) => flagged(g, g.node(type, [a]), b) }];
const reduction = (type: string, element?: CheckedInput['element']): GradientCheck[] => {
  const e = element === undefined ? {} : { element };
  const axes = (keepdims: number, ...values: number[]): Build => (g, [a = '']) =>
    type === 'ReduceSum' ? g.node(type, [a, list(g, ...values)], { attributes: { keepdims: int(keepdims) } }) : g.node(type, [a], { attributes: { axes: ints(...values), keepdims: int(keepdims) } });
  return [
    { inputs: [{ dims: [2, 3, 4], ...e }], build: axes(1, 1) },
    { inputs: [{ dims: [2, 3, 4], ...e }], build: axes(0, 0, -1) },
    { inputs: [{ dims: [2, 3], declared: ['B', 'N'], ...e }], build: axes(0, 1) },
    { inputs: [{ dims: [2, 3], ...e }], build: (g, [a = '']) => g.node(type, [a], { attributes: { keepdims: int(0) } }) },
  ];
};
/** So far apart that a step doesn't make another one the largest. */
const distinct = between(-50, 50);
const matrices = (type: string, options: Parameters<GraphBuilder['node']>[2], ...shapes: (readonly [readonly number[], readonly number[]])[]): GradientCheck[] =>
  shapes.map(([a, b]) => ({ inputs: [{ dims: a }, { dims: b }], build: apply(type, options) }));
const fused = (transA: number, transB: number, alpha = 1): Parameters<GraphBuilder['node']>[2] => ({ domain: CONTRIB, attributes: { transA: int(transA), transB: int(transB), alpha: float(alpha) } });
const gemm = (transA: number, transB: number): Parameters<GraphBuilder['node']>[2] => ({ attributes: { transA: int(transA), transB: int(transB), alpha: float(0.5), beta: float(2) } });
const normalization = { attributes: { axis: int(-1), epsilon: float(1e-5) } };

export const gradientChecks: Readonly<Record<string, readonly GradientCheck[]>> = {
  Identity: unary('Identity'),
  Add: binary('Add'),
  Sub: binary('Sub'),
  Mul: binary('Mul'),
  Div: binary('Div', undefined, positive),
  Pow: binary('Pow', positive, positive),
  Max: binary('Max', apart, (random) => (random.next() < 0.5 ? -1 : 1) * 1.5 * (0.8 + 0.1 * random.next())),
  Min: binary('Min', apart, (random) => (random.next() < 0.5 ? -1 : 1) * 1.5 * (0.8 + 0.1 * random.next())),
  Sum: [{ inputs: [x(2, 3), x(3), x(2, 1)], build: apply('Sum') }],
  Where: [
    { inputs: [x(2, 3), x(3)], build: (g, [a = '', b = '']) => g.node('Where', [g.constant(bool([2, 1], [true, false])), a, b]) },
    { inputs: [open(['B', 3], 2, 3), x()], build: (g, [a = '', b = '']) => g.node('Where', [g.constant(bool([3], [true, false, true])), a, b]) },
  ],
  Neg: unary('Neg'),
  Sqrt: unary('Sqrt', positive),
  Exp: unary('Exp'),
  Log: unary('Log', positive),
  Reciprocal: unary('Reciprocal', positive),
  Abs: unary('Abs', apart),
  Sigmoid: unary('Sigmoid'),
  Tanh: unary('Tanh'),
  Relu: unary('Relu', apart),
  Softplus: unary('Softplus'),
  Sin: unary('Sin'),
  Cos: unary('Cos'),
  Erf: unary('Erf'),
  Gelu: unary('Gelu', undefined, { domain: CONTRIB }),
  Clip: [
    { inputs: [{ dims: [4, 5], element: clear }], build: (g, [a = '']) => g.node('Clip', [a, g.constant(float32([], [-0.5])), g.constant(float32([], [0.5]))]) },
    { inputs: [{ dims: [3, 2], declared: ['B', 2], element: clear }], build: (g, [a = '']) => g.node('Clip', [a, '', g.constant(float32([], [0.5]))]) },
  ],
  FastGelu: unary('FastGelu', undefined, { domain: CONTRIB }),
  QuickGelu: [...unary('QuickGelu', undefined, { domain: CONTRIB, attributes: { alpha: float(1) } }), ...unary('QuickGelu', undefined, { domain: CONTRIB, attributes: { alpha: float(1.702) } })],
  Cast: [
    { inputs: [x(3, 2)], build: apply('Cast', toFloat) },
    { inputs: [{ dims: [2, 2], element: between(2.2, 2.8) }, x(2, 2)], build: (g, [a = '', b = '']) => g.node('Mul', [g.node('Cast', [g.node('Cast', [a], { attributes: { to: int(ELEMENT_TYPES.int32) } })], toFloat), b]) },
  ],
  Equal: stepping('Equal'),
  Less: stepping('Less'),
  LessOrEqual: stepping('LessOrEqual'),
  Greater: stepping('Greater'),
  GreaterOrEqual: stepping('GreaterOrEqual'),
  And: logical('And'),
  Or: logical('Or'),
  Not: [{ inputs: [{ dims: [3, 4], element: apart }, x(3, 4)], build: (g, [a = '', b = '']) => flagged(g, g.node('Not', [g.node('Greater', [a, g.constant(zero)])]), b) }],
  Sign: rounding('Sign'),
  Floor: rounding('Floor'),
  Ceil: rounding('Ceil'),
  Round: rounding('Round'),
  IsNaN: tested('IsNaN'),
  IsInf: tested('IsInf'),
  Mod: [{ inputs: [x(4, 3)], build: (g, [a = '']) => g.node('Gather', [a, g.node('Mod', [list(g, 5, 6, 7), list(g, 4)])]) }],
  MatMul: [
    ...matrices('MatMul', {}, [[2, 3], [3, 4]], [[2, 5, 3], [3, 4]], [[2, 5, 3], [2, 3, 4]], [[2, 1, 5, 3], [2, 2, 3, 1]], [[5, 3], [2, 3, 4]]),
    { inputs: [open(['B', 'T', 3], 2, 4, 3), x(3, 2)], build: apply('MatMul') },
    { inputs: [open(['B', 'T', 3], 2, 4, 3), open(['B', 3, 'S'], 2, 3, 5)], build: apply('MatMul') },
  ],
  FusedMatMul: [
    ...matrices('FusedMatMul', fused(0, 1, 0.5), [[2, 3], [4, 3]], [[2, 5, 3], [2, 4, 3]], [[2, 5, 3], [4, 3]]),
    ...matrices('FusedMatMul', fused(1, 0), [[3, 2], [3, 4]], [[2, 3, 5], [2, 3, 4]]),
    ...matrices('FusedMatMul', fused(1, 1, 2), [[3, 2], [4, 3]], [[2, 3, 5], [2, 4, 3]]),
  ],
  Gemm: [
    { inputs: [x(2, 3), x(3, 4), x(4)], build: apply('Gemm', gemm(0, 0)) },
    { inputs: [x(2, 3), x(4, 3), x(2, 4)], build: apply('Gemm', gemm(0, 1)) },
    { inputs: [x(3, 2), x(3, 4), x(2, 1)], build: apply('Gemm', gemm(1, 0)) },
    { inputs: [x(3, 2), x(4, 3)], build: apply('Gemm', gemm(1, 1)) },
  ],
  Reshape: [
    { inputs: [x(2, 6)], build: (g, [a = '']) => g.node('Reshape', [a, list(g, 3, 4)]) },
    { inputs: [open(['B', 'S', 4], 2, 3, 4)], build: (g, [a = '']) => g.node('Reshape', [a, list(g, 0, -1, 2, 2)]) },
    { inputs: [open(['B', 'S', 4], 2, 3, 4)], build: (g, [a = '']) => g.node('Tanh', [g.node('Reshape', [a, list(g, -1, 2)])]) },
  ],
  Squeeze: [{ inputs: [x(2, 1, 3, 1)], build: (g, [a = '']) => g.node('Squeeze', [a, list(g, 1, -1)]) }],
  Unsqueeze: [{ inputs: [open(['B', 3], 2, 3)], build: (g, [a = '']) => g.node('Unsqueeze', [a, list(g, 0, 2)]) }],
  Flatten: [{ inputs: [x(2, 3, 2)], build: apply('Flatten', { attributes: { axis: int(1) } }) }],
  Transpose: [
    { inputs: [x(2, 3, 4)], build: apply('Transpose', { attributes: { perm: ints(1, 2, 0) } }) },
    { inputs: [x(2, 3, 4)], build: apply('Transpose') },
  ],
  Expand: [
    { inputs: [x(3, 1)], build: (g, [a = '']) => g.node('Expand', [a, list(g, 2, 1, 4)]) },
    { inputs: [open([1, 'S', 1], 1, 3, 1)], build: (g, [a = '']) => g.node('Expand', [a, list(g, 2, 1, 4)]) },
  ],
  Concat: [
    { inputs: [x(2, 3), x(2, 1), x(2, 2)], build: apply('Concat', { attributes: { axis: int(-1) } }) },
    { inputs: [open(['S', 2], 3, 2), open(['T', 2], 2, 2)], build: apply('Concat', { attributes: { axis: int(0) } }) },
  ],
  Split: [
    { inputs: [x(2, 6)], build: (g, [a = '']) => g.nodes('Split', [a], 3, { attributes: { axis: int(1) } }) },
    { inputs: [x(5, 2)], build: (g, [a = '']) => g.nodes('Split', [a, list(g, 2, 3)], 2, { attributes: { axis: int(0) } })[1] ?? '' },
    { inputs: [open(['B', 4], 2, 4)], build: (g, [a = '']) => g.nodes('Split', [a], 2, { attributes: { axis: int(-1) } })[0] ?? '' },
  ],
  Slice: [
    { inputs: [x(4, 5)], build: (g, [a = '']) => g.node('Slice', [a, list(g, 1, -3), list(g, 3, 2 ** 31 - 1), list(g, 0, 1)]) },
    { inputs: [open(['S', 3], 5, 3)], build: (g, [a = '']) => g.node('Slice', [a, list(g, 1), list(g, -1), list(g, 0)]) },
    { inputs: [open(['S', 3], 5, 3)], build: (g, [a = '']) => g.node('Slice', [a, list(g, -2), list(g, 2 ** 31 - 1), list(g, 0)]) },
    { inputs: [open(['S', 3], 5, 3)], build: (g, [a = '']) => g.node('Slice', [a, list(g, 2), list(g, 2 ** 31 - 1), list(g, 0)]) },
  ],
  Pad: [
    { inputs: [x(2, 3)], build: (g, [a = '']) => g.node('Pad', [a, list(g, 0, 1, 2, 0)]) },
    { inputs: [open(['S', 3], 2, 3)], build: (g, [a = '']) => g.node('Pad', [a, list(g, 1, 0, 1, 2)]) },
  ],
  ReduceSum: reduction('ReduceSum'),
  ReduceMean: reduction('ReduceMean'),
  ReduceSumSquare: reduction('ReduceSumSquare'),
  ReduceMax: reduction('ReduceMax', distinct),
  CumSum: [
    { inputs: [x(3, 4)], build: (g, [a = '']) => g.node('CumSum', [a, g.constant(int64([], [1]))]) },
    { inputs: [x(3, 4)], build: (g, [a = '']) => g.node('CumSum', [a, g.constant(int64([], [0]))], { attributes: { exclusive: int(1), reverse: int(1) } }) },
  ],
  Gather: [
    { inputs: [x(5, 3)], build: (g, [a = '']) => g.node('Gather', [a, g.constant(int64([2, 2], [4, 0, 0, 1]))], { attributes: { axis: int(0) } }) },
    { inputs: [x(3, 4, 2)], build: (g, [a = '']) => g.node('Gather', [a, g.constant(int64([3], [3, 1, 3]))], { attributes: { axis: int(1) } }) },
    { inputs: [open(['B', 4], 3, 4)], build: (g, [a = '']) => g.node('Gather', [a, g.constant(int64([], [2]))], { attributes: { axis: int(1) } }) },
    // Looked up twice and multiplied too, as tied embeddings are.
    {
      inputs: [x(4, 3), x(2, 3)],
      build: (g, [a = '', b = '']) => {
        const rows = g.node('Gather', [a, g.constant(int64([2], [1, 1]))]);
        return g.node('FusedMatMul', [g.node('Add', [g.node('Gather', [a, g.constant(int64([2], [3, 0]))]), g.node('Mul', [rows, b])]), a], fused(0, 1));
      },
    },
  ],
  GatherElements: [{ inputs: [x(3, 4)], build: (g, [a = '']) => g.node('GatherElements', [a, g.constant(int64([3, 2], [0, 0, 3, 1, 2, 2]))], { attributes: { axis: int(1) } }) }],
  GatherND: [{ inputs: [x(3, 2, 2)], build: (g, [a = '']) => g.node('GatherND', [a, g.constant(int64([3, 2], [0, 1, 2, 0, 0, 1]))]) }],
  ScatterElements: [
    { inputs: [x(3, 4), x(3, 2)], build: (g, [a = '', b = '']) => g.node('ScatterElements', [a, g.constant(int64([3, 2], [0, 0, 3, 1, 2, 2])), b], { attributes: { axis: int(1), reduction: string('add') } }) },
    { inputs: [x(3, 4), x(3, 2)], build: (g, [a = '', b = '']) => g.node('ScatterElements', [a, g.constant(int64([3, 2], [0, 1, 3, 1, 2, 0])), b], { attributes: { axis: int(1) } }) },
  ],
  ScatterND: [
    { inputs: [x(4, 2), x(3, 2)], build: (g, [a = '', b = '']) => g.node('ScatterND', [a, g.constant(int64([3, 1], [0, 3, 0])), b], { attributes: { reduction: string('add') } }) },
    { inputs: [x(4, 2), x(2, 2)], build: (g, [a = '', b = '']) => g.node('ScatterND', [a, g.constant(int64([2, 1], [0, 3])), b]) },
  ],
  Softmax: [
    { inputs: [x(3, 4)], build: apply('Softmax', { attributes: { axis: int(-1) } }) },
    { inputs: [open(['B', 2, 'S'], 2, 2, 3)], build: apply('Softmax', { attributes: { axis: int(1) } }) },
  ],
  LogSoftmax: [
    { inputs: [x(3, 4)], build: apply('LogSoftmax', { attributes: { axis: int(-1) } }) },
    { inputs: [open(['B', 'S'], 2, 3)], build: apply('LogSoftmax', { attributes: { axis: int(-1) } }) },
  ],
  LayerNormalization: [
    { inputs: [x(3, 6), { dims: [6], element: positive }, x(6)], build: apply('LayerNormalization', normalization) },
    { inputs: [open(['B', 'S', 5], 2, 2, 5), { dims: [5], element: positive }, x(5)], build: apply('LayerNormalization', normalization) },
  ],
  SimplifiedLayerNormalization: [{ inputs: [x(3, 6), { dims: [6], element: positive }], build: apply('SimplifiedLayerNormalization', normalization) }],
  Shape: [{ inputs: [open(['B', 3], 2, 3)], build: (g, [a = '']) => g.node('Mul', [a, g.node('Cast', [g.node('Shape', [a], { attributes: { start: int(0), end: int(1) } })], toFloat)]) }],
  Size: [{ inputs: [open(['B', 3], 2, 3)], build: (g, [a = '']) => g.node('Mul', [a, g.node('Cast', [g.node('Size', [a])], toFloat)]) }],
  ConstantOfShape: [{ inputs: [open(['B', 3], 2, 3)], build: (g, [a = '']) => g.node('Concat', [a, g.node('ConstantOfShape', [g.node('Shape', [a])])], { attributes: { axis: int(1) } }) }],
  Range: [
    {
      inputs: [open(['B', 3], 2, 3)],
      build: (g, [a = '']) => {
        const count = g.node('Squeeze', [g.node('Shape', [a], { attributes: { start: int(0), end: int(1) } }), list(g, 0)]);
        return g.node('Gather', [a, g.node('Range', [g.constant(int64([], [0])), count, g.constant(int64([], [1]))])]);
      },
    },
  ],
  ArgMax: [{ inputs: [{ dims: [3, 4], element: distinct }, x(4, 2)], build: (g, [a = '', b = '']) => g.node('Gather', [b, g.node('ArgMax', [a], { attributes: { axis: int(1), keepdims: int(0) } })]) }],
  Trilu: [
    {
      inputs: [x(3, 3), x(3, 3)],
      build: (g, [a = '', b = '']) => g.node('Mul', [a, g.node('Where', [g.node('Trilu', [g.node('Greater', [g.node('Abs', [a]), g.constant(negative)])]), b, g.constant(zero)])]),
    },
  ],
  ...scanChecks,
};
