/** The engine with a tiny seeded model: what it does around the model, not how well this translates. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, TranslatedBatch, TranslateRequest, Translation } from './engine.ts';
import { createOnnxEngine } from './onnx-engine.ts';
import { writeTinyModel } from './testing/tiny-model-folder.ts';

let folder: string;
let engine: Engine;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bitext-onnx-engine-'));
  writeTinyModel(path.join(folder, 'models'), 'tiny', 'enpt', { id: 'tiny-en-pt', licence: 'CC0-1.0' });
  engine = createOnnxEngine({ modelDirs: [path.join(folder, 'models')], cacheDir: path.join(folder, 'graphs'), threads: 2 });
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

const request = (texts: readonly string[], more: Partial<TranslateRequest> = {}): TranslateRequest => ({ from: 'en', to: 'pt', texts, priority: 'batch', alignment: false, ...more });

async function translate(texts: readonly string[], more: Partial<TranslateRequest> = {}): Promise<Translation[]> {
  const got: Translation[] = [];
  await engine.translate(request(texts, more), { onBatch: ({ indices, translations }) => indices.forEach((index, i) => {
    const translation = translations[i];
    if (got[index] !== undefined || translation === undefined) throw new Error(`text ${index} came twice or empty`);
    got[index] = translation;
  }) });
  return got;
}

const sentences = (count: number): string[] => Array.from({ length: count }, (_, i) => `the ${'cat and dog '.repeat(i % 7)}${String.fromCharCode(97 + (i % 26))}${i % 31}`);

/** Worker threads of this process: each holds a port open. */
const threads = (): number => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;

