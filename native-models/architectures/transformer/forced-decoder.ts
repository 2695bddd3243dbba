/**
 * A transformer's decoder over whole texts at once, each token behind those before it (teacher forcing): what training
 * computes. Token for token it says what the steps of step-graph.ts say.
 */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { int64 } from '../../onnx/tensors.ts';
import { crossAttention, encoderSelfAttention, sourceMemory } from './attention.ts';
import type { TransformerDefinition } from './definition.ts';
import { textLength } from './encoder-graph.ts';
import { feedForward, normalize } from './layers.ts';
import { textBias } from './relative-bias.ts';
import { decoderOutput, decoderTokens } from './step-graph.ts';

export interface ForcedTexts {
  /** int64 [B, T]: the token before each, the start token first. */
  readonly tokens: Value;
  /** int64 [B, T]; null where the model has no table of positions */
  readonly positions: Value | null;
  /** float32 [1, 1, T, T]: 0 for what a token may look at, far below zero for what comes after it. */
  readonly mask: Value;
  /** int64 [2]: B and T */
  readonly shape: Value;
}

export interface EncodedSources {
  /** float32 [B*S, dim], of the encoder */
  readonly encoded: Value;
  /** float32 [B, 1, 1, S] */
  readonly mask: Value;
  /** int64 [2]: B and S */
  readonly shape: Value;
}

/** -> float32 [B*T, dim], what the output layer takes */
export function forcedDecoder(g: GraphBuilder, model: TransformerDefinition, texts: ForcedTexts, sources: EncodedSources): Value {
  const { decoder, dim } = model;
  const embedded = decoderTokens(g, model, texts.tokens, texts.positions, 'int64');
  let x = normalize(g, g.node('Reshape', [embedded, g.constant(int64([2], [-1, dim]))]), decoder.embeddingNorm);
  let bias = texts.mask;
  if (decoder.relativeBias !== null) {
    const heads = decoder.layers[0]?.selfAttention.heads ?? 1;
    bias = g.node('Add', [textBias(g, decoder.relativeBias, heads, textLength(g, texts.shape), false), bias]);
  }
  const count = g.node('Slice', [sources.shape, ...[0, 1].map((at) => g.constant(int64([1], [at])))]);
  for (const layer of decoder.layers) {
    x = encoderSelfAttention(g, x, layer.selfAttention, texts.shape, bias);
    const memory = sourceMemory(g, sources.encoded, layer.crossAttention, sources.shape);
    x = crossAttention(g, x, layer.crossAttention, memory, sources.mask, count).x;
    x = feedForward(g, x, layer.feedForward);
  }
  return decoderOutput(g, model, x);
}
