/**
 * A transformer with encoder and decoder, taken apart into what differs between the families: where norms stand, how
 * positions enter, which activation, what is tied to what. A family's file fills it in; the graphs know nothing else.
 * Matrices are row-major float32; two parts that share weights hold the same array.
 */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';

/** Weights in 8 bit, a scale for each block of inputs of an output (int8-weights.ts). */
export interface BlockWeight {
  readonly kind: 'blocks';
  /** [outputs, blocks, BLOCK], 128 standing for zero */
  readonly values: Uint8Array;
  /** [outputs, blocks] */
  readonly scales: Float32Array;
  /** Of the inputs. */
  readonly blocks: number;
}

/** Weights in 8 bit, a scale for each output (int8-weights.ts). */
export interface ColumnWeight {
  readonly kind: 'columns';
  /** [inputs, outputs] */
  readonly values: Int8Array;
  /** [outputs] */
  readonly scales: Float32Array;
}

export type QuantizedWeight = BlockWeight | ColumnWeight;

/** (x left) right, added to a product: LoRA (Hu et al. 2022). */
export interface Adapter {
  readonly rank: number;
  /** [inputs, rank] */
  readonly left: Float32Array;
  /** [rank, outputs] */
  readonly right: Float32Array;
}

/** x W + b */
export interface Linear {
  /** The weights' name in the model's file. */
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly weight: Float32Array;
  /** `in-out`: weight is [inputs, outputs], as Marian stores it; `out-in`: [outputs, inputs], as PyTorch does. */
  readonly layout: 'in-out' | 'out-in';
  readonly bias: Float32Array | null;
  /** The bias was set, not learned, and stays when the model learns on. */
  readonly fixedBias?: true;
  /** A change of the weights of low rank, beside them; null or absent: none. Not with `quantized`. */
  readonly adapter?: Adapter | null;
  /** Used in place of `weight` where it is there. */
  readonly quantized?: QuantizedWeight;
}

/** `layer`: (x - mean) / sqrt(variance + epsilon) * scale + bias; `rms`: x / sqrt(mean of squares + epsilon) * scale. */
export interface Norm {
  readonly kind: 'layer' | 'rms';
  readonly scale: Float32Array;
  /** null for `rms` */
  readonly bias: Float32Array | null;
  readonly epsilon: number;
}

/**
 * The residual connection around a part of a layer: after(x + part(before(x))). `before` alone is "pre-norm", `after`
 * alone "post-norm".
 */
export interface Residual {
  readonly before: Norm | null;
  readonly after: Norm | null;
  /** What training does to the part's result before it is added: dropout. */
  readonly drop?: (g: GraphBuilder, result: Value) => Value;
}

export interface Attention extends Residual {
  readonly heads: number;
  readonly headSize: number;
  /** What the products of queries and keys are multiplied with. */
  readonly scale: number;
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly output: Linear;
}

/** `gelu`: with the error function; `gelu-tanh`: its approximation; `gelu-sigmoid`: x sigmoid(1.702 x); `silu`: x sigmoid(x) */
export type Activation = 'relu' | 'gelu' | 'gelu-tanh' | 'gelu-sigmoid' | 'silu' | 'tanh' | 'sigmoid' | 'linear';

/** outer(activation(inner(x))), times gate(x) before `outer` where there is a gate. */
export interface FeedForward extends Residual {
  readonly activation: Activation;
  readonly inner: Linear;
  readonly gate: Linear | null;
  readonly outer: Linear;
}

export interface EncoderLayer {
  readonly selfAttention: Attention;
  readonly feedForward: FeedForward;
}

export interface DecoderLayer extends EncoderLayer {
  readonly crossAttention: Attention;
}

/** Rows of a table, times a factor. */
export interface Embedding {
  readonly name: string;
  readonly rows: number;
  readonly table: Float32Array;
  readonly factor: number;
}

/** Vectors that are added to the embedded tokens. */
export interface PositionTable {
  readonly rows: number;
  readonly table: Float32Array;
  /** The row of the first token of a text. */
  readonly first: number;
  /** Tokens of this id get row `first - 1` and are not counted; null: every token counts. */
  readonly uncounted: number | null;
  /** It was learned with the model, and can learn on; absent: it was computed, and stays. */
  readonly learned?: true;
}

/** A bias for each head on the scores of self-attention, by the distance between query and key (T5). */
export interface RelativeBias {
  readonly buckets: number;
  /** Distances from here on share the last bucket. */
  readonly maxDistance: number;
  /** [buckets, heads] */
  readonly table: Float32Array;
}

export interface Stack<Layer> {
  readonly embedding: Embedding;
  readonly positions: PositionTable | null;
  /** Of all layers. */
  readonly relativeBias: RelativeBias | null;
  /** After tokens and positions are added. */
  readonly embeddingNorm: Norm | null;
  readonly layers: readonly Layer[];
  readonly finalNorm: Norm | null;
}

export interface TransformerDefinition {
  readonly family: string;
  readonly dim: number;
  readonly encoder: Stack<EncoderLayer>;
  readonly decoder: Stack<DecoderLayer>;
  /** An id without a row in the decoder's table, embedded as zeros; null where there is none. */
  readonly zeroEmbedding: number | null;
  /** From the decoder's last hidden state, times `outputFactor`, to the logits. */
  readonly output: Linear;
  readonly outputFactor: number;
  /** Most tokens of a source; null without a limit. */
  readonly maxSourceLength: number | null;
  /** Most tokens that the decoder takes in; null without a limit. */
  readonly maxTargetLength: number | null;
}
