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
import type { MarianWeights } from '../weights/marian-weights.ts';

/**
 * Marian's multipliers fill -127 to 127. Behind a ReLU, 0 to 255 are free: part of that goes into finer steps, the rest
 * into a wider range. On FLORES dev this took the loss against float32 from 0.09 and 0.37 BLEU to 0.04 and 0.15.
 */
export const FINER_AFTER_RELU = 1.5;

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
      const matrix = weights.quantized(layer.matrix, layer.rows, layer.columns);
      const inputScale = g.constant(float32([], [1 / (weights.activationMultiplier(layer.matrix) * (afterRelu ? FINER_AFTER_RELU : 1))]));
      const zeroPoint = g.constant(uint8([], [afterRelu ? 0 : 128]));
      return g.node(
        'MatMulIntegerToFloat',
        [
          // Equal quantizations of one value are merged when the runtime loads the graph.
          g.node('QuantizeLinear', [x, inputScale, zeroPoint]),
          g.constant(int8([layer.rows, layer.columns], matrix.values), layer.matrix),
          inputScale,
          g.constant(float32([], [factor / matrix.multiplier])),
          zeroPoint,
          '',
          layer.bias === null ? '' : scaledBias(g, weights, layer, factor),
        ],
        { domain: CONTRIB },
      );
    },
  };
}

function scaledBias(g: GraphBuilder, weights: MarianWeights, layer: LinearLayer, factor: number): Value {
  if (layer.bias === null) return '';
  return g.constant(float32([layer.columns], scaled(weights.vector(layer.bias, layer.columns), factor)), layer.bias);
}

function scaled(values: Float32Array, factor: number): Float32Array {
  return factor === 1 ? values : values.map((value) => value * factor);
}
