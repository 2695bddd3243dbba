/** Tokenizers of the golden models in the shared test data (`models/*`, fields: its README), against transformers' ids. */
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openModelTokenizer } from './open-model-tokenizer.ts';

const ROOT = path.join(process.env['BITEXT_TEST_DATA'] ?? path.resolve(import.meta.dirname, '../../../../shared/data'), 'models');

interface TokenizerCase {
  readonly name: string;
  readonly text: string;
  readonly src_lang?: string;
  readonly input_ids: number[];
  readonly no_special_ids: number[];
  readonly target_ids?: number[];
  readonly decoded: string;
  readonly decoded_skip_special: string;
}
interface Golden {
  readonly tokenizer_cases: TokenizerCase[];
  readonly decode_cases: { ids: number[]; decoded: string; decoded_skip_special: string }[];
  readonly cases: { id: string; text: string; src_lang?: string; input_ids: number[]; truncated: boolean; greedy: { ids: number[]; text: string } }[];
  readonly languages: Record<string, number> | null;
  readonly ids: { eos: number };
}

describe.each(['marian', 'bart', 'mbart50', 'nllb', 'pegasus', 't5', 't5v10'])('tokenizer of %s (needs the golden models of the shared test data)', (family) => {
  const folder = path.join(ROOT, family);
  const there = existsSync(path.join(folder, 'golden.json'));

  test.skipIf(!there)('gives transformers\' ids and texts for every case', () => {
    const golden: Golden = JSON.parse(readFileSync(path.join(folder, 'golden.json'), 'utf8'));
    const tokenizer = openModelTokenizer(folder);
    const language = (code: string | undefined): { sourceLanguage?: string } => (code === undefined ? {} : { sourceLanguage: code });
    const decoded = (ids: number[]): object => ({ decoded: tokenizer.decode(ids, { skipSpecialTokens: false }), decoded_skip_special: tokenizer.decode(ids, { skipSpecialTokens: true }) });
    for (const { name, text, src_lang, input_ids, no_special_ids, target_ids, ...texts } of golden.tokenizer_cases) {
      expect({ name, ids: tokenizer.encode(text, language(src_lang)) }).toEqual({ name, ids: input_ids });
      expect({ name, ids: tokenizer.encodeTarget(text) }).toEqual({ name, ids: target_ids?.slice(0, -1) ?? no_special_ids });
      expect({ name, ...decoded(input_ids) }).toEqual({ name, decoded: texts.decoded, decoded_skip_special: texts.decoded_skip_special });
    }
    for (const { ids, ...texts } of golden.decode_cases) expect(decoded(ids)).toEqual(texts);
    for (const { id, text, src_lang, input_ids, truncated, greedy } of golden.cases) {
      expect({ id, ids: tokenizer.encode(text, { ...language(src_lang), ...(truncated ? { maxLength: input_ids.length } : {}) }) }).toEqual({ id, ids: input_ids });
      expect(tokenizer.decode(greedy.ids, { skipSpecialTokens: true })).toBe(greedy.text);
    }
    for (const [code, id] of Object.entries(golden.languages ?? {})) expect(tokenizer.languageId(code)).toBe(id);
  });

  test.skipIf(!there)('surfaces put together are the text of an output', () => {
    const golden: Golden = JSON.parse(readFileSync(path.join(folder, 'golden.json'), 'utf8'));
    const tokenizer = openModelTokenizer(folder);
    const surfaces = tokenizer.surfaces();
    for (const { greedy } of golden.cases) {
      const bytes = Buffer.concat(greedy.ids.map((id) => surfaces[id] ?? new Uint8Array(0)));
      expect(bytes.toString().trim()).toBe(greedy.text.trim());
    }
  });
});

describe.skipIf(!existsSync(path.join(ROOT, 'bart', 'merges.txt')))('byte-level BPE without tokenizer.json (needs models/bart of the shared test data)', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'bitext-bpe-'));
    for (const name of ['config.json', 'vocab.json', 'merges.txt', 'added_tokens.json', 'special_tokens_map.json', 'tokenizer_config.json']) await cp(path.join(ROOT, 'bart', name), path.join(folder, name));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('vocab.json and merges.txt give the same ids', () => {
    const golden: Golden = JSON.parse(readFileSync(path.join(ROOT, 'bart', 'golden.json'), 'utf8'));
    const tokenizer = openModelTokenizer(folder);
    for (const { name, text, input_ids } of golden.tokenizer_cases) expect({ name, ids: tokenizer.encode(text) }).toEqual({ name, ids: input_ids });
  });
});
