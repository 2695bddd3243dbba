/**
 * The engine from text to text with a model of every family: the trained ones of the shared test data (`models/*`, its
 * README describes them), passed by where they are absent.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine, TranslateRequest, Translation } from './engine.ts';
import { checkTranslation } from './guard.ts';
import { createOnnxEngine } from './onnx-engine.ts';

const ROOT = path.join(process.env['BITEXT_TEST_DATA'] ?? path.resolve(import.meta.dirname, '../../../shared/data'), 'models');

interface GoldenCase {
  readonly kind: string;
  readonly text: string;
  readonly src_lang?: string;
  readonly tgt_lang?: string;
  readonly default: { readonly ids: readonly (readonly number[])[]; readonly texts: readonly string[] };
  readonly variants?: Readonly<Record<string, { readonly texts: readonly string[] }>>;
}

let folder: string;
let engine: Engine;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bitext-families-'));
  engine = createOnnxEngine({ modelDirs: [folder], cacheDir: path.join(folder, 'graphs'), threads: 1, precision: 'float32' });
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The model's files under another name, those that `keep` takes, with a manifest. */
function install(name: string, as: string, manifest: object, keep: (file: string) => boolean = () => true): void {
  const target = path.join(folder, as);
  mkdirSync(target);
  for (const file of readdirSync(path.join(ROOT, name)).filter(keep)) symlinkSync(path.join(ROOT, name, file), path.join(target, file));
  writeFileSync(path.join(target, 'bitext.json'), JSON.stringify(manifest));
}

async function translate(request: Pick<TranslateRequest, 'from' | 'to' | 'texts' | 'model'>): Promise<Translation[]> {
  const found: Translation[] = [];
  await engine.translate({ priority: 'batch', alignment: true, ...request }, { onBatch: ({ indices, translations }) => indices.forEach((index, i) => {
    const translation = translations[i];
    if (translation !== undefined) found[index] = translation;
  }) });
  return found;
}

/** The longest outputs of the golden files are cut off at 64 tokens. */
const CUT = 64;

/** Sentences of a golden file for a pair. The engine cuts other texts into parts, and tries outputs with faults again. */
const sentences = (name: string, from?: string, to?: string): GoldenCase[] => {
  const golden: { cases: GoldenCase[] } = JSON.parse(readFileSync(path.join(ROOT, name, 'golden.json'), 'utf8'));
  return golden.cases.filter((each) => each.kind === 'held' && each.src_lang === from && each.tgt_lang === to
    && (each.default.ids[0]?.length ?? 0) < CUT && checkTranslation({ source: each.text, target: each.default.texts[0] ?? '', truncated: false }).length === 0);
};

/** Words of a source that stand in its translation as they are must be linked to themselves, somewhere in a set of sentences. */
function expectLinks(texts: readonly string[], translations: readonly Translation[]): void {
  for (const [i, { text, links }] of translations.entries()) {
    const source = texts[i] ?? '';
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) {
      expect(source.slice(...link.source)).toMatch(/\S/);
      expect(text.slice(...link.target)).toMatch(/\S/);
    }
  }
}

const has = (...names: string[]): boolean => names.every((name) => existsSync(path.join(ROOT, name)));