describe('translate', () => {
  it('gives each text its own translation, whatever the batch that it was in', async () => {
    const texts = sentences(150);
    const together = (await translate(texts)).map(({ text }) => text);
    expect(together).toHaveLength(150);
    for (const i of [0, 1, 5, 77, 149]) expect((await translate([texts[i] ?? '']))[0]?.text).toBe(together[i]);
  });

  it('translates identical texts once and hands them over in one batch', async () => {
    const batches: TranslatedBatch[] = [];
    const summary = await engine.translate(request(['the cat', 'a dog', 'the cat', 'the cat']), { onBatch: (batch) => batches.push(batch) });
    expect(batches.flatMap(({ indices }) => indices).sort()).toEqual([0, 1, 2, 3]);
    const batch = batches.find(({ indices }) => indices.includes(0));
    expect(batch?.indices).toEqual(expect.arrayContaining([0, 2, 3]));
    expect(summary).toMatchObject({ model: 'tiny-en-pt', device: 'cpu', precision: 'int8', segments: 4, words: 8 });
  });

  it('leaves alone what has no words: space, numbers, signs, addresses', async () => {
    const texts = ['', '  \n', '12,5 %', '...', 'https://a.example/b?c=d', 'me@example.org', 'src/main.rs'];
    expect((await translate(texts)).map(({ text, score }) => [text, score])).toEqual(texts.map((text) => [text, null]));
  });

  it('keeps line breaks and the white space around lines', async () => {
    const [whole] = await translate(['  the cat \r\n\tthe dog\n\n a ']);
    const [cat, dog, a] = await translate(['the cat', 'the dog', 'a']);
    expect(whole?.text).toBe(`  ${cat?.text} \r\n\t${dog?.text}\n\n ${a?.text} `);
  });

  it('cuts a long text at its sentences and translates every one', async () => {
    const parts = ['The cats and dogs are here.', 'The cows and ducks went there!', 'Where are they now?'];
    const alone = (await translate(parts)).map(({ text }) => text);
    const [whole] = await translate([parts.join(' ')]);
    expect(whole?.text).toBe(alone.join(' '));
  });

  it('puts back what the vocabulary lacks', async () => {
    const [translation] = await translate(['the {cat} and `dog` 👍'], { alignment: true });
    for (const piece of ['{cat}', '`', '👍']) expect(translation?.text).toContain(piece);
  });

  it('gives links within both texts, and none unless asked', async () => {
    const text = 'the cat\n{x} 42 and a dog';
    const [linked] = await translate([text], { alignment: true });
    expect(linked?.links.length).toBeGreaterThan(0);
    for (const { source, target, weight } of linked?.links ?? []) {
      expect([source[0] >= 0, source[0] < source[1], source[1] <= text.length, target[0] < target[1], target[1] <= (linked?.text.length ?? 0), weight > 0, weight <= 1]).toEqual(Array(7).fill(true));
    }
    expect(linked?.links).toContainEqual({ source: [text.indexOf('{x}'), text.indexOf('{x}') + 3], target: expect.anything(), weight: 1 });
    expect((await translate([text]))[0]?.links).toEqual([]);
  });

  it('searches with a beam where one is asked for, each text by itself', async () => {
    const texts = sentences(40), greedy = await translate(texts), found = await translate(texts, { beam: 4 });
    for (const i of [0, 7, 39]) expect((await translate([texts[i] ?? ''], { beam: 4 }))[0]?.text).toBe(found[i]?.text);
    expect(found.map(({ text }) => text)).not.toEqual(greedy.map(({ text }) => text));
    expect((await translate(texts, { beam: 1 })).map(({ text }) => text)).toEqual(greedy.map(({ text }) => text));
    for (const beam of [0, 33, 1.5]) await expect(translate(['a'], { beam })).rejects.toMatchObject({ code: 'INVALID_INPUT', message: `A beam of ${beam} is not between 1 and 32.` });
  });

  it('lets an interactive request overtake a batch', async () => {
    const order: string[] = [];
    const texts = Array.from({ length: 300 }, (_, i) => `cat ${'and a dog '.repeat(12)}${i}`);
    let interactive: Promise<unknown> | undefined;
    await engine.translate(request(texts), { onBatch: () => {
      order.push('batch');
      interactive ??= engine.translate(request(['the dog is in'], { priority: 'interactive' }), { onBatch: () => order.push('interactive') });
    } });
    order.push('batch done');
    await interactive;
    expect(order).toContain('interactive');
    expect(order.indexOf('interactive')).toBeLessThan(order.length - 2);
    expect(order.at(-1)).toBe('batch done');
  });

  it('does not wait for a model to be loaded when cancelled', async () => {
    const slow = createOnnxEngine({ modelDirs: [path.join(folder, 'models')], cacheDir: path.join(folder, 'graphs-of-another'), threads: 1 });
    const cancel = new AbortController();
    const cancelled = slow.translate(request(['the cat']), { signal: cancel.signal, onBatch: () => {} });
    let served = false;
    const other = slow.translate(request(['a dog']), { onBatch: () => { served = true; } });
    cancel.abort(new Error('enough'));
    await expect(cancelled).rejects.toThrow('enough');
    expect(served).toBe(false);
    await other;
    expect(served).toBe(true);
    await slow.close();
  });

  it('does not wait for a model that another request is loading when cancelled', async () => {
    const slow = createOnnxEngine({ modelDirs: [path.join(folder, 'models')], cacheDir: path.join(folder, 'graphs-of-a-third'), threads: 1 });
    await slow.models();
    const order: string[] = [];
    const other = slow.translate(request(['a dog']), { onBatch: () => { order.push('served'); } });
    const cancel = new AbortController();
    const cancelled = slow.translate(request(['the cat']), { signal: cancel.signal, onBatch: () => {} }).catch((error: unknown) => { order.push(String(error)); });
    // Both have chosen the model, and wait for it.
    await new Promise((resolve) => { setImmediate(resolve); });
    cancel.abort(new Error('enough'));
    await Promise.all([other, cancelled]);
    expect(order).toEqual(['Error: enough', 'served']);
    await slow.close();
  });

  it('loads no model for a request that came before it was closed', async () => {
    const before = threads();
    const other = createOnnxEngine({ modelDirs: [path.join(folder, 'models')], cacheDir: path.join(folder, 'graphs') });
    const waiting = expect(other.translate(request(['a']), { onBatch: () => {} })).rejects.toMatchObject({ code: 'ENGINE_EXITED' });
    await other.close();
    await waiting;
    // Those of a model that the other engine has unloaded may end meanwhile.
    expect(threads()).toBeLessThanOrEqual(before);
  });

  it('translates a text of very many lines', async () => {
    const [whole] = await translate([`the cat\n${'42\n'.repeat(150_000)}a dog`]);
    expect(whole?.text.split('\n')).toHaveLength(150_002);
  });

  it('stops when cancelled, with the reason, and hands over what it finished before', async () => {
    const cancel = new AbortController();
    const reason = new Error('enough');
    let handed = 0;
    const texts = Array.from({ length: 5000 }, (_, i) => `a cat ${'and a dog '.repeat(9)}${i}`);
    await expect(engine.translate(request(texts), { signal: cancel.signal, onBatch: ({ indices }) => {
      handed += indices.length;
      cancel.abort(reason);
    } })).rejects.toBe(reason);
    expect(handed).toBeGreaterThan(0);
    expect(handed).toBeLessThan(5000);
    await expect(engine.translate(request(['a']), { signal: AbortSignal.abort(reason), onBatch: () => {} })).rejects.toBe(reason);
    expect((await translate(['the cat']))[0]?.text).toBeTypeOf('string');
  });

  it('fails with what the receiver of the batches threw', async () => {
    await expect(engine.translate(request(['the cat', 'a dog']), { onBatch: () => {
      throw new Error('disk full');
    } })).rejects.toThrow('disk full');
  });

  it('measures its own speed and memory', async () => {
    await translate(sentences(40));
    const state = await engine.state();
    expect(state).toMatchObject({ device: 'cpu', precision: 'int8', threads: 2, loaded: expect.arrayContaining(['tiny-en-pt']) });
    expect(state.wordsPerSecond).toBeGreaterThan(0);
    expect(state.residentBytes).toBeGreaterThan(10_000_000);
  });
});

