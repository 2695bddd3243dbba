/**
 * T5 v1.0, T5 v1.1 and mT5: pre-norm with RMS norms, no biases, scores that are not scaled, positions only as a bias on the
 * scores of self-attention, which the first layer owns and all use. v1.0 shares the embedding with the output and scales
 * what goes into it; v1.1 and mT5 gate the feed-forward part.
 */
import type { FloatTensors } from '../../weights/float-tensors.ts';
import type { ModelSettings } from '../../weights/model-settings.ts';
import type { Attention, DecoderLayer, Embedding, EncoderLayer, FeedForward, Linear, Norm, Stack, TransformerDefinition } from '../transformer/definition.ts';
import { activationOf } from './activations.ts';

export function t5(settings: ModelSettings, tensors: FloatTensors): TransformerDefinition {
  return t5Transformer(settings, tensors, { family: 't5', feedForward: 'relu', tied: true });
}

export function mt5(settings: ModelSettings, tensors: FloatTensors): TransformerDefinition {
  return t5Transformer(settings, tensors, { family: 'mt5', feedForward: 'gated-gelu', tied: false });
}

/** The family's name, and what settings mean that a file leaves out. */
interface T5Defaults {
  readonly family: string;
  readonly feedForward: string;
  readonly tied: boolean;
}

function t5Transformer(settings: ModelSettings, tensors: FloatTensors, defaults: T5Defaults): TransformerDefinition {
  const parts = new T5Parts(settings, tensors, defaults);
  const { dim } = parts;
  const rows = settings.positive('vocab_size');
  const name = ['shared.weight', 'decoder.embed_tokens.weight', 'encoder.embed_tokens.weight'].find((one) => tensors.has(one)) ?? 'shared.weight';
  const embedding: Embedding = { name, rows, table: tensors.values(name, rows, dim), factor: 1 };
  const tied = settings.flag('tie_word_embeddings', defaults.tied);
  const weight = tied ? embedding.table : tensors.values('lm_head.weight', rows, dim);
  const layers = settings.positive('num_layers');
  return {
    family: defaults.family,
    dim,
    encoder: parts.stack('encoder', layers, embedding, (block) => parts.encoderLayer(block, 1)),
    decoder: parts.stack('decoder', settings.positive('num_decoder_layers', layers), embedding, (block) => parts.decoderLayer(block)),
    zeroEmbedding: null,
    output: tensors.linear({ name: 'lm_head', inputs: dim, outputs: rows, weight, layout: 'out-in', bias: null }),
    outputFactor: tied ? dim ** -0.5 : 1,
    maxSourceLength: null,
    maxTargetLength: null,
  };
}

class T5Parts {
  readonly dim: number;
  readonly #settings: ModelSettings;
  readonly #tensors: FloatTensors;
  readonly #heads: number;
  readonly #headSize: number;
  readonly #feedForward: string;

  constructor(settings: ModelSettings, tensors: FloatTensors, defaults: T5Defaults) {
    this.#settings = settings;
    this.#tensors = tensors;
    this.dim = settings.positive('d_model');
    this.#heads = settings.positive('num_heads');
    this.#headSize = settings.positive('d_kv', 64);
    this.#feedForward = settings.text('feed_forward_proj', defaults.feedForward);
  }

  stack<Layer>(side: 'encoder' | 'decoder', count: number, embedding: Embedding, layer: (block: string) => Layer): Stack<Layer> {
    const buckets = this.#settings.positive('relative_attention_num_buckets', 32);
    const table = `${side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`;
    return {
      embedding,
      positions: null,
      relativeBias: {
        buckets,
        maxDistance: this.#settings.positive('relative_attention_max_distance', 128),
        table: this.#tensors.values(table, buckets, this.#heads),
      },
      embeddingNorm: null,
      layers: Array.from({ length: count }, (_, index) => layer(`${side}.block.${index}`)),
      finalNorm: this.#norm(`${side}.final_layer_norm.weight`),
    };
  }

  encoderLayer(block: string, feedForward: number): EncoderLayer {
    return { selfAttention: this.#attention(`${block}.layer.0`, 'SelfAttention'), feedForward: this.#feedForwardOf(`${block}.layer.${feedForward}`) };
  }

  decoderLayer(block: string): DecoderLayer {
    return { ...this.encoderLayer(block, 2), crossAttention: this.#attention(`${block}.layer.1`, 'EncDecAttention') };
  }

  #attention(layer: string, name: string): Attention {
    const inner = this.#heads * this.#headSize;
    const into = (part: string): Linear => this.#linear(`${layer}.${name}.${part}`, this.dim, inner);
    return {
      heads: this.#heads,
      headSize: this.#headSize,
      scale: 1,
      query: into('q'),
      key: into('k'),
      value: into('v'),
      output: this.#linear(`${layer}.${name}.o`, inner, this.dim),
      before: this.#norm(`${layer}.layer_norm.weight`),
      after: null,
    };
  }

  /** `relu` or `gated-gelu`: the part in front of the last hyphen gates, the last names the activation. */
  #feedForwardOf(layer: string): FeedForward {
    const gated = this.#feedForward.startsWith('gated-');
    const named = gated ? this.#feedForward.slice('gated-'.length) : this.#feedForward;
    // The published gated models were trained with the approximation under the plain name (`T5Config`).
    const activation = activationOf(this.#settings, 'feed_forward_proj', this.#feedForward === 'gated-gelu' ? 'gelu_new' : named);
    const size = this.#settings.positive('d_ff');
    const into = (part: string): Linear => this.#linear(`${layer}.DenseReluDense.${part}`, this.dim, size);
    return {
      activation,
      inner: into(gated ? 'wi_0' : 'wi'),
      gate: gated ? into('wi_1') : null,
      outer: this.#linear(`${layer}.DenseReluDense.wo`, size, this.dim),
      before: this.#norm(`${layer}.layer_norm.weight`),
      after: null,
    };
  }

  #linear(name: string, inputs: number, outputs: number): Linear {
    return this.#tensors.linear({ name, inputs, outputs, weight: this.#tensors.values(`${name}.weight`, outputs, inputs), layout: 'out-in', bias: null });
  }

  #norm(name: string): Norm {
    return { kind: 'rms', scale: this.#tensors.values(name, this.dim), bias: null, epsilon: this.#settings.number('layer_norm_epsilon', 1e-6) };
  }
}
