import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { writeCharacterMap, writeSentencePieceModel } from '../testing/write-sentencepiece-model.ts';
import { byteLevelBytes } from './byte-level.ts';
import { openModelTokenizer } from './open-model-tokenizer.ts';
import { PrecompiledNormalizer } from './precompiled-normalizer.ts';
import { specialTokenLayout } from './special-token-layout.ts';

const root = mkdtempSync(path.join(tmpdir(), 'bitext-tokens-'));
afterAll(() => { rmSync(root, { recursive: true, force: true }); });

function folder(name: string, files: Readonly<Record<string, Uint8Array | object>>): string {
  const made = path.join(root, name);
  mkdirSync(made);
  for (const [file, content] of Object.entries(files)) writeFileSync(path.join(made, file), content instanceof Uint8Array ? content : JSON.stringify(content));
  return made;
}

const SPECIAL = [['<unk>', 0, 'unknown'], ['<s>', 0, 'control'], ['</s>', 0, 'control']] as const;
const spm = (...pieces: string[]): Uint8Array => writeSentencePieceModel({ pieces: [...SPECIAL, ...pieces.map((piece) => [piece, -piece.length / 10] as const)] });

describe('Marian: pieces from two SentencePiece models, ids from vocab.json', () => {
  const made = folder('marian', {
    'tokenizer_config.json': { tokenizer_class: 'MarianTokenizer' }, 'vocab.json': { '</s>': 0, '<unk>': 1, '>>deu<<': 2, '\u2581a': 3, b: 4, '\u2581x': 5, y: 6, z: 7, '<pad>': 8 },
    'source.spm': spm('\u2581', '\u2581a', 'b'), 'target.spm': spm('\u2581', '\u2581x', 'y'),
  });
  const tokenizer = openModelTokenizer(made);

  test('a leading language code is one token, an unknown piece may be a token of the other side', () => {
    expect(tokenizer.encode('>>deu<<ab')).toEqual([2, 3, 4, 0]);
    // z is in neither SentencePiece model, but in the vocabulary; q is nowhere.
    expect(tokenizer.encode('abz')).toEqual([3, 4, 7, 0]);
    expect(tokenizer.encode('abq')).toEqual([3, 4, 1, 0]);
    expect(tokenizer.encode('>>fra<<ab')).toEqual([1, 3, 4, 0]);
    expect(tokenizer.encodeTarget('xy')).toEqual([5, 6]);
  });

  test('special tokens in a text are split off, a long text is cut before the end token', () => {
    expect(tokenizer.encode('ab</s>ab')).toEqual([3, 4, 0, 3, 4, 0]);
    expect(tokenizer.encode('abababab', { maxLength: 4 })).toEqual([3, 4, 1, 0]);
    expect(() => tokenizer.encode('ab', { maxLength: 0 })).not.toThrow();
  });

  test('output ids are read by the target model', () => {
    expect(tokenizer.decode([8, 5, 6, 5, 0], { skipSpecialTokens: true })).toBe('xy x');
    expect(tokenizer.decode([8, 5, 6, 0, 5], { skipSpecialTokens: false })).toBe('<pad> xy</s> x');
  });
});

test('M2M100: the source language first, language ids after the vocabulary', () => {
  const made = folder('m2m100', {
    'tokenizer_config.json': { tokenizer_class: 'M2M100Tokenizer' }, 'vocab.json': { '<s>': 0, '<pad>': 1, '</s>': 2, '<unk>': 3, '\u2581a': 4, b: 5 },
    'special_tokens_map.json': { additional_special_tokens: ['__af__', '__de__', '__en__'] }, 'sentencepiece.bpe.model': spm('\u2581', '\u2581a', 'b'),
  });
  const tokenizer = openModelTokenizer(made);
  expect(tokenizer.languages).toEqual(['af', 'de', 'en']);
  expect(tokenizer.encode('ab', { sourceLanguage: 'de' })).toEqual([7, 4, 5, 2]);
  expect(tokenizer.languageId('en')).toBe(8);
  expect(tokenizer.decode([2, 8, 4, 5, 2], { skipSpecialTokens: true })).toBe('ab');
  expect(() => tokenizer.languageId('xx')).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
});

