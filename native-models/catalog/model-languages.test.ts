import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ModelDescription } from '../engine/engine.ts';
import { chainName, chooseChain } from './choose-chain.ts';
import { findModels } from './find-models.ts';
import { languageTag, tagsOfCodes } from './language-codes.ts';
import { describeLanguages, modelsOfPair, pairFit } from './model-pairs.ts';

const root = mkdtempSync(path.join(tmpdir(), 'bitext-languages-'));
afterAll(() => { rmSync(root, { recursive: true }); });

test('codes of every family as BCP 47', () => {
  // NLLB's codes are those of FLORES-200: ISO 639-3 and ISO 15924.
  const codes = { deu_Latn: 'de', por_Latn: 'pt', zho_Hans: 'zh', zho_Hant: 'zh-Hant', arb_Arab: 'ar', srp_Cyrl: 'sr', kmr_Latn: 'ku', ace_Arab: 'ace-Arab', en_XX: 'en', de_DE: 'de', zh_CN: 'zh', pt: 'pt', eng: 'en', pt_br: 'pt-BR', cmn_Hant: 'zh-Hant', roa: null, mul: null, unk: null, '': null };
  expect(Object.fromEntries(Object.keys(codes).map((code) => [code, languageTag(code)]))).toEqual(codes);
  expect([...tagsOfCodes(['eng_Latn', 'deu_Latn', 'eng_Latn', 'mul'])]).toEqual([['en', 'eng_Latn'], ['de', 'deu_Latn']]);
});

const model = (id: string, more: Partial<ModelDescription>): ModelDescription => ({ id, name: id, from: 'mul', to: 'mul', architecture: 'm2m_100', folder: `/models/${id}`, bytes: 1000, licence: null, source: null, ...more });
const many = model('many', { languages: { from: ['en', 'de', 'pt', 'zh-Hant'], to: ['en', 'de', 'pt', 'zh-Hant'] } });
const outOfEnglish = model('out', { from: 'en', languages: { from: ['en'], to: ['de', 'fr'] } });
const tiny = model('tiny', { from: 'en', to: 'pt', bytes: 10 });
const summaries = model('summaries', { from: 'en', to: 'en', tasks: ['summarize'] });

describe('models of many languages', () => {
  test('serve every pair of theirs but a language into itself', () => {
    const fits = [['en', 'de'], ['de-AT', 'pt-BR'], ['en', 'en-GB'], ['en', 'zh-TW'], ['en', 'zh'], ['fr', 'en']].map(([from = '', to = '']) => pairFit(many, { from, to }));
    expect(fits).toEqual([6, 4, 0, 5, 0, 0]);
    expect([pairFit(outOfEnglish, { from: 'en', to: 'fr' }), pairFit(outOfEnglish, { from: 'fr', to: 'en' }), pairFit(summaries, { from: 'en', to: 'en' })]).toEqual([6, 0, 0]);
  });

  test('come after a model of the pair alone', () => {
    expect(modelsOfPair([many, tiny, summaries], { from: 'en', to: 'pt' }).map(({ id }) => id)).toEqual(['tiny', 'many']);
    expect(modelsOfPair([many, outOfEnglish], { from: 'en', to: 'fr' }).map(({ id }) => id)).toEqual(['out']);
  });

  test('are parts of chains, by way of English first', () => {
    const chain = (models: readonly ModelDescription[], from: string, to: string): unknown => {
      const found = chooseChain(models, { from, to });
      return found === null ? null : [chainName(found), found.via];
    };
    expect(chain([many, outOfEnglish, summaries], 'pt', 'fr')).toEqual(['many + out', 'en']);
    expect(chain([many, model('ptes', { from: 'pt', to: 'es' })], 'de', 'es')).toEqual(['many + ptes', 'pt']);
    expect(chain([many, outOfEnglish], 'fr', 'pt')).toBe(null);
  });

  test('are told in a few words', () => {
    expect([many, outOfEnglish, tiny, model('none', { from: 'und', to: 'und' })].map(describeLanguages)).toEqual(['en, de, pt, zh-Hant, each into each', 'en to de, fr', 'en to pt', 'no language named']);
  });
});

