import { existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CatalogueServer, publishFolder, startCatalogueServer } from '../../native-models/catalog/testing/catalogue-server.ts';
import { writeTinyModel } from '../../native-models/engine/testing/tiny-model-folder.ts';
import { runCli } from './testing/run-cli.ts';

const root = mkdtempSync(join(tmpdir(), 'bitext-models-'));
const home = join(root, 'home');
let server: CatalogueServer, env: NodeJS.ProcessEnv;
beforeAll(async () => {
  server = await startCatalogueServer();
  publishFolder(server, writeTinyModel(root, 'deen', 'deen'), 'de', 'en');
  publishFolder(server, writeTinyModel(root, 'ende', 'ende'), 'en', 'de');
  env = { BITEXT_HOME: home, BITEXT_MODELS: join(root, 'none'), BITEXT_CATALOGUE: server.address };
});
afterAll(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

test('a published model is found, downloaded, listed with what it takes, and translated with', async () => {
  const available = await runCli(['models', 'available', 'German', '--json'], { env });
  expect(available.stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { id: 'de-en-tiny-3.0', from: 'de', to: 'en', licence: 'MPL-2.0', installed: false }, { id: 'en-de-tiny-3.0', from: 'en', to: 'de', licence: 'MPL-2.0', installed: false },
  ]);
  const people = await runCli(['models', 'available', 'de-en'], { env });
  expect([people.code, people.stdout]).toEqual([0, expect.stringMatching(/^de-en-tiny-3\.0 {2}German to English {2}\d+ kB to fetch, \d+ kB on the disk {2}MPL-2\.0\n$/)]);

  const got = await runCli(['models', 'download', 'de-en', '--json'], { env });
  expect([got.code, JSON.parse(got.stdout)]).toEqual([0, expect.objectContaining({ id: 'de-en-tiny-3.0', folder: join(home, 'models', 'de-en-tiny-3.0') })]);
  const progress = got.stderr.trimEnd().split('\n').map((line) => JSON.parse(line) as { event: string; phase?: string; done?: number; total?: number }).filter(({ event }) => event === 'progress');
  expect(progress.at(-1)).toMatchObject({ phase: 'download', done: progress[0]?.total, bytesPerSecond: expect.any(Number) });

  mkdirSync(join(home, 'models', '.downloading-en-de-tiny-3.0'));
  writeFileSync(join(home, 'models', '.downloading-en-de-tiny-3.0', 'x.part'), Buffer.alloc(5000));
  const list = await runCli(['models', 'list'], { env });
  expect([list.code, list.stdout, list.stderr]).toEqual([0, expect.stringMatching(/^de-en-tiny-3\.0 {2}de to en {2}marian-student {2}\d+ kB {2}MPL-2\.0\n/), expect.stringMatching(/^en-de-tiny-3\.0: 5 kB of an unfinished download.*\n1 model, \d+ kB on the disk\n$/)]);
  expect((await runCli(['models', 'verify', 'de-en-tiny-3.0'], { env })).code).toBe(0);
  const lines = await runCli(['translate', '-', '--from', 'de', '--to', 'en', '--quiet'], { env, input: 'a\n' });
  expect([lines.code, lines.stdout.split('\n').length]).toEqual([0, 2]);
  expect((await runCli(['models', 'remove', 'de-en-tiny-3.0'], { env })).code).toBe(0);
});

test('a model that is damaged is verified and removed, too: by the name of its folder', async () => {
  const damaged = { ...env, BITEXT_MODELS: join(root, 'damaged') };
  const sha256 = 'd'.repeat(64), vocabulary = 'vocab.deen.spm', weights = 'model.deen.intgemm.alphas.bin';
  const listed = writeTinyModel(join(root, 'damaged'), 'listed', 'deen', { files: { [weights]: sha256 } });
  const unlisted = writeTinyModel(join(root, 'damaged'), 'unlisted', 'deen');
  const gone = writeTinyModel(join(root, 'damaged'), 'gone', 'deen', { files: { [vocabulary]: sha256 } });
  truncateSync(join(listed, weights), 100);
  for (const folder of [unlisted, gone]) rmSync(join(folder, vocabulary));
  const said = async (id: string): Promise<unknown[]> => {
    const { code, stdout, stderr } = await runCli(['models', 'verify', id], { env: damaged });
    return [code, stdout, stderr.split('\n')[0]];
  };
  expect(await said('listed')).toEqual([3, '', expect.stringContaining(`${weights} is not the file it should be`)]);
  expect(await said('unlisted')).toEqual([3, '', expect.stringContaining('lacks a vocabulary')]);
  expect(await said(gone)).toEqual([3, '', `bitext: ${join(gone, vocabulary)} is missing.`]);
  expect(await said('none')).toEqual([3, '', 'bitext: There is no model none.']);

  const own = writeTinyModel(join(home, 'models'), 'own', 'deen');
  rmSync(join(own, vocabulary));
  expect([(await runCli(['models', 'remove', 'own'], { env })).code, existsSync(own)]).toEqual([0, false]);
});

test('a pair without a model goes by way of English, and both models are told', async () => {
  const both = { ...env, BITEXT_MODELS: join(root, 'two') };
  writeTinyModel(join(root, 'two'), 'deen-1', 'deen');
  writeTinyModel(join(root, 'two'), 'enfr-1', 'enfr');
  const input = join(root, 'input');
  mkdirSync(input);
  writeFileSync(join(input, 'a.txt'), 'the a of and b\n');
  const files = await runCli(['translate', input, '--from', 'de', '--to', 'fr', '--out', join(root, 'out'), '--json'], { env: both });
  const summary = files.stderr.trimEnd().split('\n').map((line) => JSON.parse(line) as { event: string; model?: string }).find(({ event }) => event === 'summary');
  const receipt = JSON.parse(readFileSync(join(root, 'out', 'bitext-receipt.json'), 'utf8')) as { model: string; ok: boolean };
  // Made-up models translate into nonsense, with which the proof of the delivery may find fault.
  expect([summary?.model, receipt.model, files.code]).toEqual(['deen-1 + enfr-1', 'deen-1 + enfr-1', receipt.ok ? 0 : 1]);
  const lines = await runCli(['translate', '-', '--from', 'de', '--to', 'fr'], { env: both, input: 'the a of and b\n' });
  expect([lines.code, lines.stdout.trim(), lines.stderr]).toEqual([0, readFileSync(join(root, 'out', 'a.txt'), 'utf8').trim(), expect.stringContaining('words/s (deen-1 + enfr-1)')]);
});

test('what is not there, and a server that is not, are told with code 3', async () => {
  const none = await runCli(['models', 'download', 'xx-yy'], { env });
  expect([none.code, none.stderr]).toEqual([3, expect.stringContaining('No model xx-yy is published.')]);
  const wrong = await runCli(['models', 'available', '--catalogue', 'nonsense'], { env });
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('nonsense is not the address of a catalogue.')]);
});
