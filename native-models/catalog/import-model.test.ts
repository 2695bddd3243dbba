import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, Precision } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import { createOnnxEngine } from '../engine/onnx-engine.ts';
import { writeTinyModel } from '../engine/testing/tiny-model-folder.ts';
import { importModel } from './import-model.ts';
import { addToManifest, MANIFEST_NAME, readManifest } from './manifest.ts';
import { verifyModel } from './verify-model.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bitext-import-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

const engineOver = (models: string, precision: Precision): Engine => createOnnxEngine({ modelDirs: [models], cacheDir: path.join(folder, 'cache'), threads: 1, precision });

describe('importing a model', () => {
  it('writes into its manifest what its 8 bit translations are worth beside those in float32', async () => {
    const source = writeTinyModel(folder, 'tiny-ende', 'ende', { licence: 'CC0-1.0', kept: 'as it is' });
    const phases: string[] = [];
    const model = await importModel(source, path.join(folder, 'store'), { openEngine: engineOver, report: (phase) => phases.push(phase) });
    expect([model.id, phases]).toEqual(['tiny-ende', ['copy', 'align', 'measure']]);
    const { quality } = readManifest(model.folder);
    expect(quality).toMatchObject({ precision: 'int8', sentences: 70 });
    expect(quality?.float32).toBe(undefined);
    expect(JSON.parse(readFileSync(path.join(model.folder, MANIFEST_NAME), 'utf8'))).toMatchObject({ licence: 'CC0-1.0', kept: 'as it is' });
    // The folder that it came from is left alone.
    expect(readManifest(source).quality).toBe(undefined);
  });

  it('scores both precisions where there are references', async () => {
    const source = writeTinyModel(folder, 'scored-ende', 'ende');
    const model = await importModel(source, path.join(folder, 'store'), { openEngine: engineOver, texts: { sources: ['a dog', 'the cat'], references: ['ein Hund', 'die Katze'] } });
    expect(readManifest(model.folder).quality).toMatchObject({ sentences: 2, float32: { bleu: expect.any(Number), chrf: expect.any(Number) } });
  });

  it('goes on without what can not be found out, and says so', async () => {
    const source = writeTinyModel(folder, 'unmeasured-ende', 'ende');
    const warnings: string[] = [];
    const openEngine = (): Engine => { throw new EngineError('DEVICE_UNAVAILABLE', 'There is no memory left.', 'Close a program.'); };
    const model = await importModel(source, path.join(folder, 'store'), { openEngine, warn: (message) => warnings.push(message), precision: 'int8' });
    expect(warnings).toEqual(['What it loses in fewer bits could not be measured: There is no memory left. Close a program.']);
    expect(readManifest(model.folder)).toMatchObject({ precision: 'int8' });
    expect(readManifest(model.folder).quality).toBe(undefined);
  });

  it('can be verified afterwards, whether or not there were hashes before', async () => {
    const model = await importModel(writeTinyModel(folder, 'hashed-ende', 'ende'), path.join(folder, 'store'));
    const files = readdirSync(model.folder).filter((name) => name !== MANIFEST_NAME).sort();
    expect((await verifyModel(model.folder)).map(({ name }) => name)).toEqual(files);
    appendFileSync(path.join(model.folder, files[0] ?? ''), 'more');
    await expect(verifyModel(model.folder)).rejects.toMatchObject({ code: 'MODEL_BROKEN' });
  });

  it('can be verified with what lies in its folders, and says which file there has changed', async () => {
    const source = writeTinyModel(folder, 'nested-ende', 'ende');
    mkdirSync(path.join(source, 'more', 'parts'), { recursive: true });
    writeFileSync(path.join(source, 'more', 'readme.txt'), 'read me');
    writeFileSync(path.join(source, 'more', 'parts', 'weights.bin'), 'weights');
    const model = await importModel(source, path.join(folder, 'store'));
    const names = (await verifyModel(model.folder)).map(({ name }) => name);
    expect(names.filter((name) => name.includes('/'))).toEqual(['more/parts/weights.bin', 'more/readme.txt']);
    appendFileSync(path.join(model.folder, 'more', 'parts', 'weights.bin'), 'more');
    await expect(verifyModel(model.folder)).rejects.toMatchObject({ code: 'MODEL_BROKEN', message: expect.stringContaining('weights.bin') });
  });

  it.each(['../weights.bin', '/etc/passwd', 'onnx/../../weights.bin', 'onnx//weights.bin', './weights.bin', 'onnx\\weights.bin', 'C:weights.bin', ''])('does not look outside its folder: %j', (name) => {
    const model = writeTinyModel(folder, 'outside-ende', 'ende');
    writeFileSync(path.join(model, MANIFEST_NAME), JSON.stringify({ files: { [name]: '0'.repeat(64) } }));
    expect(() => readManifest(model)).toThrow(expect.objectContaining({ code: 'MODEL_BROKEN', message: expect.stringContaining('is not the name of a file in its folder') }));
  });

  it('refuses a name that is taken, also when another import was faster', async () => {
    const source = writeTinyModel(folder, 'twice-ende', 'ende');
    const store = path.join(folder, 'store');
    const both = await Promise.allSettled([importModel(source, store), importModel(source, store)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((one) => one.status === 'rejected')?.reason).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('twice-ende is there already') });
    await expect(importModel(source, store)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(readdirSync(store).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('stops when it is told to, and leaves nothing behind', async () => {
    const source = writeTinyModel(folder, 'stopped-ende', 'ende');
    const store = path.join(folder, 'empty-store');
    await expect(importModel(source, store, { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped');
    expect(readdirSync(store)).toEqual([]);
  });
});

describe('a manifest', () => {
  it('keeps what it says when something is added', () => {
    const model = writeTinyModel(folder, 'added', 'ende', { from: 'en', to: 'de', own: 1 });
    addToManifest(model, { alignment: { layer: 2, head: 'mean', agreement: 0.75 } });
    expect(readManifest(model)).toEqual({ from: 'en', to: 'de', alignment: { layer: 2, head: 'mean', agreement: 0.75 } });
    expect(JSON.parse(readFileSync(path.join(model, MANIFEST_NAME), 'utf8'))).toEqual({ from: 'en', to: 'de', own: 1, alignment: { layer: 2, head: 'mean', agreement: 0.75 } });
  });

  it('whose measurements make no sense is refused', () => {
    for (const [i, text] of [{ quality: { precision: 'int8' } }, { precision: 'int4' }, { alignment: { layer: 1 } }].entries())
      expect(() => readManifest(writeTinyModel(folder, `senseless${i}`, 'ende', text))).toThrow(EngineError);
  });
});
