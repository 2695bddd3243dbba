/** Opens the tokenizer of a Hugging Face model folder, whichever files it has. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { EngineError } from '../../engine/engine-error.ts';
import { isObject, readJsonObject, readVocabulary, stringIn, tokenIn, type JsonObject } from './json-values.ts';
import type { ModelTokenizer } from './model-tokenizer.ts';
import { openM2m100Tokenizer, openMarianTokenizer } from './sentencepiece-vocabulary.ts';
import { openTokenizerJson } from './tokenizer-json.ts';

/**
 * Marian: source.spm, target.spm and vocab.json (a tokenizer.json beside them, made for transformers.js, is not exact and
 * is left alone); else tokenizer.json; M2M100 without it: sentencepiece.bpe.model and vocab.json; byte-level BPE without
 * it: vocab.json and merges.txt. Throws EngineError MODEL_MISSING, MODEL_BROKEN or MODEL_UNSUPPORTED.
 */
export function openModelTokenizer(folder: string): ModelTokenizer {
  const config = readJsonObject(folder, 'tokenizer_config.json') ?? {};
  const type = (stringIn(config, 'tokenizer_class') ?? '').replace(/Fast$/, '');
  const model = stringIn(readJsonObject(folder, 'config.json') ?? {}, 'model_type');
  if (type === 'MarianTokenizer' || (type === '' && model === 'marian')) return openMarianTokenizer(folder, config);
  const json = readJsonObject(folder, 'tokenizer.json');
  if (json !== null) return openTokenizerJson(json, config);
  if (type === 'M2M100Tokenizer' || (type === '' && model === 'm2m_100')) return openM2m100Tokenizer(folder, config);
  const byteLevel = byteLevelJson(folder, config);
  if (byteLevel !== null) return openTokenizerJson(byteLevel, config);
  throw new EngineError('MODEL_MISSING', `The folder ${folder} has no tokenizer.json.`, 'Save it with `AutoTokenizer.from_pretrained(...).save_pretrained(folder)` of transformers, or download the model with it.');
}

/** What tokenizer.json would say of a byte-level BPE (BART, RoBERTa) that is given as vocab.json and merges.txt; null without these. */
function byteLevelJson(folder: string, config: JsonObject): JsonObject | null {
  const vocabulary = readVocabulary(folder, 'vocab.json');
  let merges: string;
  try {
    merges = readFileSync(path.join(folder, 'merges.txt'), 'utf8');
  } catch {
    return null;
  }
  if (vocabulary === null) return null;
  const map = readJsonObject(folder, 'special_tokens_map.json') ?? {};
  const extra = readVocabulary(folder, 'added_tokens.json') ?? new Map<string, number>();
  const special = ['bos_token', 'pad_token', 'eos_token', 'unk_token', 'cls_token', 'sep_token', 'mask_token'].flatMap((key) => {
    const content = tokenIn(map, key) ?? tokenIn(config, key);
    const id = content === null ? undefined : (extra.get(content) ?? vocabulary.get(content));
    return content === null || id === undefined ? [] : [{ content, id, key }];
  });
  const idOf = (...keys: string[]): [string, number] | null => {
    const token = keys.map((key) => special.find((each) => each.key === key)).find((each) => each !== undefined);
    return token === undefined ? null : [token.content, token.id];
  };
  const cls = idOf('cls_token', 'bos_token'), sep = idOf('sep_token', 'eos_token');
  const addPrefixSpace = config['add_prefix_space'] === true;
  const unique = [...new Map(special.map((token) => [token.id, token])).values()];
  return {
    added_tokens: unique.map(({ content, id, key }) => {
      const stored = map[key];
      const flags = isObject(stored) ? stored : {};
      return { id, content, special: true, single_word: flags['single_word'] === true, lstrip: flags['lstrip'] === true, rstrip: flags['rstrip'] === true, normalized: flags['normalized'] !== false };
    }),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: addPrefixSpace, trim_offsets: true, use_regex: true },
    post_processor: cls === null || sep === null ? null : { type: 'RobertaProcessing', cls, sep, trim_offsets: true, add_prefix_space: addPrefixSpace },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: '', end_of_word_suffix: '', fuse_unk: false,
      vocab: Object.fromEntries(vocabulary),
      merges: merges.split('\n').filter((line) => line !== '' && !line.startsWith('#version')).map((line) => line.split(' ')),
    },
  };
}
