/** A model with other linear layers inside its encoder and decoder; the output layer stays. */
import type { Attention, DecoderLayer, EncoderLayer, FeedForward, Linear, Stack, TransformerDefinition } from './definition.ts';

export function withLinears(model: TransformerDefinition, linear: (layer: Linear) => Linear): TransformerDefinition {
  const attention = (part: Attention): Attention => ({ ...part, query: linear(part.query), key: linear(part.key), value: linear(part.value), output: linear(part.output) });
  const feedForward = (part: FeedForward): FeedForward => ({ ...part, inner: linear(part.inner), gate: part.gate === null ? null : linear(part.gate), outer: linear(part.outer) });
  const encoderLayer = (layer: EncoderLayer): EncoderLayer => ({ selfAttention: attention(layer.selfAttention), feedForward: feedForward(layer.feedForward) });
  const decoderLayer = (layer: DecoderLayer): DecoderLayer => ({ ...encoderLayer(layer), crossAttention: attention(layer.crossAttention) });
  return { ...model, encoder: withLayers(model.encoder, encoderLayer), decoder: withLayers(model.decoder, decoderLayer) };
}

function withLayers<Layer>(whole: Stack<Layer>, layer: (one: Layer) => Layer): Stack<Layer> {
  return { ...whole, layers: whole.layers.map(layer) };
}
