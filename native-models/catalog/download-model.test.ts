import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeTinyModel } from '../engine/testing/tiny-model-folder.ts';
import { type DownloadOptions, type DownloadProgress, downloadModel } from './download-model.ts';
import { findModels } from './find-models.ts';
import { listPublishedModels, type PublishedModel } from './published-models.ts';
import { type CatalogueServer, publishCompressed, publishFolder, sha256, startCatalogueServer, type Trouble } from './testing/catalogue-server.ts';
import { verifyModel } from './verify-model.ts';

let root: string, store: string, origin: string, server: CatalogueServer, model: PublishedModel;
const MODEL = 'model.deen.intgemm.alphas.bin', VOCABULARY = 'vocab.deen.spm', PACKED = `${MODEL}.zst`;
const PATIENCE = { tries: 3, firstDelay: 1 };
const download = (options: DownloadOptions = {}): ReturnType<typeof downloadModel> => downloadModel(model, store, { patience: PATIENCE, stallSeconds: 120, report: ({ done }) => { server.received = done; }, ...options });
const trouble = (...troubles: Trouble[]): void => { server.troubles.set(PACKED, troubles); };
const sizeOf = (name: string): number => model.files.find((file) => file.name === name)?.bytes ?? 0;

beforeEach(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'bitext-download-'));
  store = path.join(root, 'store');
  origin = writeTinyModel(root, 'origin', 'deen');
  server = await startCatalogueServer();
  publishFolder(server, origin, 'de', 'en');
  const [first] = await listPublishedModels({ address: server.address });
  if (first === undefined) throw new Error('nothing is published');
  model = first;
});
afterEach(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

/** The model is there, whole, and nothing else is. */
async function expectInstalled(): Promise<void> {
  expect(readdirSync(store)).toEqual([model.id]);
  expect(readdirSync(path.join(store, model.id)).sort()).toEqual(['bitext.json', MODEL, VOCABULARY]);
  expect((await verifyModel(path.join(store, model.id))).map(({ name, sha256: hash }) => [name, hash])).toEqual([MODEL, VOCABULARY].map((name) => [name, sha256(readFileSync(path.join(origin, name)))]));
}

/** No model can be chosen from the store. */
const expectNothing = async (): Promise<void> => { expect([await findModels([store]), existsSync(path.join(store, model.id))]).toEqual([{ models: [], unusable: [] }, false]); };

describe('a model', () => {
  it('comes unpacked, with licence, source and hashes', async () => {
    const seen: DownloadProgress[] = [];
    const description = await download({ report: (progress) => seen.push(progress) });
    expect(description).toMatchObject({ id: 'de-en-tiny-3.0', name: 'German to English, tiny (Firefox Translations)', from: 'de', to: 'en', architecture: 'marian-student', folder: path.join(store, model.id), licence: 'MPL-2.0', source: model.source });
    await expectInstalled();
    expect(JSON.parse(readFileSync(path.join(store, model.id, 'bitext.json'), 'utf8'))).toMatchObject({ version: '3.0' });
    expect(seen.at(-1)).toMatchObject({ file: VOCABULARY, done: model.downloadBytes, total: model.downloadBytes, secondsLeft: 0 });
    expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).sort((a, b) => a - b));
    // A second call asks the server nothing.
    const asked = server.asked.length;
    expect(await download()).toEqual(description);
    expect(server.asked).toHaveLength(asked);
  });

  it('comes from the older collection, too, where files are not compressed', async () => {
    server.records = [MODEL, VOCABULARY].map((name) => {
      const bytes = readFileSync(path.join(origin, name));
      server.publish(name, bytes);
      return { name, fromLang: 'de', toLang: 'en', version: '1.0', fileType: name.split('.')[0], attachment: { hash: sha256(bytes), size: bytes.length, filename: name, location: `x/${name}` } };
    });
    [model = model] = await listPublishedModels({ address: server.address });
    await download();
    await expectInstalled();
  });

  it('that was damaged is replaced', async () => {
    await download();
    writeFileSync(path.join(store, model.id, VOCABULARY), 'damaged');
    await download();
    await expectInstalled();
  });
});

