/** A T5 of seeded weights whose tokens are letters, as a Hugging Face folder with its tokenizer. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { familyFolder } from '../../weights/testing/family-folder.ts';

const SPACE = '\u2581', LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

export function writeLetterModel(folder: string): void {
  const tokens = ['</s>', '<unk>', '<pad>', SPACE, ...LETTERS];
  const special = (content: string): object => ({ id: tokens.indexOf(content), content, special: true, single_word: false, lstrip: false, rstrip: false, normalized: false });
  const metaspace = { type: 'Metaspace', replacement: SPACE, prepend_scheme: 'always', split: true };
  const { config, weights } = familyFolder('t5', 23);
  const files: Readonly<Record<string, object>> = {
    'config.json': { ...config, vocab_size: tokens.length, pad_token_id: 2, eos_token_id: 0, decoder_start_token_id: 2 },
    'generation_config.json': { decoder_start_token_id: 2, eos_token_id: 0, pad_token_id: 2, max_new_tokens: 10 },
    'tokenizer_config.json': { tokenizer_class: 'T5Tokenizer', eos_token: '</s>', unk_token: '<unk>', pad_token: '<pad>', clean_up_tokenization_spaces: false },
    'tokenizer.json': {
      version: '1.0', truncation: null, padding: null, normalizer: null, pre_tokenizer: metaspace, decoder: metaspace, added_tokens: ['</s>', '<unk>', '<pad>'].map(special),
      post_processor: { type: 'TemplateProcessing', single: [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '</s>', type_id: 0 } }], pair: [], special_tokens: { '</s>': { id: '</s>', ids: [0], tokens: ['</s>'] } } },
      model: { type: 'BPE', dropout: null, unk_token: '<unk>', continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: true, byte_fallback: false, vocab: Object.fromEntries(tokens.map((token, id) => [token, id])), merges: [] },
    },
  };
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), JSON.stringify(content));
  writeFileSync(path.join(folder, 'model.safetensors'), weights);
}
