/**
 * A transformer with self-attention in its decoder as a folder of Hugging Face's Marian form, which the engine runs with the
 * whole search in one graph and other programs read, too: config.json, generation_config.json, model.safetensors, and the
 * vocabulary as SentencePiece model and as vocab.json.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { marian } from '../../architectures/families/marian.ts';
import type { TransformerDefinition } from '../../architectures/transformer/definition.ts';
import { writeWholeFile } from '../../runtime/whole-file.ts';
import { FloatTensors } from '../../weights/float-tensors.ts';
import { ModelSettings } from '../../weights/model-settings.ts';
import { safetensorsParts, type FloatTensor } from '../../weights/write-safetensors.ts';
import { elementCount } from '../parameters.ts';
import type { TransformerConfiguration } from './configuration.ts';

/** What the file calls the model, and the model's own arrays by the names of the file. */
export interface MarianModel {
  readonly definition: TransformerDefinition;
  readonly config: Readonly<Record<string, unknown>>;
  /** By the names of transformers' MarianMTModel. */
  readonly tensors: ReadonlyMap<string, FloatTensor>;
}

/** Positions are computed; this is the longest text that the model takes. */
export const MOST_POSITIONS = 1024;
const END = 0;
const USUAL_BEAM = 4;

/** All weights zero; the last id, behind those of the vocabulary, is the padding that the decoder starts with. */
export function blankMarian(configuration: TransformerConfiguration, vocabulary: number): MarianModel {
  const tensors = new Map<string, FloatTensor>([...shapesOf(configuration, vocabulary + 1)].map(([name, dims]) => [name, { dims, data: new Float32Array(elementCount(dims)) }]));
  const stored = new Map([...tensors].map(([name, { dims, data }]) => [name, { dims, values: () => data }]));
  const config = configOf(configuration, vocabulary);
  return { definition: marian(new ModelSettings(config, 'the model in training'), new FloatTensors(stored, 'the model in training')), config, tensors };
}

function shapesOf({ dim, ffnDim, encoderLayers, decoderLayers }: TransformerConfiguration, rows: number): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>([['model.shared.weight', [rows, dim]], ['final_logits_bias', [1, rows]]]);
  const linear = (name: string, inputs: number, outputs: number): void => void shapes.set(`${name}.weight`, [outputs, inputs]).set(`${name}.bias`, [outputs]);
  const norm = (name: string): void => void shapes.set(`${name}.weight`, [dim]).set(`${name}.bias`, [dim]);
  const attention = (name: string): void => {
    for (const part of ['q', 'k', 'v', 'out']) linear(`${name}.${part}_proj`, dim, dim);
    norm(`${name}_layer_norm`);
  };
  for (const [side, layers] of [['encoder', encoderLayers], ['decoder', decoderLayers]] as const)
    for (let index = 0; index < layers; index++) {
      const layer = `model.${side}.layers.${index}`;
      attention(`${layer}.self_attn`);
      if (side === 'decoder') attention(`${layer}.encoder_attn`);
      linear(`${layer}.fc1`, dim, ffnDim);
      linear(`${layer}.fc2`, ffnDim, dim);
      norm(`${layer}.final_layer_norm`);
    }
  return shapes;
}

const configOf = ({ dim, heads, ffnDim, encoderLayers, decoderLayers, dropout }: TransformerConfiguration, padding: number): Record<string, unknown> => ({
  model_type: 'marian', architectures: ['MarianMTModel'], is_encoder_decoder: true, d_model: dim, vocab_size: padding + 1, decoder_vocab_size: padding + 1,
  encoder_layers: encoderLayers, decoder_layers: decoderLayers, encoder_attention_heads: heads, decoder_attention_heads: heads, encoder_ffn_dim: ffnDim, decoder_ffn_dim: ffnDim,
  activation_function: 'relu', scale_embedding: true, static_position_embeddings: true, normalize_before: false, normalize_embedding: false, add_final_layer_norm: false,
  share_encoder_decoder_embeddings: true, tie_word_embeddings: true, max_position_embeddings: MOST_POSITIONS, dropout, dtype: 'float32', ...searchOf(padding),
});

/** How outputs are searched for, by the names of Hugging Face's generation config. */
export const searchOf = (padding: number): Readonly<Record<string, unknown>> => ({
  decoder_start_token_id: padding, pad_token_id: padding, eos_token_id: END, bad_words_ids: [[padding]], num_beams: USUAL_BEAM, max_length: MOST_POSITIONS,
});

/** The files beside the vocabularies; `pieces` by their ids. Rejects with the file system's error. */
export async function writeMarianFolder(folder: string, { config, tensors }: Pick<MarianModel, 'config' | 'tensors'>, pieces: readonly string[]): Promise<void> {
  const json = (name: string, value: unknown): Promise<void> => writeFile(path.join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
  await json('config.json', config);
  await json('generation_config.json', searchOf(pieces.length));
  await json('vocab.json', Object.fromEntries([...pieces, '<pad>'].map((piece, id) => [piece, id])));
  await json('tokenizer_config.json', { tokenizer_class: 'MarianTokenizer', eos_token: '</s>', unk_token: '<unk>', pad_token: '<pad>', separate_vocabs: false, model_max_length: MOST_POSITIONS });
  await writeWholeFile(path.join(folder, 'model.safetensors'), async (handle) => {
    for (const part of safetensorsParts(tensors, { format: 'pt' })) await handle.writeFile(part);
  });
}
