/**
 * Products of activations with the weight matrices of a Marian model, in float32 or in int8.
 *
 * int8 is static: activations are quantized with the multipliers that the model carries ("alphas"), never with numbers
 * taken from the batch, so that a sentence's result does not depend on its neighbours. Activations are uint8 with zero
 * point 128; behind a ReLU the zero point is 0 and the saturation of the quantization is the ReLU.
 */
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { CONTRIB, int } from '../onnx/graph-builder.ts';
import { float32, int64, int8, uint8 } from '../onnx/tensors.ts';
import type { MarianWeights } from '../weights/marian-weights.ts';

export interface LinearLayer {
  /** Name of the weight matrix. */
  readonly matrix: string;
  readonly rows: number;
  readonly columns: number;
  /** Name of the bias; null for none. */
  readonly bias: string | null;
}

export interface LinearLayers {
  /** x W + b; x: [n, rows], result: [n, columns], float32. `afterRelu`: x is taken as max(x, 0). */
  apply(g: GraphBuilder, x: Value, layer: LinearLayer, options?: { readonly afterRelu?: boolean }): Value;
  /** The same x through several layers at once. */
  applyAll(g: GraphBuilder, x: Value, layers: readonly LinearLayer[]): Value[];
}

export function floatLayers(weights: MarianWeights): LinearLayers {
  function apply(g: GraphBuilder, x: Value, layer: LinearLayer, options: { readonly afterRelu?: boolean } = {}): Value {
    const matrix = weights.matrix(layer.matrix, layer.rows, layer.columns);
    const input = options.afterRelu === true ? g.node('Relu', [x]) : x;
    const product = g.node('MatMul', [input, g.constant(float32([layer.rows, layer.columns], matrix.values), layer.matrix)]);
    if (layer.bias === null) return product;
    return g.node('Add', [product, g.constant(float32([layer.columns], weights.vector(layer.bias, layer.columns)), layer.bias)]);
  }
  return { apply, applyAll: (g, x, layers) => layers.map((layer) => apply(g, x, layer)) };
}

export function int8Layers(weights: MarianWeights): LinearLayers {
  function product(g: GraphBuilder, x: Value, layers: readonly LinearLayer[], zeroPoint: number): Value {
    const [first] = layers;
    if (first === undefined) throw new RangeError('No layer to apply');
    const scale = g.constant(float32([], [1 / weights.activationMultiplier(first.matrix)]));
    const zero = g.constant(uint8([], [zeroPoint]));
    const joined = joinColumns(weights, layers);
    const input = g.node('QuantizeLinear', [x, scale, zero]);
    return g.node(
      'MatMulIntegerToFloat',
      [
        input,
        g.constant(int8([first.rows, joined.columns], joined.values), first.matrix),
        scale,
        g.constant(joined.scales),
        zero,
        '',
        joined.biases === null ? '' : g.constant(float32([joined.columns], joined.biases)),
      ],
      { domain: CONTRIB },
    );
  }
  return {
    apply: (g, x, layer, options = {}) => product(g, x, [layer], options.afterRelu === true ? 0 : 128),
    applyAll(g, x, layers) {
      const multipliers = new Set(layers.map((layer) => weights.activationMultiplier(layer.matrix)));
      if (multipliers.size > 1) return layers.map((layer) => product(g, x, [layer], 128));
      const all = product(g, x, layers, 128);
      const sizes = g.constant(int64([layers.length], layers.map((layer) => layer.columns)));
      return g.nodes('Split', [all, sizes], layers.length, { attributes: { axis: int(-1) } });
    },
  };
}

/** Several int8 matrices with the same rows side by side, a scale for each column. */
function joinColumns(weights: MarianWeights, layers: readonly LinearLayer[]) {
  const rows = layers[0]?.rows ?? 0;
  const columns = layers.reduce((sum, layer) => sum + layer.columns, 0);
  const values = new Int8Array(rows * columns);
  const scales = new Float32Array(columns);
  const biases = layers.some((layer) => layer.bias !== null) ? new Float32Array(columns) : null;
  let start = 0;
  for (const layer of layers) {
    const matrix = weights.quantized(layer.matrix, layer.rows, layer.columns);
    for (let row = 0; row < rows; row++) values.set(matrix.values.subarray(row * layer.columns, (row + 1) * layer.columns), row * columns + start);
    scales.fill(1 / matrix.multiplier, start, start + layer.columns);
    if (layer.bias !== null) biases?.set(weights.vector(layer.bias, layer.columns), start);
    start += layer.columns;
  }
  // One scale for one matrix: the runtime has a faster path for it.
  return { values, columns, biases, scales: layers.length === 1 ? float32([], scales.subarray(0, 1)) : float32([columns], scales) };
}
