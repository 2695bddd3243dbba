/** Sentences that are led by confirmed pairs, through the engine, with a tiny seeded model: alone it says nonsense. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, TranslateRequest } from '../engine/engine.ts';
import { createOnnxEngine } from '../engine/onnx-engine.ts';
import { writeTinyModel } from '../engine/testing/tiny-model-folder.ts';

describe('translate with similar pairs', () => {
  let folder = '';
  let engine: Engine;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'bitext-remembering-'));
    writeTinyModel(path.join(folder, 'models'), 'tiny', 'enpt');
    engine = createOnnxEngine({ modelDirs: [path.join(folder, 'models')], cacheDir: path.join(folder, 'graphs'), threads: 1 });
  });
  afterAll(async () => {
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const translate = async (texts: readonly string[], similar?: TranslateRequest['similar']): Promise<string[]> => {
    const got = texts.map(() => '');
    await engine.translate({ from: 'en', to: 'pt', texts, priority: 'interactive', alignment: true, ...(similar === undefined ? {} : { similar }) }, {
      onBatch: ({ indices, translations }) => indices.forEach((index, i) => { got[index] = translations[i]?.text ?? ''; }),
    });
    return got;
  };
  const pair = { source: 'the cat is in the bed', target: 'a dog sees the cab' };

  it('says of a confirmed text what was confirmed, from its first word to its end', async () => {
    const [plain] = await translate([pair.source]);
    expect(plain).not.toBe(pair.target);
    expect(await translate([pair.source], [[pair]])).toEqual([pair.target]);
    // The same again, now from what is kept.
    expect(await translate([pair.source], [[pair, { source: 'wars', target: 'words' }]])).toEqual([pair.target]);
  });

  it('leaves the neighbours of a batch as they are, and texts without pairs', async () => {
    const texts = ['the cab and the bed', pair.source, 'words on the wall'];
    const alone = await translate(texts);
    expect(await translate(texts, [[], [pair], []])).toEqual([alone[0], pair.target, alone[2]]);
    expect(await translate(texts, [[], [], []])).toEqual(alone);
  });

  it('says one of the two, not a mixture, where a text was confirmed in two ways', async () => {
    const changed = { ...pair, target: 'the dog was here' };
    const [said] = await translate([pair.source], [[changed, pair]]);
    expect([changed.target, pair.target]).toContain(said);
  });

  it('passes over pairs that are empty or too long, and over signs that the vocabulary lacks', async () => {
    const [plain] = await translate([pair.source]);
    expect(await translate([pair.source], [[{ source: '', target: 'x' }, { source: pair.source, target: 'word '.repeat(400) }]])).toEqual([plain]);
    expect(await translate([pair.source], [[{ ...pair, target: `${pair.target} 漢` }]])).toHaveLength(1);
  });
});
