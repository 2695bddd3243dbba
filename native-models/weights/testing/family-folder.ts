/** Folders of small seeded models of each Hugging Face family, written from the settings alone. */
import { safetensorsFile } from './safetensors-file.ts';
import type { FileTensor } from './safetensors-file.ts';
import { seededRandom } from './synthetic-student.ts';

export type FamilyType = 'marian' | 'bart' | 'mbart' | 'm2m_100' | 'pegasus' | 't5' | 'mt5';

export interface FamilyFolder {
  readonly config: Readonly<Record<string, unknown>>;
  /** `model.safetensors` */
  readonly weights: Uint8Array;
  /** The same in two files and an index, by file name. */
  readonly parts: Readonly<Record<string, string | Uint8Array>>;
}

const DIM = 16;
const VOCABULARY = 40;
const POSITIONS = 24;
/** Encoder and decoder differ, as do the products of T5's heads and its dimension. */
const BART = {
  d_model: DIM,
  encoder_attention_heads: 2,
  decoder_attention_heads: 4,
  encoder_ffn_dim: 20,
  decoder_ffn_dim: 24,
  encoder_layers: 2,
  decoder_layers: 1,
};
const T5 = {
  d_model: DIM,
  d_kv: 6,
  num_heads: 3,
  d_ff: 22,
  num_layers: 2,
  num_decoder_layers: 1,
  relative_attention_num_buckets: 8,
  relative_attention_max_distance: 12,
};

const CLASSES: Readonly<Record<FamilyType, string>> = {
  marian: 'MarianMTModel',
  bart: 'BartForConditionalGeneration',
  mbart: 'MBartForConditionalGeneration',
  m2m_100: 'M2M100ForConditionalGeneration',
  pegasus: 'PegasusForConditionalGeneration',
  t5: 'T5ForConditionalGeneration',
  mt5: 'MT5ForConditionalGeneration',
};

export function familyFolder(type: FamilyType, seed: number): FamilyFolder {
  const random = seededRandom(seed);
  const shapes = type === 't5' || type === 'mt5' ? t5Shapes(type === 'mt5') : bartShapes(type);
  const tensors = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]): [string, FileTensor] => {
      const elements = shape.reduce((product, dim) => product * dim, 1);
      const values = Float32Array.from({ length: elements }, () => (random() - 0.5) * 0.8);
      return [name, { dtype: 'F32', shape, bytes: new Uint8Array(values.buffer) }];
    }),
  );
  const common = { model_type: type, architectures: [CLASSES[type]], is_encoder_decoder: true, vocab_size: VOCABULARY, pad_token_id: 1 };
  const own = type === 't5' || type === 'mt5' ? T5 : { ...BART, max_position_embeddings: POSITIONS };
  const entries = Object.entries(tensors);
  const halves = [entries.filter((_, index) => index % 2 === 0), entries.filter((_, index) => index % 2 === 1)];
  const names = halves.map((_, index) => `model-0000${index + 1}-of-00002.safetensors`);
  const map = Object.fromEntries(halves.flatMap((half, index) => half.map(([name]) => [name, names[index]])));
  return {
    config: { ...common, ...own },
    weights: safetensorsFile(tensors),
    parts: {
      'model.safetensors.index.json': JSON.stringify({ weight_map: map }),
      ...Object.fromEntries(halves.map((half, index) => [names[index], safetensorsFile(Object.fromEntries(half))])),
    },
  };
}

type Shapes = Record<string, number[]>;

function bartShapes(type: FamilyType): Shapes {
  const shapes: Shapes = { 'model.shared.weight': [VOCABULARY, DIM] };
  const pair = (name: string, outputs: number, ...inputs: number[]): void => {
    shapes[`${name}.weight`] = [outputs, ...inputs];
    shapes[`${name}.bias`] = [outputs];
  };
  if (type !== 'm2m_100') shapes['final_logits_bias'] = [1, VOCABULARY];
  for (const side of ['encoder', 'decoder'] as const) {
    if (type === 'bart' || type === 'mbart') {
      shapes[`model.${side}.embed_positions.weight`] = [POSITIONS + 2, DIM];
      pair(`model.${side}.layernorm_embedding`, DIM);
    }
    if (type !== 'bart' && type !== 'marian') pair(`model.${side}.layer_norm`, DIM);
    const ffn = BART[`${side}_ffn_dim`];
    for (let layer = 0; layer < BART[`${side}_layers`]; layer++) {
      const name = `model.${side}.layers.${layer}`;
      for (const part of side === 'encoder' ? ['self_attn'] : ['self_attn', 'encoder_attn']) {
        for (const matrix of ['q', 'k', 'v', 'out']) pair(`${name}.${part}.${matrix}_proj`, DIM, DIM);
        pair(`${name}.${part}_layer_norm`, DIM);
      }
      pair(`${name}.fc1`, ffn, DIM);
      pair(`${name}.fc2`, DIM, ffn);
      pair(`${name}.final_layer_norm`, DIM);
    }
  }
  return shapes;
}

/** `gated`: v1.1 and mT5, with an output of its own. */
function t5Shapes(gated: boolean): Shapes {
  const inner = T5.num_heads * T5.d_kv;
  const shapes: Shapes = { 'shared.weight': [VOCABULARY, DIM] };
  if (gated) shapes['lm_head.weight'] = [VOCABULARY, DIM];
  for (const side of ['encoder', 'decoder'] as const) {
    shapes[`${side}.final_layer_norm.weight`] = [DIM];
    shapes[`${side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`] = [T5.relative_attention_num_buckets, T5.num_heads];
    for (let block = 0; block < (side === 'encoder' ? T5.num_layers : T5.num_decoder_layers); block++) {
      const parts = side === 'encoder' ? ['SelfAttention'] : ['SelfAttention', 'EncDecAttention'];
      for (const [index, part] of parts.entries()) {
        const layer = `${side}.block.${block}.layer.${index}`;
        for (const matrix of ['q', 'k', 'v']) shapes[`${layer}.${part}.${matrix}.weight`] = [inner, DIM];
        shapes[`${layer}.${part}.o.weight`] = [DIM, inner];
        shapes[`${layer}.layer_norm.weight`] = [DIM];
      }
      const layer = `${side}.block.${block}.layer.${parts.length}`;
      for (const matrix of gated ? ['wi_0', 'wi_1'] : ['wi']) shapes[`${layer}.DenseReluDense.${matrix}.weight`] = [T5.d_ff, DIM];
      shapes[`${layer}.DenseReluDense.wo.weight`] = [DIM, T5.d_ff];
      shapes[`${layer}.layer_norm.weight`] = [DIM];
    }
  }
  return shapes;
}
