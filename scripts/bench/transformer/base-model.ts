/**
 * A transformer-base of the shape of OPUS-MT's models (512 dimensions, 8 heads, 2,048 inside, 6 + 6 layers, 58,101
 * tokens), as a Hugging Face folder with seeded random weights. Real weights of that shape cost the same to run.
 *
 *   node base-model.ts FOLDER     writes it unless it is there
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWeightsFolder } from '../../../native-models/weights/huggingface-folder.ts';
import type { FileTensor } from '../../../native-models/weights/testing/safetensors-file.ts';
import { safetensorsFile } from '../../../native-models/weights/testing/safetensors-file.ts';
import { seededRandom } from '../../../native-models/weights/testing/synthetic-student.ts';
import { exportedDecoder, exportedEncoder } from './exported-graphs.ts';

const DIM = 512, INNER = 2048, LAYERS = 6, HEADS = 8, VOCABULARY = 58_101, POSITIONS = 512, PAD = VOCABULARY - 1, END = 0;
/** As large as trained weights of this size are on average. */
const DEVIATION = 0.04;

const CONFIG = {
  model_type: 'marian', architectures: ['MarianMTModel'], is_encoder_decoder: true, activation_function: 'swish', scale_embedding: true,
  d_model: DIM, vocab_size: VOCABULARY, decoder_vocab_size: VOCABULARY, max_position_embeddings: POSITIONS,
  encoder_layers: LAYERS, encoder_attention_heads: HEADS, encoder_ffn_dim: INNER, decoder_layers: LAYERS, decoder_attention_heads: HEADS, decoder_ffn_dim: INNER,
  num_hidden_layers: LAYERS, normalize_before: false, share_encoder_decoder_embeddings: true, tie_word_embeddings: true, static_position_embeddings: true,
  pad_token_id: PAD, eos_token_id: END, bos_token_id: 0, decoder_start_token_id: PAD,
};

function weights(): Record<string, FileTensor> {
  const random = seededRandom(2026);
  const tensors: Record<string, FileTensor> = {};
  const add = (name: string, shape: number[], value: () => number): Float32Array => {
    const values = Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, value);
    tensors[name] = { dtype: 'F32', shape, bytes: new Uint8Array(values.buffer) };
    return values;
  };
  // Box and Muller
  const normal = (): number => DEVIATION * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const linear = (name: string, inputs: number, outputs: number): void => { add(`${name}.weight`, [outputs, inputs], normal); add(`${name}.bias`, [outputs], () => 0); };
  const norm = (name: string): void => { add(`${name}.weight`, [DIM], () => 1); add(`${name}.bias`, [DIM], () => 0); };
  const attention = (name: string): void => { for (const part of ['q', 'k', 'v', 'out']) linear(`${name}.${part}_proj`, DIM, DIM); norm(`${name}_layer_norm`); };

  // The start token is a row of zeros and never said.
  add('model.shared.weight', [VOCABULARY, DIM], normal).fill(0, PAD * DIM);
  add('final_logits_bias', [1, VOCABULARY], () => 0)[PAD] = -1e9;
  for (const side of ['encoder', 'decoder']) {
    add(`model.${side}.embed_positions.weight`, [POSITIONS, DIM], normal);
    for (let layer = 0; layer < LAYERS; layer++) {
      const name = `model.${side}.layers.${layer}`;
      attention(`${name}.self_attn`);
      if (side === 'decoder') attention(`${name}.encoder_attn`);
      linear(`${name}.fc1`, DIM, INNER);
      linear(`${name}.fc2`, INNER, DIM);
      norm(`${name}.final_layer_norm`);
    }
  }
  return tensors;
}

const [folder = ''] = process.argv.slice(2);
if (folder === '') throw new Error('Usage: base-model.ts FOLDER');
if (!existsSync(join(folder, 'onnx', 'decoder_model_merged.onnx'))) {
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  writeFileSync(join(folder, 'config.json'), JSON.stringify(CONFIG));
  writeFileSync(join(folder, 'generation_config.json'), JSON.stringify({ pad_token_id: PAD, eos_token_id: END, decoder_start_token_id: PAD, renormalize_logits: true, num_beams: 4 }));
  writeFileSync(join(folder, 'model.safetensors'), safetensorsFile(weights()));
  const model = await readWeightsFolder(folder);
  for (const [suffix, int8] of [['_quantized', true], ['', false]] as const) {
    writeFileSync(join(folder, 'onnx', `encoder_model${suffix}.onnx`), exportedEncoder(model, int8));
    writeFileSync(join(folder, 'onnx', `decoder_model_merged${suffix}.onnx`), exportedDecoder(model, int8));
  }
}
