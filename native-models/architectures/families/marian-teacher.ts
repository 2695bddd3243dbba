/**
 * Marian's own transformers with self-attention in the decoder (OPUS-MT teachers): names of tensors and settings as in
 * Marian's `src/models/transformer.h`. What the settings may say beyond that is refused by the key's name.
 */
import type { FloatTensors } from '../../weights/float-tensors.ts';
import type { ModelSettings } from '../../weights/model-settings.ts';
import { sinusoidalPositions } from '../sinusoidal-positions.ts';
import type {
  Activation,
  Attention,
  DecoderLayer,
  Embedding,
  EncoderLayer,
  FeedForward,
  Linear,
  Norm,
  Residual,
  Stack,
  TransformerDefinition,
} from '../transformer/definition.ts';

/** Keys that must have this value where they are given. */
const REQUIRED: Readonly<Record<string, unknown>> = {
  'transformer-ffn-depth': 2,
  'transformer-train-position-embeddings': false,
  'transformer-no-projection': false,
  'transformer-pool': false,
  'transformer-tied-layers': [],
  'right-left': false,
  'lemma-dim-emb': 0,
  'lemma-dependency': '',
  'factors-combine': 'sum',
  'input-types': [],
  skip: false,
  ulr: false,
};

const ACTIVATIONS: ReadonlyMap<string, Activation> = new Map([
  ['relu', 'relu'],
  ['swish', 'silu'],
  ['gelu', 'gelu-sigmoid'],
]);

const EPSILON = 1e-6;
/** Marian computes positions as it needs them; this is the length of the table. */
const TARGET_POSITIONS = 4096;
const LONGEST_SOURCE = 1024;

/** Errors: MODEL_UNSUPPORTED naming the setting, MODEL_BROKEN naming the tensor. */
export function marianTeacher(settings: ModelSettings, tensors: FloatTensors): TransformerDefinition {
  if (settings.get('type') !== 'transformer') throw settings.unsupported('type', '"transformer" can be run');
  if (settings.text('transformer-decoder-autoreg', 'self-attention') !== 'self-attention')
    throw settings.unsupported('transformer-decoder-autoreg', '"self-attention" can be run');
  for (const [key, value] of Object.entries(REQUIRED)) settings.require(key, value);
  settings.require('transformer-postprocess-emb', '', 'd');
  settings.require('transformer-postprocess-top', '', 'd', 'n', 'dn');

  const teacher = new Teacher(settings, tensors);
  const [sourceVocabulary, targetVocabulary] = vocabularies(settings);
  const all = settings.flag('tied-embeddings-all', false);
  const sourceName = all || settings.flag('tied-embeddings-src', false) ? 'Wemb' : 'encoder_Wemb';
  const targetName = sourceName === 'Wemb' ? 'Wemb' : 'decoder_Wemb';
  const target = teacher.embedding(targetName, targetVocabulary);
  return {
    family: 'marian-teacher',
    dim: teacher.dim,
    encoder: teacher.stack('encoder', settings.positive('enc-depth'), teacher.embedding(sourceName, sourceVocabulary), (name) => teacher.encoderLayer(name)),
    decoder: teacher.stack('decoder', settings.positive('dec-depth'), target, (name) => teacher.decoderLayer(name)),
    zeroEmbedding: targetVocabulary,
    output: teacher.output(target, all || settings.flag('tied-embeddings', false)),
    outputFactor: 1,
    maxSourceLength: LONGEST_SOURCE,
    maxTargetLength: TARGET_POSITIONS,
  };
}

function vocabularies(settings: ModelSettings): [number, number] {
  const sizes = settings.get('dim-vocabs');
  const [source, target, ...others]: unknown[] = Array.isArray(sizes) ? sizes : [];
  if (!isSize(source) || !isSize(target) || others.length > 0) throw settings.unsupported('dim-vocabs', 'two sizes, source and target, are needed');
  return [source, target];
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}

class Teacher {
  readonly dim: number;
  readonly #settings: ModelSettings;
  readonly #tensors: FloatTensors;
  readonly #before: boolean;
  readonly #after: boolean;

  constructor(settings: ModelSettings, tensors: FloatTensors) {
    this.#settings = settings;
    this.#tensors = tensors;
    this.dim = settings.positive('dim-emb');
    if (this.dim % 2 !== 0) throw settings.unsupported('dim-emb', 'an even number is needed');
    settings.require('transformer-preprocess', '', 'd', 'n', 'nd');
    settings.require('transformer-postprocess', 'a', 'da', 'dan', 'an');
    this.#before = settings.text('transformer-preprocess', '').includes('n');
    this.#after = settings.text('transformer-postprocess', 'dan').includes('n');
  }

