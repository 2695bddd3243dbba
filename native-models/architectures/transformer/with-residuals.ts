/** A model whose layers' parts, each with a residual connection around it, are changed one by one. */
import type { Residual, TransformerDefinition } from './definition.ts';

export type ResidualChange = <Part extends Residual>(part: Part) => Part;

export function withResiduals(model: TransformerDefinition, inEncoder: ResidualChange, inDecoder: ResidualChange): TransformerDefinition {
  const { encoder, decoder } = model;
  return {
    ...model,
    encoder: { ...encoder, layers: encoder.layers.map(({ selfAttention, feedForward }) => ({ selfAttention: inEncoder(selfAttention), feedForward: inEncoder(feedForward) })) },
    decoder: {
      ...decoder,
      layers: decoder.layers.map(({ selfAttention, crossAttention, feedForward }) => ({ selfAttention: inDecoder(selfAttention), crossAttention: inDecoder(crossAttention), feedForward: inDecoder(feedForward) })),
    },
  };
}
