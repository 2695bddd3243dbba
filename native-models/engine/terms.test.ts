/** Terms through the whole engine: with a tiny seeded model, whose nonsense has them nevertheless, and with the default one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkTerms, TermBook } from '../terms/term-book.ts';
import { defaultStudent } from '../weights/testing/default-students.ts';
import type { Engine, TermEntry, Translation } from './engine.ts';
import { createOnnxEngine } from './onnx-engine.ts';
import { writeTinyModel } from './testing/tiny-model-folder.ts';

const STUDENT = defaultStudent('enpt');

async function translate(engine: Engine, texts: readonly string[], terms: readonly TermEntry[]): Promise<Translation[]> {
  const got: Translation[] = [];
  await engine.translate({ from: 'en', to: 'pt', texts, terms, priority: 'batch', alignment: false }, { onBatch: ({ indices, translations }) => indices.forEach((index, i) => {
    const translation = translations[i];
    if (translation !== undefined) got[index] = translation;
  }) });
  return got;
}

let folder: string;
beforeAll(() => { folder = mkdtempSync(path.join(tmpdir(), 'bitext-terms-')); });
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

describe('with a model that knows nothing', () => {
  const terms: readonly TermEntry[] = [
    { sources: ['cat', 'cats'], targets: ['gato', 'gatos'] },
    { sources: ['dog house'], targets: ['casota'] },
    { sources: ['Rex'], targets: [], doNotTranslate: true },
    { sources: ['sign'], targets: ['símbolo ☂'] },
  ];
  let engine: Engine;
  beforeAll(() => {
    writeTinyModel(path.join(folder, 'models'), 'tiny', 'enpt', { id: 'tiny-en-pt', licence: 'CC0-1.0' });
    engine = createOnnxEngine({ modelDirs: [path.join(folder, 'models')], cacheDir: path.join(folder, 'graphs'), threads: 2 });
  });
  afterAll(() => engine.close());
  const texts = ['the cat', 'a dog house for Rex and two cats', 'THE CAT IS IN THE DOG HOUSE', 'Rex!\n\nthe cat, the cat and a cat.', 'a sign on the dog house', 'a dog', '', 'cat ☂ {cat}', 'It is a cat. It is Rex. It is a sign of the dog house.'];

  it('all terms are there, the more of them the more there are in the source', async () => {
    const book = new TermBook(terms);
    const translations = await translate(engine, texts, terms);
    expect(translations.map(({ text }, i) => checkTerms(book.occurrencesIn(texts[i] ?? ''), text, { each: true }).unmet)).toEqual(texts.map(() => []));
    expect(translations.flatMap(({ flags }) => flags.filter((flag) => flag === 'term-missing'))).toEqual([]);
    expect(translations.every(({ links }) => links.length === 0)).toBe(true);
  });

  it('a text has the same translation alone as among others, and texts without terms the one that they have without any', async () => {
    const together = (await translate(engine, texts, terms)).map(({ text }) => text);
    const alone = await Promise.all(texts.map(async (text) => (await translate(engine, [text], terms))[0]?.text));
    expect(together).toEqual(alone);
    expect(together[5]).toBe((await translate(engine, ['a dog'], []))[0]?.text);
  });
});

describe.skipIf(STUDENT === null)('with the default English-Portuguese model, which must be installed', () => {
  it('terms are there, what belongs to them agrees, and names stay', async () => {
    const engine = createOnnxEngine({ modelDirs: [STUDENT ?? ''], cacheDir: path.join(folder, 'default'), threads: 1 });
    const terms: readonly TermEntry[] = [
      { sources: ['car', 'cars'], targets: ['viatura', 'viaturas'] },
      { sources: ['tool', 'tools'], targets: ['utensílio', 'utensílios'] },
      { sources: ['prime minister'], targets: ['chefe do governo'] },
      { sources: ['London'], targets: [], doNotTranslate: true },
    ];
    const texts = ['The car is red and old.', 'This tool is very useful.', 'The prime minister lives in London.', 'He bought a car and three tools.', 'CARS ARE DANGEROUS.'];
    const translations = await translate(engine, texts, terms);
    await engine.close();
    const [red = '', tool = '', minister = '', bought = '', capitals = ''] = translations.map(({ text }) => text);
    expect(red).toMatch(/^A viatura é vermelha/);
    expect(tool).toMatch(/^(?:Este|Esse) utensílio/);
    expect(minister).toMatch(/^O chefe do governo .* London\.$/);
    expect(bought).toMatch(/ uma viatura .* utensílios/);
    expect(capitals).toMatch(/^(?:AS )?VIATURAS /);
  });
});
