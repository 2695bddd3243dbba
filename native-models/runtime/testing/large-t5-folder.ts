/** A T5 of any size as a Hugging Face folder; its weights are one block of numbers, repeated. */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';

export interface LargeShape {
  readonly dim: number;
  readonly ffn: number;
  readonly layers: number;
  readonly heads: number;
  readonly vocabulary: number;
}

const BUCKETS = 32;
/** Numbers, a prime: no two rows of a matrix are equal. */
const BLOCK = 262_139;

/** Returns how many bytes its weights take. */
export function writeLargeT5(folder: string, { dim, ffn, layers, heads, vocabulary }: LargeShape): number {
  const shapes = new Map<string, number[]>([['shared.weight', [vocabulary, dim]]]);
  for (const side of ['encoder', 'decoder'] as const) {
    shapes.set(`${side}.final_layer_norm.weight`, [dim]);
    shapes.set(`${side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`, [BUCKETS, heads]);
    const parts = side === 'encoder' ? ['SelfAttention'] : ['SelfAttention', 'EncDecAttention'];
    for (let layer = 0; layer < layers; layer++) {
      for (const [index, part] of parts.entries()) {
        for (const matrix of ['q', 'k', 'v', 'o']) shapes.set(`${side}.block.${layer}.layer.${index}.${part}.${matrix}.weight`, [dim, dim]);
        shapes.set(`${side}.block.${layer}.layer.${index}.layer_norm.weight`, [dim]);
      }
      const last = `${side}.block.${layer}.layer.${parts.length}`;
      shapes.set(`${last}.DenseReluDense.wi.weight`, [ffn, dim]);
      shapes.set(`${last}.DenseReluDense.wo.weight`, [dim, ffn]);
      shapes.set(`${last}.layer_norm.weight`, [dim]);
    }
  }
  mkdirSync(folder, { recursive: true });
  const bytes = writeWeights(path.join(folder, 'model.safetensors'), shapes);
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify({
    model_type: 't5', architectures: ['T5ForConditionalGeneration'], is_encoder_decoder: true, vocab_size: vocabulary, d_model: dim, d_kv: dim / heads, d_ff: ffn, num_layers: layers, num_decoder_layers: layers,
    num_heads: heads, relative_attention_num_buckets: BUCKETS, relative_attention_max_distance: 128, pad_token_id: 0, eos_token_id: 1, decoder_start_token_id: 0,
  }));
  return bytes;
}

/** From one block of numbers, so that this process never holds the weights. */
function writeWeights(file: string, shapes: ReadonlyMap<string, readonly number[]>): number {
  const header: Record<string, object> = {};
  let end = 0;
  for (const [name, shape] of shapes) {
    const from = end;
    end += shape.reduce((product, size) => product * size, Float32Array.BYTES_PER_ELEMENT);
    header[name] = { dtype: 'F32', shape, data_offsets: [from, end] };
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.byteLength));
  const block = Buffer.from(Float32Array.from({ length: BLOCK }, (_, i) => Math.sin(i * i) / 16).buffer);
  const handle = openSync(file, 'w');
  writeSync(handle, Buffer.concat([length, text]));
  for (let left = end; left > 0; left -= block.byteLength) writeSync(handle, block, 0, Math.min(left, block.byteLength));
  closeSync(handle);
  return end;
}