describe('models of the shared test data through the engine', () => {
  test.skipIf(!has('marian'))('a Marian model of Hugging Face (needs models/marian)', async () => {
    install('marian', 'marian', {}, (file) => file !== 'onnx');
    const cases = sentences('marian');
    const texts = cases.map(({ text }) => text);
    const found = await translate({ from: 'en', to: 'de', texts });
    expect(found.map(({ text }) => text)).toEqual(cases.map((each) => each.default.texts[0]));
    expectLinks(texts, found);
  });

  test.skipIf(!has('marian-npz'))('a Marian teacher says what native Marian says (needs models/marian-npz)', async () => {
    install('marian-npz', 'teacher', { from: 'en', to: 'nds' });
    const lines = (name: string): string[] => readFileSync(path.join(ROOT, 'marian-npz', name), 'utf8').trimEnd().split('\n').slice(0, 30);
    const texts = lines('text.txt');
    const found = await translate({ from: 'en', to: 'nds', texts });
    const pieces = lines('beam6.hard-alignment').map((line) => line.split(' ||| ')[0] ?? '');
    expect(found.map(({ text }) => text)).toEqual(pieces.map((line) => line.replaceAll(' ', '').replaceAll('\u2581', ' ').trim()));
    expectLinks(texts, found);
  });

  test.skipIf(!has('nllb'))('NLLB in all its directions, by BCP 47 (needs models/nllb)', async () => {
    install('nllb', 'nllb', {}, (file) => file !== 'onnx');
    for (const [from, source] of [['en', 'eng_Latn'], ['de-AT', 'deu_Latn'], ['fr', 'fra_Latn']] as const) {
      for (const [to, target] of [['en', 'eng_Latn'], ['de', 'deu_Latn'], ['fr-CA', 'fra_Latn']] as const) {
        if (source === target) continue;
        const cases = sentences('nllb', source, target);
        const texts = cases.map(({ text }) => text);
        expect(cases.length).toBeGreaterThan(2);
        const found = await translate({ from, to, texts, model: 'nllb' });
        expect(found.map(({ text }) => text)).toEqual(cases.map((each) => each.default.texts[0]));
        expectLinks(texts, found);
      }
    }
    await expect(translate({ from: 'en', to: 'ja', texts: ['A'], model: 'nllb' })).rejects.toMatchObject({ code: 'PAIR_WITHOUT_MODEL', message: 'The model does not know Japanese.' });
  });

  test.skipIf(!has('mbart50'))('mBART-50 (needs models/mbart50)', async () => {
    install('mbart50', 'mbart', { languages: ['en', 'de'] }, (file) => file !== 'onnx');
    const cases = sentences('mbart50', 'en_XX', 'de_DE');
    const found = await translate({ from: 'en', to: 'de', texts: cases.map(({ text }) => text), model: 'mbart' });
    expect(found.map(({ text }) => text)).toEqual(cases.map((each) => each.default.texts[0]));
    expectLinks(cases.map(({ text }) => text), found);
  });

  test.skipIf(!has('t5'))('T5 is told its task, and searches as the task says (needs models/t5)', async () => {
    install('t5', 't5', {}, (file) => file !== 'onnx');
    const prefix = 'translate English to German: ';
    const cases = sentences('t5').filter(({ text, variants }) => text.startsWith(prefix) && variants?.['beam4_lp1.0_es_true'] !== undefined);
    expect(cases.length).toBeGreaterThan(3);
    const texts = cases.map(({ text }) => text.slice(prefix.length));
    const found = await translate({ from: 'en', to: 'de', texts, model: 't5' });
    expect(found.map(({ text }) => text)).toEqual(cases.map((each) => each.variants?.['beam4_lp1.0_es_true']?.texts[0]));
  });

  test.skipIf(!has('nllb'))('exported graphs, and those whose sentences depend on their neighbours one by one (needs models/nllb)', async () => {
    install('nllb', 'exported', { languages: ['en', 'de'] }, (file) => file !== 'model.safetensors');
    const cases = sentences('nllb', 'eng_Latn', 'deu_Latn');
    const texts = cases.map(({ text }) => text);
    const found = await translate({ from: 'en', to: 'de', texts, model: 'exported' });
    expect(found.map(({ text }) => text)).toEqual(cases.map((each) => each.default.texts[0]));
    expect((await engine.state()).notices).toEqual([]);

    const int8 = createOnnxEngine({ modelDirs: [folder], cacheDir: path.join(folder, 'graphs'), threads: 1 });
    const by = async (some: readonly string[]): Promise<string[]> => {
      const got: string[] = [];
      await int8.translate({ from: 'en', to: 'de', model: 'exported', texts: some, priority: 'batch', alignment: false }, { onBatch: ({ indices, translations }) => indices.forEach((index, i) => { got[index] = translations[i]?.text ?? ''; }) });
      return got;
    };
    const together = await by(texts);
    for (const [i, text] of texts.entries()) expect((await by([text]))[0]).toBe(together[i]);
    expect((await int8.state()).notices).toEqual([expect.stringMatching(/^exported: The graphs of this model measure a whole batch at once/)]);
    await int8.close();
  });
});