test('a folder without a vocabulary is told what it lacks', () => {
  expect(() => openModelTokenizer(folder('empty', { 'config.json': { model_type: 't5' } }))).toThrow(expect.objectContaining({ code: 'MODEL_MISSING', message: expect.stringContaining('tokenizer.json') }));
});

describe('special tokens around a source', () => {
  const ids: Readonly<Record<string, number>> = { '</s>': 2, '<s>': 0, eng_Latn: 10, deu_Latn: 11, en_XX: 20, de_DE: 21 };
  const idOf = (token: string): number => ids[token] ?? -1;
  const layout = (config: object): ReturnType<typeof specialTokenLayout> => specialTokenLayout(null, { eos_token: '</s>', ...config }, idOf);

  test.each([
    ['NllbTokenizer', { src_lang: 'eng_Latn', additional_special_tokens: ['eng_Latn', 'deu_Latn'] }, 'deu_Latn', { before: [11], after: [2] }],
    ['NllbTokenizerFast', { legacy_behaviour: true, additional_special_tokens: ['eng_Latn', 'deu_Latn'] }, 'deu_Latn', { before: [], after: [2, 11] }],
    ['MBart50TokenizerFast', { additional_special_tokens: ['en_XX', 'de_DE'] }, 'de_DE', { before: [21], after: [2] }],
    ['MBartTokenizer', { additional_special_tokens: ['en_XX', 'de_DE'] }, 'en_XX', { before: [], after: [2, 20] }],
  ])('%s %j', (tokenizer_class, config, language, around) => {
    expect(layout({ tokenizer_class, ...config }).around(language)).toEqual(around);
  });

  test('the folder\'s source language where none is given; none at all is an error', () => {
    const config = { tokenizer_class: 'NllbTokenizer', additional_special_tokens: ['eng_Latn', 'deu_Latn'] };
    expect(layout({ ...config, src_lang: 'eng_Latn' }).around(undefined)).toEqual({ before: [10], after: [2] });
    expect(() => layout(config).around(undefined)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });

  test('models of one pair: as the post-processor says, and no languages', () => {
    const roberta = specialTokenLayout({ type: 'RobertaProcessing', cls: ['<s>', 0], sep: ['</s>', 2] }, {}, idOf);
    expect(roberta.around(undefined)).toEqual({ before: [0], after: [2] });
    expect(() => roberta.around('eng_Latn')).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
    const template = { type: 'Sequence', processors: [{ type: 'TemplateProcessing', single: [{ Sequence: { id: 'A' } }, { SpecialToken: { id: '</s>' } }] }] };
    expect(specialTokenLayout(template, {}, idOf).around(undefined)).toEqual({ before: [], after: [2] });
    expect(() => specialTokenLayout({ type: 'Other' }, {}, idOf)).toThrow(expect.objectContaining({ code: 'MODEL_UNSUPPORTED', message: expect.stringContaining('Other') }));
  });
});

describe('the Precompiled normalizer', () => {
  const normalizer = new PrecompiledNormalizer(writeCharacterMap({ 'a\u0301': 'á', a: 'A', 'e\u0301': 'é', '\u2460': '1', ' ': ' ' }));

  test('a cluster is replaced by its shortest rule, as Hugging Face does it, not by the longest', () => {
    expect(normalizer.normalize('a\u0301b')).toBe('Ab');
    expect(normalizer.normalize('e\u0301\u2460')).toBe('é1');
  });

  test('a cluster of 6 bytes or more goes character by character', () => {
    // e and two accents are 5 bytes, e and three are 7.
    expect(normalizer.normalize('e\u0301\u0302')).toBe('é');
    expect(normalizer.normalize('e\u0301\u0302\u0303')).toBe('e\u0301\u0302\u0303');
  });
});

test('byte-level tokens stand for bytes', () => {
  // GPT-2's table: a space is U+0120, 0xC3 0xA4 are the characters of that number in Latin-1.
  expect(Buffer.from(byteLevelBytes('\u0120h\u00c3\u00a4')).toString()).toBe(' hä');
  expect(Buffer.from(byteLevelBytes('\u010a')).toString()).toBe('\n');
});
