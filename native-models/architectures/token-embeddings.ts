/**
 * Rows of an embedding matrix, times sqrt(dim) as transformers of Marian have it.
 */
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { float32, int8 } from '../onnx/tensors.ts';
import type { MarianWeights } from '../weights/marian-weights.ts';

/** ids of any shape -> float32 [..., dim] */
export type Embed = (g: GraphBuilder, ids: Value) => Value;

export function tokenEmbeddings(g: GraphBuilder, weights: MarianWeights, name: string, vocabulary: number, dim: number, precision: 'int8' | 'float32'): Embed {
  const factor = Math.sqrt(dim);
  if (precision === 'int8') {
    const matrix = weights.quantized(name, vocabulary, dim);
    const table = g.constant(int8([vocabulary, dim], matrix.values), name);
    const scale = g.constant(float32([], [factor / matrix.multiplier]));
    return (graph, ids) => graph.node('DequantizeLinear', [graph.node('Gather', [table, ids]), scale]);
  }
  const matrix = weights.matrix(name, vocabulary, dim);
  const table = g.constant(float32([vocabulary, dim], matrix.values), name);
  const scale = g.constant(float32([], [factor]));
  return (graph, ids) => graph.node('Mul', [graph.node('Gather', [table, ids]), scale]);
}
