/** From text to text with the models of the shared test data (`models/*`, its README describes them). */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openFolderGenerator, type FolderGenerator } from './folder-generator.ts';
import { generationRequest } from './generation-request.ts';

const ROOT = path.join(process.env['BITEXT_TEST_DATA'] ?? path.resolve(import.meta.dirname, '../../../shared/data'), 'models');
const open = (name: string, from: 'weights' | 'onnx'): Promise<FolderGenerator> => openFolderGenerator(path.join(ROOT, name), { from, precision: 'float32', threads: 1, device: 'cpu' });
const lines = (name: string): string[] => readFileSync(path.join(ROOT, name), 'utf8').trimEnd().split('\n');

describe.skipIf(!existsSync(path.join(ROOT, 'marian-npz')))('a Marian teacher (needs models/marian-npz of the shared test data)', () => {
  test('raw text gives native Marian\'s translations', async () => {
    const generator = await open('marian-npz', 'weights');
    const translations = [];
    for (const text of lines('marian-npz/text.txt').slice(0, 25)) translations.push((await generator.generate(generationRequest({ text }))).output[0]?.text);
    const pieces = lines('marian-npz/beam6.hard-alignment').slice(0, 25).map((line) => line.split(' ||| ')[0] ?? '');
    expect(translations).toEqual(pieces.map((line) => line.replaceAll(' ', '').replaceAll('\u2581', ' ').trim()));
    await generator.close();
  });
});

interface Golden { readonly cases: { text: string; src_lang: string; tgt_lang: string; default: { ids: number[][]; texts: string[] } }[] }

describe.skipIf(!existsSync(path.join(ROOT, 'nllb')))('a multilingual model (needs models/nllb of the shared test data)', () => {
  const golden = (): Golden => JSON.parse(readFileSync(path.join(ROOT, 'nllb/golden.json'), 'utf8'));

  test('without params the folder\'s generation config and the target language hold', async () => {
    const generator = await open('nllb', 'onnx');
    for (const { text, src_lang, tgt_lang, default: wanted } of golden().cases.slice(0, 12)) {
      const { output } = await generator.generate(generationRequest({ text, src_lang, tgt_lang }));
      expect(output.map(({ ids, text: said }) => ({ ids, said }))).toEqual(wanted.ids.map((ids, i) => ({ ids, said: wanted.texts[i] })));
    }
    await expect(generator.generate(generationRequest({ text: 'A', tgt_lang: 'xxx_Latn' }))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await generator.close();
  });

  test('an output continues what was typed, in mid-word, after the language token', async () => {
    const generator = await open('nllb', 'onnx');
    for (const { text, src_lang, tgt_lang, default: { ids, texts } } of golden().cases.slice(0, 12)) {
      const whole = texts[0] ?? '';
      for (const length of [1, 4, Math.floor(whole.length / 2)]) {
        const prefix = whole.slice(0, length);
        const { output: [best] } = await generator.generate(generationRequest({ text, src_lang, tgt_lang, params: { prefix } }));
        expect([best?.text.startsWith(prefix.trimEnd()), best?.ids[1]]).toEqual([true, ids[0]?.[1]]);
      }
    }
    await generator.close();
  });

  test('a word of another translation is in the output when it must be, and is not when it must not', async () => {
    const generator = await open('nllb', 'onnx');
    const cases = golden().cases.filter(({ tgt_lang }) => tgt_lang === 'deu_Latn').slice(0, 8);
    for (const [i, { text, src_lang, tgt_lang, default: { texts } }] of cases.entries()) {
      const wanted = cases[(i + 1) % cases.length]?.default.texts[0]?.split(' ').slice(1, 3) ?? [], unwanted = texts[0]?.split(' ')[1] ?? '';
      const { output: [best] } = await generator.generate(generationRequest({ text, src_lang, tgt_lang, params: { must_contain: wanted } }));
      expect([best?.missing, ...wanted.map((word) => best?.text.includes(word))]).toEqual([undefined, ...wanted.map(() => true)]);
      const { output: [other] } = await generator.generate(generationRequest({ text, src_lang, tgt_lang, params: { must_not_contain: [unwanted] } }));
      expect(other?.text).not.toContain(unwanted);
    }
    await generator.close();
  });
});