  embedding(name: string, rows: number): Embedding {
    return { name, rows, table: this.#tensors.values(name, rows, this.dim), factor: Math.sqrt(this.dim) };
  }

  stack<Layer>(side: 'encoder' | 'decoder', layers: number, embedding: Embedding, layer: (name: string) => Layer): Stack<Layer> {
    const top = this.#settings.text('transformer-postprocess-top', '').includes('n');
    return {
      embedding,
      positions: { rows: TARGET_POSITIONS, table: sinusoidalPositions(TARGET_POSITIONS, this.dim), first: 0, uncounted: null },
      relativeBias: null,
      embeddingNorm: null,
      layers: Array.from({ length: layers }, (_, index) => layer(`${side}_l${index + 1}`)),
      finalNorm: top ? this.#norm(`${side}_top`, '') : null,
    };
  }

  encoderLayer(name: string): EncoderLayer {
    return { selfAttention: this.#attention(`${name}_self`), feedForward: this.#feedForward(`${name}_ffn`, 'transformer-dim-ffn') };
  }

  decoderLayer(name: string): DecoderLayer {
    const own = this.#settings.get('transformer-decoder-dim-ffn') ?? 0;
    const key = own === 0 ? 'transformer-dim-ffn' : 'transformer-decoder-dim-ffn';
    return {
      selfAttention: this.#attention(`${name}_self`),
      crossAttention: this.#attention(`${name}_context`),
      feedForward: this.#feedForward(`${name}_ffn`, key),
    };
  }

  output(embedding: Embedding, tied: boolean): Linear {
    const outputs = embedding.rows;
    const bias = this.#settings.flag('output-omit-bias', false) ? null : this.#tensors.values('decoder_ff_logit_out_b', outputs);
    const shape = { inputs: this.dim, outputs, bias };
    if (tied) return { name: embedding.name, ...shape, weight: embedding.table, layout: 'out-in' };
    const name = 'decoder_ff_logit_out_W';
    return { name, ...shape, weight: this.#tensors.values(name, this.dim, outputs), layout: 'in-out' };
  }

  #attention(name: string): Attention {
    const heads = this.#settings.positive('transformer-heads', 8);
    if (this.dim % heads !== 0) throw this.#settings.unsupported('transformer-heads', `dim-emb (${this.dim}) must be a multiple of it`);
    const headSize = this.dim / heads;
    const projection = (part: string): Linear => this.#linear(name, `W${part}`, `b${part}`, this.dim, this.dim);
    return {
      heads,
      headSize,
      scale: 1 / Math.sqrt(headSize),
      query: projection('q'),
      key: projection('k'),
      value: projection('v'),
      output: projection('o'),
      ...this.#residual(`${name}_Wo`),
    };
  }

  #feedForward(name: string, sizeKey: string): FeedForward {
    const size = this.#settings.positive(sizeKey);
    const activation = ACTIVATIONS.get(this.#settings.text('transformer-ffn-activation', 'swish'));
    if (activation === undefined) throw this.#settings.unsupported('transformer-ffn-activation', `${[...ACTIVATIONS.keys()].join(', ')} can be run`);
    return {
      activation,
      inner: this.#linear(name, 'W1', 'b1', this.dim, size),
      gate: null,
      outer: this.#linear(name, 'W2', 'b2', size, this.dim),
      ...this.#residual(`${name}_ffn`),
    };
  }

  #residual(name: string): Residual {
    return { before: this.#before ? this.#norm(name, '_pre') : null, after: this.#after ? this.#norm(name, '') : null };
  }

  #linear(name: string, matrix: string, bias: string, inputs: number, outputs: number): Linear {
    const weight = this.#tensors.values(`${name}_${matrix}`, inputs, outputs);
    return { name: `${name}_${matrix}`, inputs, outputs, weight, layout: 'in-out', bias: this.#tensors.values(`${name}_${bias}`, outputs) };
  }

  #norm(name: string, suffix: string): Norm {
    const values = (part: string): Float32Array => this.#tensors.values(`${name}_ln_${part}${suffix}`, this.dim);
    return { kind: 'layer', scale: values('scale'), bias: values('bias'), epsilon: EPSILON };
  }
}
