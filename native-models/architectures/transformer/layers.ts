/**
 * The parts of a transformer's layers that work on each token by itself: products with matrices, norms, activations,
 * the feed-forward part. Tokens are the rows of [n, dim].
 */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { CONTRIB, float, int, ints } from '../../onnx/graph-builder.ts';
import { float32 } from '../../onnx/tensors.ts';
import type { Activation, Embedding, FeedForward, Linear, Norm, Residual } from './definition.ts';
import { blocksProduct, columnsProduct, quantizeRows } from './int8-products.ts';

/** [n, inputs] -> [n, outputs] */
export function linear(g: GraphBuilder, x: Value, layer: Linear): Value {
  const [result = ''] = linears(g, x, [layer]);
  return result;
}

/** Several layers on the same input, which is brought to 8 bit once. */
export function linears(g: GraphBuilder, x: Value, layers: readonly Linear[]): Value[] {
  const rows = layers.some((layer) => layer.quantized?.kind === 'columns') ? quantizeRows(g, x) : null;
  return layers.map((layer) => {
    if (layer.quantized?.kind === 'blocks') return blocksProduct(g, x, layer, layer.quantized);
    if (layer.quantized?.kind === 'columns' && rows !== null) return columnsProduct(g, rows, layer, layer.quantized);
    return floatProduct(g, x, layer);
  });
}

function floatProduct(g: GraphBuilder, x: Value, layer: Linear): Value {
  const transposed = layer.layout === 'out-in';
  const weight = g.constant(float32(transposed ? [layer.outputs, layer.inputs] : [layer.inputs, layer.outputs], layer.weight), layer.name);
  const bias = layer.bias === null ? [] : [g.constant(float32([layer.outputs], layer.bias), `${layer.name}.bias`)];
  const product = g.node('Gemm', [x, weight, ...bias], transposed ? { attributes: { transB: int(1) } } : {});
  if (layer.adapter === undefined || layer.adapter === null) return product;
  const { rank, left, right } = layer.adapter;
  const narrow = g.node('MatMul', [x, g.constant(float32([layer.inputs, rank], left), `${layer.name}.left`)]);
  return g.node('Add', [product, g.node('MatMul', [narrow, g.constant(float32([rank, layer.outputs], right), `${layer.name}.right`)])]);
}

export function normalize(g: GraphBuilder, x: Value, norm: Norm | null): Value {
  if (norm === null) return x;
  const size = norm.scale.length;
  const scale = g.constant(float32([size], norm.scale));
  if (norm.kind === 'layer') {
    const bias = norm.bias === null ? [] : [g.constant(float32([size], norm.bias))];
    return g.node('LayerNormalization', [x, scale, ...bias], { attributes: { axis: int(-1), epsilon: float(norm.epsilon) } });
  }
  const squares = g.node('Pow', [x, g.constant(float32([], [2]))]);
  const mean = g.node('ReduceMean', [squares], { attributes: { axes: ints(-1), keepdims: int(1) } });
  const root = g.node('Sqrt', [g.node('Add', [mean, g.constant(float32([], [norm.epsilon]))])]);
  return g.node('Mul', [scale, g.node('Div', [x, root])]);
}

/** after(x + part(before(x))) */
export function residual(g: GraphBuilder, x: Value, around: Residual, part: (input: Value) => Value): Value {
  const result = part(normalize(g, x, around.before));
  return normalize(g, g.node('Add', [x, around.drop?.(g, result) ?? result]), around.after);
}

export function feedForward(g: GraphBuilder, x: Value, part: FeedForward): Value {
  return residual(g, x, part, (input) => {
    const [inner = '', gate] = linears(g, input, part.gate === null ? [part.inner] : [part.inner, part.gate]);
    const activated = activate(g, inner, part.activation);
    return linear(g, gate === undefined ? activated : g.node('Mul', [activated, gate]), part.outer);
  });
}

/** ids of any shape -> [..., dim] */
export function embed(g: GraphBuilder, ids: Value, embedding: Embedding, dim: number): Value {
  const rows = g.node('Gather', [g.constant(float32([embedding.rows, dim], embedding.table), embedding.name), ids]);
  return embedding.factor === 1 ? rows : g.node('Mul', [rows, g.constant(float32([], [embedding.factor]))]);
}

function activate(g: GraphBuilder, x: Value, activation: Activation): Value {
  switch (activation) {
    case 'relu':
      return g.node('Relu', [x]);
    case 'gelu':
      return g.node('Gelu', [x], { domain: CONTRIB });
    case 'gelu-tanh':
      return g.node('FastGelu', [x], { domain: CONTRIB });
    case 'gelu-sigmoid':
      return g.node('QuickGelu', [x], { domain: CONTRIB, attributes: { alpha: float(1.702) } });
    case 'silu':
      return g.node('QuickGelu', [x], { domain: CONTRIB, attributes: { alpha: float(1) } });
    case 'tanh':
      return g.node('Tanh', [x]);
    case 'sigmoid':
      return g.node('Sigmoid', [x]);
    case 'linear':
      return x;
  }
}
