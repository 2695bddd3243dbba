/**
 * Products of activations with the weight matrices of a Marian model, in float32 or in int8.
 *
 * int8 is static: activations are quantized with the multipliers that the model carries ("alphas"), never with numbers
 * taken from the batch, so that a sentence's result does not depend on its neighbours. Activations are uint8 with zero
 * point 128; behind a ReLU the zero point is 0 and the saturation of the quantization is the ReLU.
 */
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { CONTRIB } from '../onnx/graph-builder.ts';
import { float32, int8, uint8 } from '../onnx/tensors.ts';
import type { MarianWeights, QuantizedMatrix } from '../weights/marian-weights.ts';

export interface LinearLayer {
  /** Name of the weight matrix. */
  readonly matrix: string;
  readonly rows: number;
  readonly columns: number;
  /** Name of the bias; null for none. */
  readonly bias: string | null;
}

export interface LinearOptions {
  /** x is taken as max(x, 0). */
  readonly afterRelu?: boolean;
  /** The result is multiplied with it; costs nothing. */
  readonly factor?: number;
}

export interface LinearLayers {
  /** (x W + b) * factor; x: [n, rows], result: [n, columns], float32. */
  apply(g: GraphBuilder, x: Value, layer: LinearLayer, options?: LinearOptions): Value;
}

export function floatLayers(weights: MarianWeights): LinearLayers {
  return {
    apply(g, x, layer, { afterRelu = false, factor = 1 } = {}) {
      const { values } = weights.matrix(layer.matrix, layer.rows, layer.columns);
      const input = afterRelu ? g.node('Relu', [x]) : x;
      const product = g.node('MatMul', [input, g.constant(float32([layer.rows, layer.columns], scaled(values, factor)), layer.matrix)]);
      return layer.bias === null ? product : g.node('Add', [product, scaledBias(g, weights, layer, factor)]);
    },
  };
}

export function int8Layers(weights: MarianWeights): LinearLayers {
  return {
    apply(g, x, layer, { afterRelu = false, factor = 1 } = {}) {
      const activationMultiplier = weights.activationMultiplier(layer.matrix);
      const { values, multipliers, bias } = wholeNumbers(weights, layer, activationMultiplier);
      const inputScale = g.constant(float32([], [1 / activationMultiplier]));
      const zeroPoint = g.constant(uint8([], [afterRelu ? 0 : 128]));
      return g.node(
        'MatMulIntegerToFloat',
        [
          // Equal quantizations of one value are merged when the runtime loads the graph.
          g.node('QuantizeLinear', [x, inputScale, zeroPoint]),
          g.constant(int8([layer.rows, layer.columns], values), layer.matrix),
          inputScale,
          g.constant(float32(multipliers.length === 1 ? [] : [layer.columns], multipliers.map((multiplier) => factor / multiplier))),
          zeroPoint,
          '',
          g.constant(float32([layer.columns], scaled(bias, factor)), layer.bias ?? `${layer.matrix}_bias`),
        ],
        { domain: CONTRIB },
      );
    },
  };
}

/** A layer's matrix, its multiplier for all columns or for each, and what is added to the product. */
function wholeNumbers(weights: MarianWeights, { matrix: name, rows, columns, bias: biasName }: LinearLayer, activationMultiplier: number) {
  const bias = biasName === null ? null : weights.vector(biasName, columns);
  const ours = weights.columnQuantized(name, rows, columns);
  if (ours !== null) return { values: ours.values, multipliers: [...ours.multipliers], bias: bias ?? new Float32Array(columns) };
  const marians = weights.quantized(name, rows, columns);
  return { values: marians.values, multipliers: [marians.multiplier], bias: marianBias(marians, activationMultiplier, bias) };
}

/**
 * The bias of a product as Marian's fastest mode has it (`int8shiftAlphaAll`; browsermt/marian-dev,
 * `src/tensors/cpu/intgemm_interface.h`, PrepareBias). Marian adds 127 to the activations, so that they are unsigned, and
 * takes 127 times the sum of each column away again within the bias, in float32 and with a factor that was rounded by
 * other steps than the product's. What that leaves over is the same for every activation: it is added here, and the
 * products are native Marian's to the last bit or two. It is about 1e-5 of a result, and yet without it a quarter
 * of the translations differ (docs/engine-speed.md).
 */
export function marianBias(matrix: QuantizedMatrix, activationMultiplier: number, bias: Float32Array | null): Float32Array {
  const { rows, columns, values, multiplier } = matrix;
  const f = Math.fround;
  const unit = f(1 / f(activationMultiplier * multiplier));
  const correction = f(f(-f(127 / activationMultiplier) * f(127 / multiplier)) / 127);
  const sums = new Float64Array(columns);
  for (let at = 0, row = 0; row < rows; row++) for (let column = 0; column < columns; column++) sums[column] = (sums[column] ?? 0) + (values[at++] ?? 0);
  // `sum * correction + bias` is rounded once: a fused multiply-add.
  return Float32Array.from(sums, (sum, column) => f(sum * correction + (bias?.[column] ?? 0)) + 127 * sum * unit);
}

function scaledBias(g: GraphBuilder, weights: MarianWeights, layer: LinearLayer, factor: number): Value {
  if (layer.bias === null) return '';
  return g.constant(float32([layer.columns], scaled(weights.vector(layer.bias, layer.columns), factor)), layer.bias);
}

function scaled(values: Float32Array, factor: number): Float32Array {
  return factor === 1 ? values : values.map((value) => value * factor);
}
