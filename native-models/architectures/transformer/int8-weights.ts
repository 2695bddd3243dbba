/**
 * 8 bit weights for the products of a transformer. Embeddings, norms and biases stay float32. Nothing is shared between
 * the rows of a product, so that a text's result does not depend on its neighbours in a batch. Two schemes:
 *
 * `columns`: the weights of an output share a scale, the activations of a row share one that is found while the graph runs
 * (`quantizeRows`). The products are of whole numbers (`MatMulIntegerToFloat`), three times as fast as the other scheme
 * where the processor multiplies bytes exactly; where it does not, sums of two products saturate.
 * `blocks`: 32 inputs share a scale, of the weights and of the activations (`MatMulNBits` with accuracy level 4). Finer,
 * and exact on every processor.
 */
import type { BlockWeight, ColumnWeight, Linear, TransformerDefinition } from './definition.ts';
import { withLinears } from './with-linears.ts';

export type Int8Scheme = 'columns' | 'blocks';

export const BLOCK = 32;
const ZERO_POINT = 128;
const LARGEST = 127;
/** Outputs that are written together. */
const TILE = 64;
const NO_WEIGHTS = new Float32Array(0);

/** The same model with 8 bit weights beside the float32 ones wherever a matrix is multiplied. */
export function withInt8Weights(model: TransformerDefinition, scheme: Int8Scheme = 'columns'): TransformerDefinition {
  const linear = (layer: Linear): Linear => ({ ...layer, quantized: scheme === 'columns' ? quantizeColumns(layer) : quantizeBlocks(layer) });
  return { ...withLinears(model, linear), output: linear(model.output) };
}

/** A layer in 8 bit alone: its float32 weights are gone. */
export function inInt8(layer: Linear, scheme: Int8Scheme): Linear {
  return { ...layer, weight: NO_WEIGHTS, quantized: scheme === 'columns' ? quantizeColumns(layer) : quantizeBlocks(layer) };
}

/** Layers on the same input as one, whose outputs are theirs one after another; null where they are not all in 8 bit by columns. */
export function sideBySide(layers: readonly Linear[]): Linear | null {
  const weights = layers.flatMap(({ quantized }) => (quantized?.kind === 'columns' ? [quantized] : []));
  const [first] = layers;
  if (first === undefined || weights.length < layers.length) return null;
  const outputs = layers.reduce((sum, layer) => sum + layer.outputs, 0);
  const values = new Int8Array(first.inputs * outputs);
  const scales = new Float32Array(outputs);
  const bias = new Float32Array(outputs);
  let from = 0;
  for (const [index, { outputs: width, bias: own }] of layers.entries()) {
    const weight = weights[index];
    if (weight === undefined) return null;
    for (let input = 0; input < first.inputs; input++) values.set(weight.values.subarray(input * width, (input + 1) * width), input * outputs + from);
    scales.set(weight.scales, from);
    if (own !== null) bias.set(own, from);
    from += width;
  }
  const { name, inputs, layout } = first;
  const withBias = layers.some((layer) => layer.bias !== null);
  return { name, inputs, outputs, weight: NO_WEIGHTS, layout, bias: withBias ? bias : null, quantized: { kind: 'columns', values, scales } };
}

/** The weights of each output are rounded to multiples of their largest absolute value / 127. */
export function quantizeColumns(layer: Linear): ColumnWeight {
  const { inputs, outputs, weight } = layer;
  const values = new Int8Array(inputs * outputs);
  const scales = new Float32Array(outputs);
  const [perOutput, perInput] = strides(layer);
  for (let output = 0; output < outputs; output++) {
    const first = output * perOutput;
    let most = 0;
    for (let input = 0; input < inputs; input++) {
      const size = Math.abs(weight[first + input * perInput] ?? 0);
      if (size > most) most = size;
    }
    scales[output] = Math.fround(most / LARGEST);
  }
  // Tile by tile: a whole column at a time would fetch a line of memory for each byte.
  for (let tile = 0; tile < outputs; tile += TILE) {
    const end = Math.min(outputs, tile + TILE);
    const inTile = scales.subarray(tile, end).map((scale) => (scale === 0 ? 1 : scale));
    for (let input = 0; input < inputs; input++) {
      let at = tile * perOutput + input * perInput;
      for (let output = tile; output < end; output++, at += perOutput) {
        // Math.round in whole numbers: what is cut off behind 0 is rounded down.
        values[input * outputs + output] = (((weight[at] ?? 0) / (inTile[output - tile] ?? 1) + ZERO_POINT + 0.5) | 0) - ZERO_POINT;
      }
    }
  }
  return { kind: 'columns', values, scales };
}

/** Each block is rounded to multiples of its largest absolute value / 127; a block of the last inputs is filled up with zeros. */
export function quantizeBlocks(layer: Linear): BlockWeight {
  const { inputs, outputs, weight } = layer;
  const blocks = Math.ceil(inputs / BLOCK);
  const values = new Uint8Array(outputs * blocks * BLOCK).fill(ZERO_POINT);
  const scales = new Float32Array(outputs * blocks);
  const [perOutput, perInput] = strides(layer);
  for (let output = 0; output < outputs; output++) {
    for (let block = 0; block < blocks; block++) {
      const end = Math.min(inputs, (block + 1) * BLOCK);
      let most = 0;
      for (let input = block * BLOCK; input < end; input++) most = Math.max(most, Math.abs(weight[output * perOutput + input * perInput] ?? 0));
      const scale = Math.fround(most / LARGEST);
      scales[output * blocks + block] = scale;
      if (scale === 0) continue;
      for (let input = block * BLOCK; input < end; input++) {
        const rounded = Math.round((weight[output * perOutput + input * perInput] ?? 0) / scale);
        values[(output * blocks + block) * BLOCK + (input % BLOCK)] = ZERO_POINT + rounded;
      }
    }
  }
  return { kind: 'blocks', values, scales, blocks };
}

/** How far apart the weights of two outputs and of two inputs lie. */
function strides({ inputs, outputs, layout }: Linear): [number, number] {
  return layout === 'out-in' ? [inputs, 1] : [1, outputs];
}
