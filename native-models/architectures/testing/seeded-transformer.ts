/** Small transformers with seeded weights, of every kind that a definition can describe. */
import { seededRandom } from '../../weights/testing/synthetic-student.ts';
import type {
  Activation,
  Attention,
  DecoderLayer,
  EncoderLayer,
  FeedForward,
  Linear,
  Norm,
  PositionTable,
  RelativeBias,
  Residual,
  TransformerDefinition,
} from '../transformer/definition.ts';

export interface SeededTransformer {
  readonly seed: number;
  readonly dim: number;
  readonly heads: number;
  /** Of its own, as T5 has it. */
  readonly headSize: number;
  readonly encoderFfn: number;
  readonly decoderFfn: number;
  readonly encoderLayers: number;
  readonly decoderLayers: number;
  readonly sourceVocabulary: number;
  readonly targetVocabulary: number;
  readonly norms: 'pre' | 'post';
  readonly normKind: Norm['kind'];
  readonly embeddingNorm: boolean;
  readonly activation: Activation;
  readonly gated: boolean;
  readonly biases: boolean;
  readonly layout: Linear['layout'];
  /** Rows before the first position; null: no table. */
  readonly firstPosition: number | null;
  readonly uncounted: number | null;
  readonly buckets: number | null;
  readonly maxDistance: number;
  /** The first target id without a row. */
  readonly zeroEmbedding: boolean;
  readonly tied: boolean;
}

const POSITIONS = 60;

export function seededTransformer(shape: SeededTransformer): TransformerDefinition {
  const random = seededRandom(shape.seed);
  const normal = (count: number, scale: number, around = 0): Float32Array =>
    Float32Array.from({ length: count }, () => around + scale * (random() + random() + random() - 1.5));
  const linear = (inputs: number, outputs: number): Linear => ({
    name: `w${inputs}x${outputs}`,
    inputs,
    outputs,
    weight: normal(inputs * outputs, 1.6 / Math.sqrt(inputs)),
    layout: shape.layout,
    bias: shape.biases ? normal(outputs, 0.3) : null,
  });
  const norm = (): Norm => ({
    kind: shape.normKind,
    scale: normal(shape.dim, 0.3, 1),
    bias: shape.normKind === 'layer' ? normal(shape.dim, 0.3) : null,
    epsilon: 1e-5,
  });
  const residual = (): Residual => (shape.norms === 'pre' ? { before: norm(), after: null } : { before: null, after: norm() });
  const attention = (): Attention => {
    const inner = shape.heads * shape.headSize;
    return {
      heads: shape.heads,
      headSize: shape.headSize,
      scale: 0.7,
      query: linear(shape.dim, inner),
      key: linear(shape.dim, inner),
      value: linear(shape.dim, inner),
      output: linear(inner, shape.dim),
      ...residual(),
    };
  };
  const feedForward = (size: number): FeedForward => ({
    activation: shape.activation,
    inner: linear(shape.dim, size),
    gate: shape.gated ? linear(shape.dim, size) : null,
    outer: linear(size, shape.dim),
    ...residual(),
  });
  const encoderLayer = (size: number): EncoderLayer => ({ selfAttention: attention(), feedForward: feedForward(size) });
  const decoderLayer = (size: number): DecoderLayer => ({ ...encoderLayer(size), crossAttention: attention() });
  const positions = (): PositionTable | null =>
    shape.firstPosition === null
      ? null
      : { rows: POSITIONS, table: normal(POSITIONS * shape.dim, 0.5), first: shape.firstPosition, uncounted: shape.uncounted };
  const relativeBias = (): RelativeBias | null =>
    shape.buckets === null ? null : { buckets: shape.buckets, maxDistance: shape.maxDistance, table: normal(shape.buckets * shape.heads, 2) };
  const target = normal(shape.targetVocabulary * shape.dim, 1);
  const common = { embeddingNorm: shape.embeddingNorm ? norm() : null };
  const output = linear(shape.dim, shape.targetVocabulary);
  return {
    family: 'seeded',
    dim: shape.dim,
    encoder: {
      ...common,
      embedding: { name: 'source', rows: shape.sourceVocabulary, table: normal(shape.sourceVocabulary * shape.dim, 1), factor: 1.3 },
      positions: positions(),
      relativeBias: relativeBias(),
      layers: Array.from({ length: shape.encoderLayers }, () => encoderLayer(shape.encoderFfn)),
      finalNorm: shape.norms === 'pre' ? norm() : null,
    },
    decoder: {
      ...common,
      embedding: { name: 'target', rows: shape.targetVocabulary, table: target, factor: 1 },
      positions: positions(),
      relativeBias: relativeBias(),
      layers: Array.from({ length: shape.decoderLayers }, () => decoderLayer(shape.decoderFfn)),
      finalNorm: shape.norms === 'pre' ? norm() : null,
    },
    zeroEmbedding: shape.zeroEmbedding ? shape.targetVocabulary : null,
    output: shape.tied ? { ...output, weight: target, layout: 'out-in' } : output,
    outputFactor: shape.tied ? 0.4 : 1,
    maxSourceLength: 40,
    maxTargetLength: 12,
  };
}
