/**
 * The encoder of a transformer, and what each decoder layer needs of its output.
 *
 * Inputs   source        int32   [B, S]        token ids, anything behind a text's end
 *          positions     int32   [B, S]        rows of the table of positions, where the model has one
 *          mask          float32 [B, 1, 1, S]  0 for tokens, MASKED for what lies behind
 * Outputs  encoded       float32 [B, S, dim]
 *          keys.N        float32 [B, H, D, S]  of decoder layer N, from 0
 *          values.N      float32 [B, H, S, D]
 */
import type { Value } from '../../onnx/graph-builder.ts';
import { GraphBuilder, int } from '../../onnx/graph-builder.ts';
import type { ModelDefinition } from '../../onnx/model-proto.ts';
import { float32, int64 } from '../../onnx/tensors.ts';
import { encoderSelfAttention, sourceMemory } from './attention.ts';
import type { DecoderLayer, EncoderLayer, Stack, TransformerDefinition } from './definition.ts';
import { embed, feedForward, normalize } from './layers.ts';
import { textBias } from './relative-bias.ts';

/** What a score gets that must not count: far below any other, and still a number. */
export const MASKED = -1e9;

export function encoderGraph(model: TransformerDefinition): ModelDefinition {
  const g = new GraphBuilder(`${model.family}-encoder`);
  const source = g.input('source', 'int32', ['B', 'S']);
  const mask = g.input('mask', 'float32', ['B', 1, 1, 'S']);
  const textShape = g.node('Shape', [source]);
  const encoded = encode(g, model, source, positionsInput(g, model), mask, textShape);
  const shape = g.node('Concat', [textShape, g.constant(int64([1], [model.dim]))], { attributes: { axis: int(0) } });
  g.namedOutput('encoded', g.node('Reshape', [encoded, shape]), 'float32', ['B', 'S', model.dim]);
  for (const [index, layer] of model.decoder.layers.entries()) {
    const { heads, headSize } = layer.crossAttention;
    const memory = sourceMemory(g, encoded, layer.crossAttention, textShape);
    g.namedOutput(`keys.${index}`, memory.keys, 'float32', ['B', heads, headSize, 'S']);
    g.namedOutput(`values.${index}`, memory.values, 'float32', ['B', heads, 'S', headSize]);
  }
  return g.model('bitext-studio');
}

/** The input `positions`, where the encoder has a table of them. */
export function positionsInput(g: GraphBuilder, { encoder }: TransformerDefinition): Value | null {
  return encoder.positions === null ? null : g.input('positions', 'int32', ['B', 'S']);
}

/** source and positions: [B, S], whose shape is `textShape` -> [B*S, dim] */
export function encode(g: GraphBuilder, model: TransformerDefinition, source: Value, positions: Value | null, mask: Value, textShape: Value): Value {
  const { encoder, dim } = model;
  let x = g.node('Reshape', [embedded(g, encoder, dim, source, positions), g.constant(int64([2], [-1, dim]))]);
  x = normalize(g, x, encoder.embeddingNorm);
  let bias = mask;
  const heads = encoder.layers[0]?.selfAttention.heads ?? 1;
  if (encoder.relativeBias !== null) {
    bias = g.node('Add', [textBias(g, encoder.relativeBias, heads, textLength(g, textShape), true), mask]);
  }
  for (const layer of encoder.layers) {
    x = encoderSelfAttention(g, x, layer.selfAttention, textShape, bias);
    x = feedForward(g, x, layer.feedForward);
  }
  return normalize(g, x, encoder.finalNorm);
}

/** The second of a shape's two sizes, as a scalar. */
export function textLength(g: GraphBuilder, textShape: Value): Value {
  return g.node('Gather', [textShape, g.constant(int64([], [1]))]);
}

/** Tokens and positions of any one shape -> [..., dim] */
export function embedded(g: GraphBuilder, stack: Stack<EncoderLayer | DecoderLayer>, dim: number, tokens: Value, positions: Value | null): Value {
  const x = embed(g, tokens, stack.embedding, dim);
  if (stack.positions === null || positions === null) return x;
  const table = g.constant(float32([stack.positions.rows, dim], stack.positions.table), 'positions');
  return g.node('Add', [x, g.node('Gather', [table, positions])]);
}
