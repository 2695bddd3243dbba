/**
 * 8 bit weights for the products of a transformer: blocks of 32 inputs share a scale, and so do the activations of a row
 * while they are multiplied (`MatMulNBits` with accuracy level 4). Nothing is shared between rows, so that a text's
 * result does not depend on its neighbours in a batch. Embeddings, norms and biases stay float32.
 */
import type { Attention, DecoderLayer, EncoderLayer, FeedForward, Linear, QuantizedWeight, Stack, TransformerDefinition } from './definition.ts';

export const BLOCK = 32;
const ZERO_POINT = 128;

/** The same model with 8 bit weights beside the float32 ones wherever a matrix is multiplied. */
export function withInt8Weights(model: TransformerDefinition): TransformerDefinition {
  return {
    ...model,
    encoder: stack(model.encoder, encoderLayer),
    decoder: stack(model.decoder, (layer: DecoderLayer) => ({ ...encoderLayer(layer), crossAttention: attention(layer.crossAttention) })),
    output: quantized(model.output),
  };
}

function stack<Layer>(whole: Stack<Layer>, layer: (one: Layer) => Layer): Stack<Layer> {
  return { ...whole, layers: whole.layers.map(layer) };
}

function encoderLayer(layer: EncoderLayer): EncoderLayer {
  return { selfAttention: attention(layer.selfAttention), feedForward: feedForward(layer.feedForward) };
}

function attention(part: Attention): Attention {
  return { ...part, query: quantized(part.query), key: quantized(part.key), value: quantized(part.value), output: quantized(part.output) };
}

function feedForward(part: FeedForward): FeedForward {
  return { ...part, inner: quantized(part.inner), gate: part.gate === null ? null : quantized(part.gate), outer: quantized(part.outer) };
}

function quantized(layer: Linear): Linear {
  return { ...layer, quantized: quantizeBlocks(layer) };
}

/** Each block is rounded to multiples of its largest absolute value / 127; a block of the last inputs is filled up with zeros. */
export function quantizeBlocks(layer: Linear): QuantizedWeight {
  const { inputs, outputs, weight } = layer;
  const blocks = Math.ceil(inputs / BLOCK);
  const values = new Uint8Array(outputs * blocks * BLOCK).fill(ZERO_POINT);
  const scales = new Float32Array(outputs * blocks);
  const [perOutput, perInput] = layer.layout === 'out-in' ? [inputs, 1] : [1, outputs];
  for (let output = 0; output < outputs; output++) {
    for (let block = 0; block < blocks; block++) {
      const end = Math.min(inputs, (block + 1) * BLOCK);
      let most = 0;
      for (let input = block * BLOCK; input < end; input++) most = Math.max(most, Math.abs(weight[output * perOutput + input * perInput] ?? 0));
      const scale = Math.fround(most / 127);
      scales[output * blocks + block] = scale;
      if (scale === 0) continue;
      for (let input = block * BLOCK; input < end; input++) {
        const rounded = Math.round((weight[output * perOutput + input * perInput] ?? 0) / scale);
        values[(output * blocks + block) * BLOCK + (input % BLOCK)] = ZERO_POINT + rounded;
      }
    }
  }
  return { values, scales, blocks };
}
