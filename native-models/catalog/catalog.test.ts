import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelDescription } from '../engine/engine.ts';
import { writeTinyModel } from '../engine/testing/tiny-model-folder.ts';
import { chooseModel } from './choose-model.ts';
import { describeModel, findModels } from './find-models.ts';
import { languageFit, pairFromNames } from './languages.ts';
import { verifyModel } from './verify-model.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bitext-catalog-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('languages', () => {
  it('are read off the names that models come with', () => {
    expect(pairFromNames(['model.enpt.intgemm.alphas.bin'])).toEqual({ from: 'en', to: 'pt' });
    expect(pairFromNames(['lex.50.50.deen.s2t.bin'])).toEqual({ from: 'de', to: 'en' });
    expect(pairFromNames(['vocab.spm', 'opus-mt-en-de'])).toEqual({ from: 'en', to: 'de' });
    expect(pairFromNames(['en-pt-tiny'])).toEqual({ from: 'en', to: 'pt' });
    expect(pairFromNames(['enpt-1693087644'])).toEqual({ from: 'en', to: 'pt' });
    expect(pairFromNames(['model.bin', 'vocab.spm', 'my model'])).toBe(null);
  });

  it('fit by language, region and script', () => {
    expect([languageFit('pt', 'pt'), languageFit('pt', 'pt-BR'), languageFit('pt-PT', 'pt-BR'), languageFit('pt', 'es'), languageFit('zh-Hans', 'zh-TW'), languageFit('zh', 'zh-CN'), languageFit('pt', 'not a tag')])
      .toEqual([3, 2, 1, 0, 0, 2, 0]);
  });
});

describe('choosing', () => {
  const model = (id: string, from: string, to: string, bytes: number): ModelDescription => ({ id, name: id, from, to, architecture: 'marian-student', folder: `/models/${id}`, bytes, licence: null, source: null });
  const found = { models: [model('tiny', 'en', 'pt', 10), model('base', 'en', 'pt', 40), model('brazil', 'en', 'pt-BR', 5)], unusable: [{ folder: path.resolve('/models/broken'), code: 'MODEL_BROKEN', reason: 'It is cut.' }] } as const;

  it('takes the closest language, then the largest model', async () => {
    expect((await chooseModel(found, { from: 'en', to: 'pt' })).id).toBe('base');
    expect((await chooseModel(found, { from: 'en-US', to: 'pt-BR' })).id).toBe('brazil');
    expect((await chooseModel(found, { from: 'en', to: 'pt-PT' })).id).toBe('base');
    expect((await chooseModel(found, { from: 'en', to: 'pt', model: 'tiny' })).id).toBe('tiny');
  });

  it('says why a named model can not be used', async () => {
    await expect(chooseModel(found, { from: 'en', to: 'pt', model: 'broken' })).rejects.toMatchObject({ code: 'MODEL_BROKEN', message: 'It is cut.' });
    await expect(chooseModel(found, { from: 'en', to: 'pt', model: 'tinny' })).rejects.toMatchObject({ code: 'MODEL_MISSING', message: 'There is no model named tinny. Installed: tiny, base, brazil.' });
    await expect(chooseModel(found, { from: 'en', to: 'ja' })).rejects.toMatchObject({ code: 'PAIR_WITHOUT_MODEL', message: 'There is no model from English to Japanese. Installed: en to pt; en to pt-BR.' });
    await expect(chooseModel({ models: [], unusable: [] }, { from: 'en', to: 'pt' })).rejects.toMatchObject({ code: 'PAIR_WITHOUT_MODEL', message: 'There is no model from English to Portuguese. No model is installed.' });
  });
});

describe('model folders', () => {
  it('are described by their manifest, else by their names', async () => {
    const plain = writeTinyModel(folder, 'plain', 'deen');
    const bytes = readdirSync(plain).reduce((sum, name) => sum + readFileSync(path.join(plain, name)).length, 0);
    expect(await describeModel(plain)).toEqual({ id: 'plain', name: 'German to English', from: 'de', to: 'en', architecture: 'marian-student', folder: plain, bytes, licence: null, source: null });
    const told = writeTinyModel(folder, 'told', 'deen', { id: 'x', name: 'X', from: 'nds', to: 'en-GB', licence: 'CC0-1.0', source: 'made here' });
    expect(await describeModel(told)).toMatchObject({ id: 'x', name: 'X', from: 'nds', to: 'en-GB', licence: 'CC0-1.0', source: 'made here' });
    expect((await findModels([told])).models.map(({ id }) => id)).toEqual(['x']);
  });

  it('with a manifest that makes no sense are refused by name', async () => {
    for (const [i, text] of ['{', '[]', '{"id": 5}', '{"files": {"../x": "00"}}'].entries()) {
      const bad = writeTinyModel(folder, `bad${i}`, 'deen');
      writeFileSync(path.join(bad, 'bitext.json'), text);
      await expect(describeModel(bad)).rejects.toMatchObject({ code: 'MODEL_BROKEN', message: expect.stringContaining(path.join(bad, 'bitext.json')) });
    }
  });

  it('are verified file by file', async () => {
    const model = writeTinyModel(folder, 'verified', 'deen');
    const hash = createHash('sha256').update(readFileSync(path.join(model, 'vocab.deen.spm'))).digest('hex');
    writeFileSync(path.join(model, 'bitext.json'), JSON.stringify({ files: { 'vocab.deen.spm': hash } }));
    expect(await verifyModel(model)).toEqual([{ name: 'vocab.deen.spm', bytes: readFileSync(path.join(model, 'vocab.deen.spm')).length, sha256: hash }]);
    writeFileSync(path.join(model, 'vocab.deen.spm'), 'altered');
    await expect(verifyModel(model)).rejects.toMatchObject({ code: 'MODEL_BROKEN', message: expect.stringContaining('vocab.deen.spm') });
    rmSync(path.join(model, 'vocab.deen.spm'));
    await expect(verifyModel(model)).rejects.toMatchObject({ code: 'MODEL_MISSING', message: expect.stringContaining('vocab.deen.spm') });
    await expect(verifyModel(writeTinyModel(folder, 'unlisted', 'deen'))).rejects.toMatchObject({ code: 'MODEL_MISSING' });
  });
});