describe('languages of folders', () => {
  const write = (name: string, files: Readonly<Record<string, object>>): void => {
    mkdirSync(path.join(root, name));
    writeFileSync(path.join(root, name, 'model.safetensors'), '');
    for (const [file, content] of Object.entries(files)) writeFileSync(path.join(root, name, file), JSON.stringify(content));
  };
  const config = (model_type: string, cls: string, more: object = {}): object => ({ model_type, architectures: [cls], is_encoder_decoder: true, ...more });

  test('come from what each family writes down, the manifest first', async () => {
    write('a-marian', { 'config.json': config('marian', 'MarianMTModel'), 'tokenizer_config.json': { source_lang: 'eng', target_lang: 'deu' }, 'vocab.json': { '</s>': 0 } });
    write('b-marian-many', { 'config.json': config('marian', 'MarianMTModel'), 'tokenizer_config.json': { source_lang: 'en', target_lang: 'roa' }, 'vocab.json': { '>>fra<<': 5, '>>por<<': 6, '>>pt_br<<': 7, x: 8 } });
    write('c-nllb', { 'config.json': config('m2m_100', 'M2M100ForConditionalGeneration'), 'special_tokens_map.json': { additional_special_tokens: ['ace_Arab', 'eng_Latn', { content: 'zho_Hant' }] } });
    write('d-m2m', { 'config.json': config('m2m_100', 'M2M100ForConditionalGeneration'), 'special_tokens_map.json': { additional_special_tokens: ['__de__', '__fr__', '__ns__'] } });
    write('e-mbart', { 'config.json': config('mbart', 'MBartForConditionalGeneration'), 'tokenizer_config.json': { added_tokens_decoder: { 9: { content: 'en_XX' }, 10: { content: 'ro_RO' }, 11: { content: '<mask>' } } } });
    const tasks = { summarization: { prefix: 'summarize: ' }, translation_en_to_de: { prefix: 'translate English to German: ' }, translation_en_to_fr: { prefix: 'translate English to French: ' } };
    write('f-t5', { 'config.json': config('t5', 'T5ForConditionalGeneration', { task_specific_params: tasks }) });
    write('g-bart', { 'config.json': config('bart', 'BartForConditionalGeneration') });
    write('h-told', { 'config.json': config('mbart', 'MBartForConditionalGeneration'), 'bitext.json': { languages: { from: ['en'], to: ['ro'] } } });
    write('opus-mt-fi-sv', { 'config.json': config('marian', 'MarianMTModel') });
    write('x-gpt', { 'config.json': config('gpt2', 'GPT2LMHeadModel') });
    const { models, unusable } = await findModels([root]);
    expect(models.map(({ id, from, to, languages, tasks: does }) => ({ id, from, to, ...(languages === undefined ? {} : { languages }), ...(does === undefined ? {} : { does }) }))).toEqual([
      { id: 'a-marian', from: 'en', to: 'de' },
      { id: 'b-marian-many', from: 'en', to: 'mul', languages: { from: ['en'], to: ['fr', 'pt', 'pt-BR'] } },
      { id: 'c-nllb', from: 'mul', to: 'mul', languages: { from: ['ace-Arab', 'en', 'zh-Hant'], to: ['ace-Arab', 'en', 'zh-Hant'] } },
      { id: 'd-m2m', from: 'mul', to: 'mul', languages: { from: ['de', 'fr'], to: ['de', 'fr'] } },
      { id: 'e-mbart', from: 'mul', to: 'mul', languages: { from: ['en', 'ro'], to: ['en', 'ro'] } },
      { id: 'f-t5', from: 'en', to: 'mul', languages: { from: ['en'], to: ['de', 'fr'] }, does: ['translate', 'summarize', 'answer'] },
      { id: 'g-bart', from: 'und', to: 'und', does: ['summarize'] },
      { id: 'h-told', from: 'en', to: 'ro' },
      { id: 'opus-mt-fi-sv', from: 'fi', to: 'sv' },
    ]);
    expect(unusable).toEqual([{ folder: path.join(root, 'x-gpt'), code: 'MODEL_UNSUPPORTED', reason: expect.stringContaining('"model_type: "gpt2""') }]);
  });
});
