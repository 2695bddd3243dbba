import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chainName, chooseChain } from '../catalog/choose-chain.ts';
import type { Engine, ModelDescription, TranslateRequest, TranslateSummary, Translation } from './engine.ts';
import { createOnnxEngine } from './onnx-engine.ts';
import { joinLinks, withPivot } from './pivot.ts';
import { writeTinyModel } from './testing/tiny-model-folder.ts';

const model = (id: string, from: string, to: string, bytes = 10): ModelDescription => ({ id, name: id, from, to, architecture: 'marian-student', folder: `/models/${id}`, bytes, licence: null, source: null });

describe('the chain of a pair', () => {
  const chain = (models: readonly ModelDescription[], from: string, to: string): string | null => {
    const found = chooseChain(models, { from, to });
    return found === null ? null : chainName(found);
  };

  it('goes by way of English before any other language, by the largest models of the closest languages', () => {
    const models = [model('defr', 'de', 'fr', 900), model('fres', 'fr', 'es', 900), model('deen', 'de', 'en'), model('enes', 'en', 'es'), model('enes-base', 'en', 'es', 40), model('enesmx', 'en', 'es-MX')];
    expect([chain(models, 'de', 'es'), chain(models, 'de', 'es-MX'), chain(models.slice(0, 2), 'de', 'es'), chain(models, 'de-AT', 'es')]).toEqual(['deen + enes-base', 'deen + enesmx', 'defr + fres', 'deen + enes-base']);
  });

  it('needs two models that meet, and never goes there and back', () => {
    const models = [model('enpt', 'en', 'pt'), model('pten', 'pt', 'en')];
    expect([chain(models, 'en', 'ja'), chain(models, 'en', 'en'), chain(models, 'pt', 'pt-BR'), chain([], 'de', 'fr'), chain([model('zhen', 'zh-Hans', 'en'), model('enja', 'en', 'ja')], 'zh-Hant', 'ja')]).toEqual([null, null, null, null, null]);
  });
});

it('links go through the words of the third language', () => {
  const link = (source: readonly [number, number], target: readonly [number, number], weight: number) => ({ source, target, weight });
  expect(joinLinks([link([0, 3], [0, 4], 0.5), link([4, 7], [5, 9], 0.8), link([8, 9], [9, 10], 1)], [link([5, 9], [0, 2], 0.5), link([0, 9], [3, 6], 0.25), link([20, 22], [7, 8], 1)])).toEqual([
    link([4, 7], [0, 2], 0.4), link([0, 3], [3, 6], 0.125), link([4, 7], [3, 6], 0.2),
  ]);
});

describe('an engine with pivot', () => {
  let folder: string, plain: Engine, engine: Engine;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'bitext-pivot-'));
    writeTinyModel(folder, 'deen-1', 'deen');
    writeTinyModel(folder, 'enfr-1', 'enfr');
    plain = createOnnxEngine({ modelDirs: [folder], cacheDir: path.join(folder, 'cache'), threads: 1 });
    engine = withPivot(plain);
  });
  afterAll(async () => {
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const translate = async (by: Engine, change: Partial<TranslateRequest>): Promise<{ summary: TranslateSummary; translations: Translation[] }> => {
    const request: TranslateRequest = { from: 'de', to: 'fr', texts: TEXTS, priority: 'batch', alignment: true, ...change };
    const translations: Translation[] = [];
    const summary = await by.translate(request, { onBatch: (batch) => batch.indices.forEach((index, i) => { const translation = batch.translations[i]; if (translation) { expect(translations[index]).toBe(undefined); translations[index] = translation; } }) });
    return { summary, translations };
  };
  // What a seeded model says does not tell texts apart; a placeholder goes through both models, and does.
  const TEXTS = [...Array.from({ length: 600 }, (_, i) => `the a of {n${i % 40}} and b`), '', 'the a of 1 and b'];

  it('translates by both models what none translates alone, and names them', async () => {
    const { summary, translations } = await translate(engine, {});
    const half = await translate(plain, { to: 'en' });
    const whole = await translate(plain, { from: 'en', texts: half.translations.map(({ text }) => text) });
    expect(new Set(whole.translations.map(({ text }) => text)).size).toBe(42);
    translations.slice(0, 600).forEach(({ text }, i) => { expect(text).toContain(`{n${i % 40}}`); });
    expect(summary).toMatchObject({ model: 'deen-1 + enfr-1', segments: 602, words: half.summary.words });
    expect(translations.map(({ text }) => text)).toEqual(whole.translations.map(({ text }) => text));
    for (const [i, { text, links }] of translations.entries())
      for (const { source, target, weight } of links) expect([source[1] <= (TEXTS[i] ?? '').length, target[1] <= text.length, weight > 0 && weight <= 1]).toEqual([true, true, true]);
    // By the name that it told, and for the same pair again.
    const named = await translate(engine, { model: summary.model, texts: TEXTS.slice(0, 5) });
    expect([named.summary.model, named.translations.map(({ text }) => text)]).toEqual([summary.model, translations.slice(0, 5).map(({ text }) => text)]);
    expect((await translate(engine, { texts: [] })).summary).toMatchObject({ model: 'deen-1 + enfr-1', segments: 0 });
  });

  it('has terms all the same, and links only where they were asked for', async () => {
    const terms = [{ sources: ['of'], targets: ['de'] }, { sources: ['b'], targets: [], doNotTranslate: true }];
    const { translations } = await translate(engine, { texts: ['the a of 1 and b', 'the a'], terms, alignment: false });
    expect([translations[0]?.text.split(/[^a-z]+/).filter((word) => word === 'de' || word === 'b').sort(), translations[0]?.flags.includes('term-missing'), translations[0]?.links]).toEqual([['b', 'de'], false, []]);
    expect(translations[1]?.text).toBe((await translate(engine, { texts: ['the a'] })).translations[0]?.text);
  });

  it('leaves alone what one model does, and says so when there is no way', async () => {
    expect((await translate(engine, { to: 'en', texts: ['the a'] })).summary.model).toBe('deen-1');
    await expect(translate(engine, { to: 'ja' })).rejects.toMatchObject({ code: 'PAIR_WITHOUT_MODEL' });
    await expect(translate(engine, { model: 'deen-1 + gone' })).rejects.toMatchObject({ code: 'MODEL_MISSING' });
    const stop = new AbortController();
    stop.abort(new DOMException('Cancelled.', 'AbortError'));
    await expect(engine.translate({ from: 'de', to: 'fr', texts: TEXTS, priority: 'batch', alignment: false }, { signal: stop.signal, onBatch: () => undefined })).rejects.toMatchObject({ name: 'AbortError' });
  });
});