describe('models', () => {
  it('lists what can be used and why the rest can not', async () => {
    const dir = path.join(folder, 'mixed');
    writeTinyModel(dir, 'good', 'dees');
    const broken = writeTinyModel(dir, 'broken', 'enfr');
    writeFileSync(path.join(broken, 'model.enfr.intgemm.alphas.bin'), 'nothing');
    const cut = writeTinyModel(dir, 'without-vocabulary', 'enit');
    rmSync(path.join(cut, 'vocab.enit.spm'));
    mkdirSync(path.join(dir, 'pictures'));
    const { models, unusable } = await createOnnxEngine({ modelDirs: [dir, path.join(folder, 'not there')], cacheDir: folder }).models();
    expect(models).toEqual([expect.objectContaining({ id: 'good', name: 'German to Spanish', from: 'de', to: 'es', architecture: 'marian-student', licence: null })]);
    expect(unusable.map(({ folder: where, code }) => [path.basename(where), code])).toEqual([['broken', 'MODEL_BROKEN'], ['without-vocabulary', 'MODEL_MISSING']]);
  });

  it('says which pairs there are when the wanted one has no model', async () => {
    await expect(translate(['a'], { from: 'en', to: 'ja' })).rejects.toMatchObject({ code: 'PAIR_WITHOUT_MODEL', message: expect.stringContaining('en to pt') });
  });

  it('serves a regional variant, a model by its id and a model by its folder', async () => {
    const [plain] = await translate(['the cat']);
    for (const more of [{ to: 'pt-BR' }, { from: 'en-GB', to: 'pt-PT' }, { from: 'xx', model: 'tiny-en-pt' }, { model: path.join(folder, 'models/tiny') }])
      expect(await translate(['the cat'], more)).toEqual([plain]);
    await expect(translate(['a'], { model: 'no-such-model' })).rejects.toMatchObject({ code: 'MODEL_MISSING' });
  });

  it('finds a model that was installed after the first request', async () => {
    await expect(translate(['a'], { from: 'nl', to: 'de' })).rejects.toMatchObject({ code: 'PAIR_WITHOUT_MODEL' });
    writeTinyModel(path.join(folder, 'models'), 'later', 'nlde');
    expect(await translate(['a'], { from: 'nl', to: 'de' })).toHaveLength(1);
  });

  it('has no threads left when it is closed, not even some that were only starting', async () => {
    const before = threads();
    const other = createOnnxEngine({ modelDirs: [path.join(folder, 'models')], cacheDir: path.join(folder, 'graphs'), threads: 4 });
    await other.translate(request(['the cat']), { onBatch: () => {} });
    await other.close();
    // Those of a model that the other engine has unloaded may end meanwhile.
    expect(threads()).toBeLessThanOrEqual(before);
  });

  it('is closed for good after close', async () => {
    const other = createOnnxEngine({ modelDirs: [path.join(folder, 'models')], cacheDir: path.join(folder, 'graphs') });
    let closed: Promise<void> | undefined;
    await expect(other.translate(request(sentences(2000)), { onBatch: () => { closed ??= other.close(); } })).rejects.toMatchObject({ code: 'ENGINE_EXITED' });
    await closed;
    await expect(other.translate(request(['a']), { onBatch: () => {} })).rejects.toMatchObject({ code: 'ENGINE_EXITED' });
  });
});