describe('a connection', () => {
  it('that is cut goes on where it was, as often as need be', async () => {
    trouble(...Array.from({ length: 5 }, () => ({ kind: 'cut', after: 1000 }) as const));
    await download();
    await expectInstalled();
    expect(server.asked.filter((line) => line.startsWith(PACKED))).toEqual([0, 1000, 2000, 3000, 4000, 5000].map((at) => `${PACKED} ${at === 0 ? 'whole' : `bytes=${at}-`}`));
  });

  it('to a server that ignores ranges begins anew', async () => {
    trouble({ kind: 'cut', after: 2000 }, { kind: 'ignore-range' });
    await download();
    await expectInstalled();
    expect(server.asked.filter((line) => line.startsWith(PACKED))).toHaveLength(2);
    trouble();
  });

  it('that never gets any farther is given up, and what came is kept', async () => {
    trouble(...Array.from({ length: 6 }, () => ({ kind: 'cut', after: 2000, ignoreRange: true }) as const));
    await expect(download()).rejects.toMatchObject({ code: 'MODEL_MISSING', advice: expect.stringContaining('what is there already is kept') });
    await expectNothing();
    trouble();
    await download();
    await expectInstalled();
    expect(server.asked.filter((line) => line.startsWith(PACKED)).at(-1)).toBe(`${PACKED} bytes=2000-`);
  });

  it('that says nothing any more is given up and tried again', async () => {
    trouble({ kind: 'stall', after: 1000 }, { kind: 'stall', after: 0 });
    // More tries than there are stalls: on a busy machine a fifth of a second may pass between two pieces of a whole answer.
    await download({ stallSeconds: 0.2, patience: { ...PATIENCE, tries: 50 } });
    await expectInstalled();
  });

  it('is tried again after 500, 503 and 429, and follows a redirect', async () => {
    trouble({ kind: 'status', status: 500 }, { kind: 'status', status: 503, headers: { 'retry-after': '0.01' } }, { kind: 'redirect' });
    await download();
    await expectInstalled();
  });

  it('is not tried again after 404', async () => {
    trouble({ kind: 'status', status: 404 });
    await expect(download()).rejects.toMatchObject({ code: 'MODEL_MISSING', message: expect.stringContaining('answers 404'), advice: expect.stringContaining('look at the catalogue again') });
    expect(server.asked.filter((line) => line.startsWith(PACKED))).toHaveLength(1);
    await expectNothing();
  });

  it('that is cancelled stops at once and keeps what came', async () => {
    const stop = new AbortController();
    trouble({ kind: 'stall', after: 3000 });
    await expect(download({ signal: stop.signal, report: ({ done }) => { if (done >= 3000) stop.abort(new DOMException('Cancelled.', 'AbortError')); } })).rejects.toMatchObject({ name: 'AbortError' });
    await expectNothing();
    await download();
    await expectInstalled();
    expect(server.asked).toEqual([`${PACKED} whole`, `${PACKED} bytes=3000-`, `${VOCABULARY}.zst whole`]);
  });
});

