/** The weights of a transformer one by one, each once, with names that don't depend on how a file calls them. */
import type { Attention, DecoderLayer, EncoderLayer, FeedForward, Linear, Norm, PositionTable, Residual, Stack, TransformerDefinition } from '../../architectures/transformer/definition.ts';

export interface WeightPart {
  /** Where it stands: `decoder.layers.0.crossAttention.query.weight`. */
  readonly name: string;
  readonly dims: readonly number[];
  /** The definition's own array: parts that share weights hold the same one. */
  readonly data: Float32Array;
  /** `vocabulary`: a row or column for each token; `matrix`: of a product inside a layer; `other`: norms, biases, positions. */
  readonly kind: 'vocabulary' | 'matrix' | 'other';
  /** Of the weights of a linear layer. */
  readonly layout?: Linear['layout'];
}

/** What a model learned, and can learn on: all its arrays but computed positions and a bias that was set. */
export function weightParts(model: TransformerDefinition): WeightPart[] {
  const { dim, encoder, decoder, output } = model;
  const all = [...stackParts('encoder', encoder, dim), ...stackParts('decoder', decoder, dim), ...linearParts('output', output, 'vocabulary')];
  const seen = new Set<Float32Array>();
  return all.filter(({ data }) => !seen.has(data) && seen.add(data));
}

function stackParts(name: string, stack: Stack<EncoderLayer | DecoderLayer>, dim: number): WeightPart[] {
  const { embedding, positions, relativeBias, embeddingNorm, layers, finalNorm } = stack;
  const heads = layers[0]?.selfAttention.heads ?? 1;
  return [
    { name: `${name}.embedding`, dims: [embedding.rows, dim], data: embedding.table, kind: 'vocabulary' },
    ...positionParts(`${name}.positions`, positions, dim),
    ...(relativeBias === null ? [] : [{ name: `${name}.relativeBias`, dims: [relativeBias.buckets, heads], data: relativeBias.table, kind: 'other' as const }]),
    ...normParts(`${name}.embeddingNorm`, embeddingNorm),
    ...layers.flatMap((layer, index) => layerParts(`${name}.layers.${index}`, layer)),
    ...normParts(`${name}.finalNorm`, finalNorm),
  ];
}

function positionParts(name: string, positions: PositionTable | null, dim: number): WeightPart[] {
  return positions?.learned === true ? [{ name, dims: [positions.rows, dim], data: positions.table, kind: 'other' }] : [];
}

function layerParts(name: string, layer: EncoderLayer | DecoderLayer): WeightPart[] {
  return [
    ...attentionParts(`${name}.selfAttention`, layer.selfAttention),
    ...('crossAttention' in layer ? attentionParts(`${name}.crossAttention`, layer.crossAttention) : []),
    ...feedForwardParts(`${name}.feedForward`, layer.feedForward),
  ];
}

function attentionParts(name: string, part: Attention): WeightPart[] {
  const linears = (['query', 'key', 'value', 'output'] as const).flatMap((which) => linearParts(`${name}.${which}`, part[which], 'matrix'));
  return [...linears, ...residualParts(name, part)];
}

function feedForwardParts(name: string, part: FeedForward): WeightPart[] {
  const { inner, gate, outer } = part;
  return [...linearParts(`${name}.inner`, inner, 'matrix'), ...(gate === null ? [] : linearParts(`${name}.gate`, gate, 'matrix')), ...linearParts(`${name}.outer`, outer, 'matrix'), ...residualParts(name, part)];
}

function linearParts(name: string, { inputs, outputs, weight, layout, bias, fixedBias, adapter }: Linear, kind: 'vocabulary' | 'matrix'): WeightPart[] {
  return [
    { name: `${name}.weight`, dims: layout === 'out-in' ? [outputs, inputs] : [inputs, outputs], data: weight, kind, layout },
    ...(bias === null || fixedBias === true ? [] : [{ name: `${name}.bias`, dims: [outputs], data: bias, kind: 'other' as const }]),
    ...(adapter === undefined || adapter === null ? [] : [
      { name: `${name}.left`, dims: [inputs, adapter.rank], data: adapter.left, kind: 'other' as const },
      { name: `${name}.right`, dims: [adapter.rank, outputs], data: adapter.right, kind: 'other' as const },
    ]),
  ];
}

function residualParts(name: string, { before, after }: Residual): WeightPart[] {
  return [...normParts(`${name}.before`, before), ...normParts(`${name}.after`, after)];
}

function normParts(name: string, norm: Norm | null): WeightPart[] {
  if (norm === null) return [];
  const size = norm.scale.length;
  return [{ name: `${name}.scale`, dims: [size], data: norm.scale, kind: 'other' }, ...(norm.bias === null ? [] : [{ name: `${name}.bias`, dims: [size], data: norm.bias, kind: 'other' as const }])];
}
