/**
 * Products of float32 rows with 8 bit weights (int8-weights.ts).
 *
 * With a scale for each column, the rows are rounded first: each to 127ths of its own largest absolute value, which is
 * taken out of the products again behind them. onnxruntime's own dynamic quantization has one scale for all rows; one
 * row with large values would blur those of the other texts in the batch.
 */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { CONTRIB, int, ints } from '../../onnx/graph-builder.ts';
import { float32, int8, uint8 } from '../../onnx/tensors.ts';
import type { BlockWeight, ColumnWeight, Linear } from './definition.ts';
import { BLOCK } from './int8-weights.ts';

const ZERO_POINT = 128;
const LARGEST = 127;

/** Rows in 8 bit: real value = (value - 128) * the row's scale. */
export interface QuantizedRows {
  /** uint8 [n, inputs] */
  readonly values: Value;
  /** float32 [n, 1] */
  readonly scales: Value;
}

/** x: [n, inputs]. A row of zeros has the scale 0, which makes its products zeros again, whatever it is rounded to. */
export function quantizeRows(g: GraphBuilder, x: Value): QuantizedRows {
  const largest = g.node('ReduceMax', [g.node('Abs', [x])], { attributes: { axes: ints(-1), keepdims: int(1) } });
  const scales = g.node('Mul', [largest, g.constant(float32([], [1 / LARGEST]))]);
  const steps = g.node('Div', [x, scales]);
  return { values: g.node('QuantizeLinear', [steps, g.constant(float32([], [1])), g.constant(uint8([], [ZERO_POINT]))]), scales };
}

/** [n, inputs] times the columns from `first` on, as many as `scales` has -> [n, columns], before the rows' scales. */
export function wholeNumberProduct(g: GraphBuilder, rows: QuantizedRows, weight: Pick<ColumnWeight, 'values' | 'scales'>, inputs: number, label: string): Value {
  const columns = weight.scales.length;
  const inputsOfNode = [
    rows.values,
    g.constant(int8([inputs, columns], weight.values), label),
    g.constant(float32([], [1])),
    g.constant(float32([columns], weight.scales)),
    g.constant(uint8([], [ZERO_POINT])),
  ];
  return g.node('MatMulIntegerToFloat', inputsOfNode, { domain: CONTRIB });
}

export function columnsProduct(g: GraphBuilder, rows: QuantizedRows, layer: Linear, weight: ColumnWeight): Value {
  return withBias(g, g.node('Mul', [wholeNumberProduct(g, rows, weight, layer.inputs, layer.name), rows.scales]), layer);
}

export function blocksProduct(g: GraphBuilder, x: Value, layer: Linear, { values, scales, blocks }: BlockWeight): Value {
  const weight = g.constant(uint8([layer.outputs, blocks, BLOCK], values), layer.name);
  const attributes = { K: int(layer.inputs), N: int(layer.outputs), bits: int(8), block_size: int(BLOCK), accuracy_level: int(4) };
  const product = g.node('MatMulNBits', [x, weight, g.constant(float32([layer.outputs * blocks], scales))], { domain: CONTRIB, attributes });
  return withBias(g, product, layer);
}

function withBias(g: GraphBuilder, product: Value, layer: Linear): Value {
  return layer.bias === null ? product : g.node('Add', [product, g.constant(float32([layer.outputs], layer.bias), `${layer.name}.bias`)]);
}
