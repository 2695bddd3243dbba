import { createWriteStream, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import yazl from 'yazl';
import { describeModel, findModels } from '../../../native-models/catalog/find-models.ts';
import { importAny } from '../../../native-models/catalog/import-zip.ts';
import { type CatalogueServer, publishFolder, startCatalogueServer } from '../../../native-models/catalog/testing/catalogue-server.ts';
import { writeTinyModel } from '../../../native-models/engine/testing/tiny-model-folder.ts';
import type { Engine } from '../../../native-models/engine/engine.ts';
import type { Progress } from '../../contract/shapes/project.ts';
import type { StudioEngine } from '../engine-status.ts';
import { createGrantedPaths } from '../files/granted-paths.ts';
import { calmly } from '../testing/open-test-studio.ts';
import { UppercaseEngine } from '../testing/uppercase-engine.ts';
import { modelHandlers } from './model-handlers.ts';

let root: string, store: string, server: CatalogueServer, changes: number;
const paths = createGrantedPaths({ trust: false });
/** Finds models as the engine does. */
class FindingEngine extends UppercaseEngine implements StudioEngine {
  readonly folders = { describe: describeModel, import: importAny };
  override models(): ReturnType<Engine['models']> { return findModels([store, join(root, 'shared')]); }
}
const open = (): ReturnType<typeof modelHandlers> => modelHandlers({ engine: new FindingEngine(), paths, store, catalogue: server.address, changed: () => { changes++; } });

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'bitext-models-'));
  store = join(root, 'workspace', 'models');
  changes = 0;
  server = await startCatalogueServer();
  publishFolder(server, writeTinyModel(join(root, 'published'), 'deen', 'deen'), 'de', 'en');
  publishFolder(server, writeTinyModel(join(root, 'published'), 'enfr', 'enfr'), 'en', 'fr');
});
afterEach(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

test('the catalogue is listed, a model downloaded, verified, listed with what it takes, and removed', async () => {
  const handlers = open();
  expect(await handlers['models.installed']({})).toMatchObject({ models: [], unusable: [], unfinished: [], store, diskBytes: 0, freeBytes: expect.any(Number) });
  expect(server.asked).toEqual([]);
  const { models, host } = await handlers['models.available']({}, calmly());
  expect([host, models.map(({ id, from, to, licence, size, version }) => ({ id, from, to, licence, size, version }))]).toEqual([new URL(server.address).host, [
    { id: 'de-en-tiny-3.0', from: 'de', to: 'en', licence: 'MPL-2.0', size: 'tiny', version: '3.0' }, { id: 'en-fr-tiny-3.0', from: 'en', to: 'fr', licence: 'MPL-2.0', size: 'tiny', version: '3.0' },
  ]]);
  const seen: Progress[] = [];
  const got = await handlers['models.download']({ id: 'de-en-tiny-3.0' }, calmly((progress) => { seen.push(progress); }));
  expect(got).toMatchObject({ id: 'de-en-tiny-3.0', folder: join(store, 'de-en-tiny-3.0'), licence: 'MPL-2.0' });
  expect(seen.at(-1)).toMatchObject({ phase: 'download', done: models[0]?.downloadBytes, total: models[0]?.downloadBytes, bytesPerSecond: expect.any(Number) });
  const shared = writeTinyModel(join(root, 'shared'), 'ende', 'ende', { quality: { precision: 'int8', sentences: 500, scores: { bleu: 44.9, chrf: 67.1 }, float32: { bleu: 45.1, chrf: 67 } } });
  const installed = await handlers['models.installed']({});
  expect(installed.models.map(({ id, own, verifiable, loss }) => ({ id, own, verifiable, loss }))).toEqual([{ id: 'de-en-tiny-3.0', own: true, verifiable: true, loss: null }, { id: 'ende', own: false, verifiable: false, loss: 'int8: 44.90 BLEU (-0.20), 67.10 chrF (+0.10) compared with float32, on 500 sentences' }]);
  expect(installed.diskBytes).toBe([got.folder, shared].flatMap((folder) => readdirSync(folder).map((name) => readFileSync(join(folder, name)).length)).reduce((sum, bytes) => sum + bytes, 0));
  expect((await handlers['models.verify']({ id: got.id }, calmly())).files.map(({ name }) => name)).toEqual(['model.deen.intgemm.alphas.bin', 'vocab.deen.spm']);
  await expect(handlers['models.verify']({ id: 'ende' }, calmly())).rejects.toMatchObject({ code: 'MODEL_MISSING', message: expect.stringContaining('lists no hashes') });
  writeFileSync(join(got.folder, 'vocab.deen.spm'), 'another');
  await expect(handlers['models.verify']({ id: got.id }, calmly())).rejects.toMatchObject({ code: 'MODEL_BROKEN', message: expect.stringContaining('vocab.deen.spm') });
  await expect(handlers['models.remove']({ id: 'ende' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  expect(changes).toBe(2);
  await handlers['models.remove']({ id: got.id });
  expect([existsSync(got.folder), changes]).toEqual([false, 3]);
  await expect(handlers['models.remove']({ id: got.id })).rejects.toMatchObject({ code: 'MODEL_MISSING' });
});

test('a cancelled download is kept, goes on where it was, and can be forgotten', async () => {
  const handlers = open(), id = 'de-en-tiny-3.0', model = 'model.deen.intgemm.alphas.bin.zst';
  const part = join(store, `.downloading-${id}`, 'model.deen.intgemm.alphas.bin.part');
  const stop = new AbortController();
  // The server falls silent in the middle of the file.
  server.troubles.set(model, [{ kind: 'stall', after: 2000 }]);
  const cancelled = handlers['models.download']({ id }, calmly(undefined, stop.signal)).catch((error: unknown) => error);
  await vi.waitFor(() => { expect(readFileSync(part).length).toBeGreaterThan(0); }, { timeout: 120_000 });
  stop.abort(new DOMException('', 'AbortError'));
  expect(await cancelled).toMatchObject({ code: 'CANCELLED' });
  const { unfinished } = await handlers['models.installed']({});
  expect([unfinished.map((entry) => entry.id), (unfinished[0]?.bytes ?? 0) > 0, existsSync(part)]).toEqual([[id], true, true]);
  const have = readFileSync(part).length;
  await handlers['models.download']({ id }, calmly());
  expect(server.asked.filter((asked) => asked.startsWith(model))).toEqual([`${model} whole`, `${model} bytes=${have}-`]);
  expect((await handlers['models.installed']({})).unfinished).toEqual([]);

  server.troubles.set('model.enfr.intgemm.alphas.bin.zst', [{ kind: 'status', status: 404 }]);
  await expect(handlers['models.download']({ id: 'en-fr-tiny-3.0' }, calmly())).rejects.toMatchObject({ code: 'MODEL_MISSING', message: expect.stringContaining('404') });
  expect((await handlers['models.installed']({})).unfinished).toMatchObject([{ id: 'en-fr-tiny-3.0' }]);
  await handlers['models.discard']({ id: 'en-fr-tiny-3.0' });
  expect(readdirSync(store)).toEqual([id]);
  await expect(handlers['models.discard']({ id: '../x' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(handlers['models.download']({ id: 'xx' }, calmly())).rejects.toMatchObject({ code: 'MODEL_MISSING', message: 'No model xx is published.' });
});

async function zipOf(name: string, files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const zip = new yazl.ZipFile(), file = join(root, name);
  for (const [inside, bytes] of Object.entries(files)) zip.addBuffer(Buffer.from(bytes), inside);
  zip.end();
  await once(zip.outputStream.pipe(createWriteStream(file)), 'close');
  return file;
}

test('a folder and a zip are imported; what is damaged, taken or not granted is not', async () => {
  const handlers = open();
  const folder = writeTinyModel(join(root, 'given'), 'ende-1', 'ende');
  await expect(handlers['models.import']({ path: folder }, calmly())).rejects.toMatchObject({ code: 'NOT_GRANTED' });
  paths.grant([root]);
  expect(await handlers['models.import']({ path: folder }, calmly())).toMatchObject({ id: 'ende-1', folder: join(store, 'ende-1') });
  await expect(handlers['models.import']({ path: folder }, calmly())).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('is there already') });

  const files = Object.fromEntries(readdirSync(folder).map((name) => [`my model/${name}`, readFileSync(join(folder, name))]));
  const zip = await zipOf('ende-2.zip', { ...files, 'my model/bitext.json': Buffer.from('{"id": "ende-2"}') });
  const seen: Progress[] = [];
  expect(await handlers['models.import']({ path: zip }, calmly((progress) => { seen.push(progress); }))).toMatchObject({ id: 'ende-2', from: 'en', to: 'de', folder: join(store, 'ende-2') });
  expect(seen.map(({ phase, done, total }) => [phase, done, total])).toEqual([['write', 0, undefined], ['write', 0, 3], ['write', 1, 3], ['write', 2, 3]]);
  // Files at the top of an archive: the model is called after it.
  const flat = await zipOf('ende-3.zip', Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))])));
  expect(await handlers['models.import']({ path: flat }, calmly())).toMatchObject({ id: 'ende-3' });

  // One byte of what is packed is another: its sum tells.
  const bytes = readFileSync(flat);
  bytes[400] = (bytes[400] ?? 0) ^ 1;
  writeFileSync(join(root, 'ende-4.zip'), bytes);
  await expect(handlers['models.import']({ path: join(root, 'ende-4.zip') }, calmly())).rejects.toMatchObject({ code: 'MODEL_BROKEN', message: expect.stringContaining('is damaged') });
  writeFileSync(join(root, 'no.zip'), 'no zip');
  await expect(handlers['models.import']({ path: join(root, 'no.zip') }, calmly())).rejects.toMatchObject({ code: 'MODEL_BROKEN', message: 'no.zip can\'t be imported: it is not a whole zip archive.' });
  const empty = await zipOf('empty.zip', { 'readme.txt': Buffer.from('nothing') });
  await expect(handlers['models.import']({ path: empty }, calmly())).rejects.toMatchObject({ code: 'MODEL_MISSING' });
  expect(readdirSync(store).sort()).toEqual(['ende-1', 'ende-2', 'ende-3']);
});

test('what would serve a pair is told, with what of it is there', async () => {
  writeTinyModel(join(root, 'shared'), 'deen', 'deen');
  const handlers = open();
  expect(await handlers['models.wanted']({ from: 'de', to: 'fr' })).toEqual({
    served: false, direct: { from: 'de', to: 'fr', installed: false }, chain: [{ from: 'de', to: 'en', installed: true }, { from: 'en', to: 'fr', installed: false }],
  });
  expect(await handlers['models.wanted']({ from: 'de-AT', to: 'en-GB' })).toEqual({ served: true, direct: { from: 'de-AT', to: 'en-GB', installed: true }, chain: [] });
  await handlers['models.download']({ id: 'en-fr-tiny-3.0' }, calmly());
  expect(await handlers['models.wanted']({ from: 'de', to: 'fr' })).toMatchObject({ served: true });
});
