/**
 * What BART and its relatives (mBART, Marian, M2M100, Pegasus) share in their Hugging Face form: the names of settings and
 * tensors, biases everywhere, attention scaled by the root of the head's size, PyTorch's layer norm.
 */
import type { FloatTensors } from '../../weights/float-tensors.ts';
import type { ModelSettings } from '../../weights/model-settings.ts';
import type {
  Attention,
  DecoderLayer,
  Embedding,
  EncoderLayer,
  FeedForward,
  Linear,
  Norm,
  PositionTable,
  Stack,
  TransformerDefinition,
} from '../transformer/definition.ts';
import { activationOf } from './activations.ts';

/** How one family differs from the others. */
export interface BartVariant {
  readonly family: string;
  readonly norms: 'pre' | 'post';
  /** A norm over the embedded tokens. */
  readonly embeddingNorm: boolean;
  /** A norm behind the last layer of encoder and decoder. */
  readonly finalNorm: boolean;
  /** `final_logits_bias` is added to the logits; files without it mean zeros. */
  readonly logitsBias: boolean;
  /** Values of settings that a file leaves out. */
  readonly defaults: { readonly activation: string; readonly scaleEmbedding: boolean };
  positions(side: 'encoder' | 'decoder', dim: number): PositionTable;
}

const TORCH_EPSILON = 1e-5;

/** Errors: MODEL_UNSUPPORTED naming the setting, MODEL_BROKEN naming the tensor. */
export function bartTransformer(settings: ModelSettings, tensors: FloatTensors, variant: BartVariant): TransformerDefinition {
  const dim = settings.positive('d_model');
  const factor = settings.flag('scale_embedding', variant.defaults.scaleEmbedding) ? Math.sqrt(dim) : 1;
  const parts = new BartParts(settings, tensors, variant, dim);
  const decoderEmbedding = parts.embedding('decoder', factor);
  const vocabulary = decoderEmbedding.rows;
  const untied = !settings.flag('tie_word_embeddings', true);
  const output = tensors.linear({
    name: 'lm_head',
    inputs: dim,
    outputs: vocabulary,
    weight: untied ? tensors.values('lm_head.weight', vocabulary, dim) : decoderEmbedding.table,
    layout: 'out-in',
    bias: variant.logitsBias && tensors.has('final_logits_bias') ? tensors.values('final_logits_bias', vocabulary) : null,
    // A buffer in transformers, no parameter.
    fixedBias: true,
  });
  const longest = settings.positive('max_position_embeddings');
  return {
    family: variant.family,
    dim,
    encoder: parts.stack('encoder', parts.embedding('encoder', factor), (name) => parts.encoderLayer(name, 'encoder')),
    decoder: parts.stack('decoder', decoderEmbedding, (name) => parts.decoderLayer(name)),
    zeroEmbedding: null,
    output,
    outputFactor: 1,
    maxSourceLength: longest,
    maxTargetLength: longest,
  };
}

class BartParts {
  readonly #settings: ModelSettings;
  readonly #tensors: FloatTensors;
  readonly #variant: BartVariant;
  readonly #dim: number;

  constructor(settings: ModelSettings, tensors: FloatTensors, variant: BartVariant, dim: number) {
    this.#settings = settings;
    this.#tensors = tensors;
    this.#variant = variant;
    this.#dim = dim;
  }

  embedding(side: 'encoder' | 'decoder', factor: number): Embedding {
    const own = `model.${side}.embed_tokens.weight`;
    const shared = this.#tensors.has('model.shared.weight') && this.#settings.flag('share_encoder_decoder_embeddings', true);
    const name = shared ? 'model.shared.weight' : own;
    const size =
      side === 'decoder' && !shared
        ? this.#settings.positive('decoder_vocab_size', this.#settings.positive('vocab_size'))
        : this.#settings.positive('vocab_size');
    return { name, rows: size, table: this.#tensors.values(name, size, this.#dim), factor };
  }

  stack<Layer>(side: 'encoder' | 'decoder', embedding: Embedding, layer: (name: string) => Layer): Stack<Layer> {
    const count = this.#settings.positive(`${side}_layers`);
    return {
      embedding,
      positions: this.#variant.positions(side, this.#dim),
      relativeBias: null,
      embeddingNorm: this.#variant.embeddingNorm ? this.#norm(`model.${side}.layernorm_embedding`) : null,
      layers: Array.from({ length: count }, (_, index) => layer(`model.${side}.layers.${index}`)),
      finalNorm: this.#variant.finalNorm ? this.#norm(`model.${side}.layer_norm`) : null,
    };
  }

  encoderLayer(name: string, side: 'encoder' | 'decoder'): EncoderLayer {
    return { selfAttention: this.#attention(name, 'self_attn', side), feedForward: this.#feedForward(name, side) };
  }

  decoderLayer(name: string): DecoderLayer {
    return { ...this.encoderLayer(name, 'decoder'), crossAttention: this.#attention(name, 'encoder_attn', 'decoder') };
  }

  #attention(layer: string, part: string, side: 'encoder' | 'decoder'): Attention {
    const key = `${side}_attention_heads`;
    const heads = this.#settings.positive(key);
    if (this.#dim % heads !== 0) throw this.#settings.unsupported(key, `d_model (${this.#dim}) must be a multiple of it`);
    const headSize = this.#dim / heads;
    const projection = (name: string): Linear => this.#linear(`${layer}.${part}.${name}_proj`, this.#dim, this.#dim);
    return {
      heads,
      headSize,
      scale: 1 / Math.sqrt(headSize),
      query: projection('q'),
      key: projection('k'),
      value: projection('v'),
      output: projection('out'),
      ...this.#residual(`${layer}.${part}_layer_norm`),
    };
  }

  #feedForward(layer: string, side: 'encoder' | 'decoder'): FeedForward {
    const size = this.#settings.positive(`${side}_ffn_dim`);
    return {
      activation: activationOf(this.#settings, 'activation_function', this.#settings.text('activation_function', this.#variant.defaults.activation)),
      inner: this.#linear(`${layer}.fc1`, this.#dim, size),
      gate: null,
      outer: this.#linear(`${layer}.fc2`, size, this.#dim),
      ...this.#residual(`${layer}.final_layer_norm`),
    };
  }

  #residual(norm: string): { before: Norm | null; after: Norm | null } {
    return this.#variant.norms === 'pre' ? { before: this.#norm(norm), after: null } : { before: null, after: this.#norm(norm) };
  }

  #linear(name: string, inputs: number, outputs: number): Linear {
    const weight = this.#tensors.values(`${name}.weight`, outputs, inputs);
    return this.#tensors.linear({ name, inputs, outputs, weight, layout: 'out-in', bias: this.#tensors.values(`${name}.bias`, outputs) });
  }

  #norm(name: string): Norm {
    return {
      kind: 'layer',
      scale: this.#tensors.values(`${name}.weight`, this.#dim),
      bias: this.#tensors.values(`${name}.bias`, this.#dim),
      epsilon: TORCH_EPSILON,
    };
  }
}