describe('bytes that are not those of the catalogue', () => {
  it('are refused by their hash after a second try', async () => {
    server.publish(PACKED, Buffer.alloc(sizeOf(MODEL), 7));
    await expect(download()).rejects.toMatchObject({ code: 'MODEL_BROKEN', message: expect.stringContaining('the catalogue says') });
    expect(server.asked.filter((line) => line.startsWith(PACKED))).toHaveLength(2);
    await expectNothing();
  });

  it('are fetched once more when pieces of two files have met', async () => {
    const partial = path.join(store, `.downloading-${model.id}`);
    mkdirSync(partial, { recursive: true });
    writeFileSync(path.join(partial, `${MODEL}.part`), Buffer.alloc(500, 1));
    await download();
    await expectInstalled();
    expect(server.asked.filter((line) => line.startsWith(PACKED))).toEqual([`${PACKED} bytes=500-`, `${PACKED} whole`]);
  });

  it.each([-10, 10])('are refused by their number (%i)', async (difference) => {
    server.publish(PACKED, Buffer.alloc(sizeOf(MODEL) + difference));
    await expect(download()).rejects.toMatchObject({ code: 'MODEL_BROKEN', message: expect.stringContaining(`the catalogue says ${sizeOf(MODEL).toLocaleString('en')}`) });
    await expectNothing();
  });

  const republish = async (bytes: Uint8Array, change: (record: Record<string, unknown>) => object): Promise<void> => {
    server.records = server.records.filter((record) => (record as { fileType: string }).fileType !== 'model');
    const record = publishCompressed(server, { name: MODEL, bytes, type: 'model', from: 'de', to: 'en' });
    server.records[server.records.length - 1] = { ...record, ...change(record) };
    [model = model] = await listPublishedModels({ address: server.address });
  };

  it('are refused when other ones are inside, or more of them', async () => {
    await republish(readFileSync(path.join(origin, MODEL)), () => ({ decompressedHash: '0'.repeat(64) }));
    await expect(download()).rejects.toMatchObject({ code: 'MODEL_BROKEN', message: expect.stringContaining('What is inside') });
    await republish(Buffer.alloc(5_000_000), () => ({ decompressedSize: 1000 }));
    await expect(download()).rejects.toMatchObject({ code: 'MODEL_BROKEN', message: expect.stringContaining('unpacks to more than the 1,000 bytes') });
    const plain = Buffer.from('not compressed at all');
    await republish(plain, (record) => ({ attachment: { ...(record['attachment'] as object), hash: sha256(plain), size: plain.length } }));
    server.publish(PACKED, plain);
    await expect(download()).rejects.toMatchObject({ code: 'MODEL_BROKEN', message: expect.stringContaining('is not compressed as the catalogue says') });
    const cut = zstdCompressSync(readFileSync(path.join(origin, MODEL))).subarray(0, 2000);
    await republish(readFileSync(path.join(origin, MODEL)), (record) => ({ attachment: { ...(record['attachment'] as object), hash: sha256(cut), size: cut.length } }));
    server.publish(PACKED, cut);
    await expect(download()).rejects.toMatchObject({ code: 'MODEL_BROKEN', message: expect.stringContaining('is not compressed as the catalogue says') });
    await expectNothing();
  });

  it('are refused when the engine can not read the model, and leave nothing behind', async () => {
    await republish(Buffer.from('no model of any kind'), () => ({}));
    await expect(download()).rejects.toMatchObject({ code: 'MODEL_BROKEN' });
    expect(readdirSync(store)).toEqual([]);
  });
});

describe('processes', () => {
  it('that are killed in the middle leave what the next one goes on with', async () => {
    trouble({ kind: 'stall', after: 4000 });
    const child = spawn(process.execPath, [path.join(import.meta.dirname, 'testing', 'download-child.ts'), server.address, store], { stdio: 'ignore' });
    await new Promise<void>((resolve) => { server.onSent = (name, bytes) => { if (name === PACKED && bytes >= 4000) resolve(); }; });
    const part = path.join(store, `.downloading-${model.id}`, `${MODEL}.part`);
    await expect.poll(() => existsSync(part) && readFileSync(part).length).toBe(4000);
    await expect(download()).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('is being downloaded already') });
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    await expectNothing();
    await download();
    await expectInstalled();
    expect(server.asked.filter((line) => line.startsWith(PACKED))).toEqual([`${PACKED} whole`, `${PACKED} bytes=4000-`]);
  });
});
