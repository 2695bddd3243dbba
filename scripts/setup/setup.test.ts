import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { missingPackages } from './dependencies.mjs';
import { download, sha256 } from './files.mjs';
import { locked } from './lock.mjs';
import { installModels, table } from './models.mjs';
import { checkout } from './places.mjs';

const newFolder = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'bitext-setup-')));
const servers: Server[] = [];
afterEach(() => { for (const server of servers.splice(0)) { server.closeAllConnections(); server.close(); } });

async function serveFiles(answer: (path: string) => Buffer | null): Promise<string> {
  const server = createServer((request, response) => {
    const body = answer(request.url ?? '');
    response.writeHead(body ? 200 : 404).end(body ?? undefined);
  });
  servers.push(server);
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${String((address satisfies AddressInfo).port)}/`;
}

/** A little checkout: a lock file, and what npm noted as installed. */
function packages(wanted: object, installed: object | null): string {
  const folder = newFolder();
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': { name: 'x' }, ...wanted } }));
  if (installed) writeFileSync(join(folder, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: installed }));
  return folder;
}

test('packages that are missing or of another version are found; those for other platforms are not missed', () => {
  const wanted = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b/node_modules/@s/c': { version: '2.0.0' }, 'node_modules/win': { version: '1.0.0', optional: true, os: ['win32'] } };
  expect(missingPackages(packages(wanted, { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b/node_modules/@s/c': { version: '2.0.0' } }))).toEqual([]);
  expect(missingPackages(packages(wanted, { 'node_modules/a': { version: '0.9.0' } }))).toEqual(['a', '@s/c']);
  expect(missingPackages(packages(wanted, null))).toEqual(['a', '@s/c']);
});

test('the table of default models names licence, source and a hash for every file', () => {
  for (const model of table.models) {
    expect(model).toEqual({ id: expect.stringMatching(/^[a-z]+-\d+$/), name: expect.any(String), from: expect.any(String), to: expect.any(String), architecture: 'marian-student', licence: 'MPL-2.0', source: expect.stringMatching(/^https:/), files: expect.any(Object) });
    expect(Object.values(model.files)).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), expect.stringMatching(/^[0-9a-f]{64}$/), expect.stringMatching(/^[0-9a-f]{64}$/)]);
  }
});

test('models come from a catalogue that lists files of the right hash, in one go with their manifest', async () => {
  const contents = new Map(table.models.flatMap(({ files }) => Object.keys(files)).map((name) => [name, Buffer.from(`content of ${name}`)]));
  const hash = (name: string): string => createHash('sha256').update(contents.get(name) ?? '').digest('hex');
  const own = table.models.map((model) => ({ ...model, files: Object.fromEntries(Object.keys(model.files).map((name) => [name, hash(name)])) }));
  const records = { data: [{ name: 'other', attachment: { hash: 'ff', location: 'x/other' } }, ...[...contents.keys()].map((name) => ({ name, attachment: { hash: hash(name), location: `x/${name}` } }))] };
  const base = await serveFiles((path) => (path === '/records' ? Buffer.from(JSON.stringify(records)) : (contents.get(path.slice('/x/'.length)) ?? null)));
  const folder = newFolder();
  const said = await installModels({ folder, models: own, catalogue: { records: `${base}records`, attachments: base } });
  expect(said).toContain('from the catalogue');
  expect(readdirSync(folder).sort()).toEqual(own.map(({ id }) => id).sort());
  const [first] = own;
  if (!first) throw new Error('no model in the table');
  expect(JSON.parse(readFileSync(join(folder, first.id, 'bitext.json'), 'utf8'))).toEqual(first);
  expect(await installModels({ folder, models: own, catalogue: { records: 'http://127.0.0.1:1/', attachments: base } })).toContain('in place');

  // Placed by hand, without a manifest: verified and taken over. Damaged: not.
  rmSync(join(folder, first.id, 'bitext.json'));
  expect(await installModels({ folder, models: own, catalogue: { records: 'http://127.0.0.1:1/', attachments: base } })).toContain('verified');
  expect(existsSync(join(folder, first.id, 'bitext.json'))).toBe(true);
});

test('a download of the wrong hash leaves nothing behind', async () => {
  const base = await serveFiles(() => Buffer.from('not what was published'));
  const folder = newFolder();
  await expect(download(`${base}model.bin`, join(folder, 'model.bin'), '0'.repeat(64), 5000)).rejects.toThrow(/has sha256 [0-9a-f]{64}, not 0{64}/);
  expect(readdirSync(folder)).toEqual([]);
  await expect(download('http://127.0.0.1:1/', join(folder, 'model.bin'), '0'.repeat(64), 5000)).rejects.toThrow();
  expect(await sha256(join(folder, 'model.bin'))).toBeNull();
});

test('two set-ups at once take turns, and the lock of a dead one is taken over', async () => {
  const folder = newFolder();
  const order: string[] = [];
  const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
  writeFileSync(join(folder, 'x.lock'), String(spawnSync(process.execPath, ['-e', '']).pid));
  const work = (name: string) => async (): Promise<void> => { order.push(`${name} begins`); await pause(300); order.push(`${name} ends`); };
  let second: Promise<void> | undefined;
  await locked(folder, 'x', () => { second = locked(folder, 'x', work('b')); return work('a')(); });
  await second;
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  expect(readdirSync(folder)).toEqual([]);
});

test('without its packages the command line says how to set up, on stderr, with exit code 3', async () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'scripts', 'setup'), { recursive: true });
  cpSync(join(checkout, 'scripts', 'bitext.mjs'), join(folder, 'scripts', 'bitext.mjs'));
  cpSync(join(checkout, 'scripts', 'setup', 'places.mjs'), join(folder, 'scripts', 'setup', 'places.mjs'));
  const child = spawn(process.execPath, [join(folder, 'scripts', 'bitext.mjs'), '--version']);
  let out = '', err = '';
  child.stdout.on('data', (data) => { out += String(data); });
  child.stderr.on('data', (data) => { err += String(data); });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, out }).toEqual({ code: 3, out: '' });
  expect(err).toContain('npm run setup');
});

test('an unknown step is refused and the steps are named', () => {
  const { status, stderr } = spawnSync(process.execPath, [join(checkout, 'scripts', 'setup.mjs'), '--only', 'everything'], { encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toContain('packages, libraries, electron, sqlite, models');
});
