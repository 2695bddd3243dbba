/** Nothing leaves the machine: the whole main job, with every process watched. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../../scripts/setup/places.mjs';
import { answerDialogs, askCore } from '../support/core-port.ts';
import { pidOf } from '../support/processes.ts';
import { expect, openStudio, test } from '../support/studio.ts';

/** Internet sockets of a process, from /proc; short ones are caught by the net log and by the missing files of the runtime's telemetry. */
function internetSockets(pid: number): string[] {
  const inodes = new Set(['tcp', 'tcp6', 'udp', 'udp6'].flatMap((kind) => readFileSync(`/proc/${String(pid)}/net/${kind}`, 'utf8').split('\n').slice(1).map((line) => line.trim().split(/\s+/u)[9] ?? '')));
  return readdirSync(`/proc/${String(pid)}/fd`).flatMap((fd) => {
    try {
      const [, inode] = /^socket:\[(\d+)\]$/u.exec(readlinkSync(`/proc/${String(pid)}/fd/${fd}`)) ?? [];
      return inode !== undefined && inodes.has(inode) ? [inode] : [];
    } catch {
      return [];
    }
  });
}

/** What Chromium's network log holds: the events that would show a look-up or a connection, those that happened, and every address asked for. */
function readNetLog(file: string): { kinds: string[]; kindsSeen: Set<string>; addresses: string[] } {
  const text = readFileSync(file, 'utf8');
  const list = /"logEventTypes":\{([^}]*)\}/u.exec(text)?.[1] ?? '';
  const names = new Map([...list.matchAll(/"(\w+)":(\d+)/gu)].map(([, name = '', number = '']) => [Number(number), name]));
  const kinds = ['HOST_RESOLVER_MANAGER_REQUEST', 'UDP_CONNECT', 'TCP_CONNECT_ATTEMPT', 'SOCKET_POOL_CONNECT_JOB'].filter((kind) => [...names.values()].includes(kind));
  const kindsSeen = new Set<string>();
  for (const line of text.split('\n')) {
    // One event a line, after the constants.
    const type: unknown = /^\{.*"type":\d+\},?$/u.test(line) ? Reflect.get(Object(JSON.parse(line.replace(/,$/u, ''))), 'type') : undefined;
    if (typeof type === 'number') kindsSeen.add(names.get(type) ?? '');
  }
  return { kinds, kindsSeen, addresses: [...text.matchAll(/"url":"([^"]*)"/gu)].map(([, address = '']) => address) };
}

test('a document is translated without a look-up, a connection or a device id', async () => {
  const home = mkdtempSync(join(tmpdir(), 'bitext-offline-'));
  const user = join(home, 'user');
  const source = join(home, 'letter.txt');
  const netLog = join(home, 'net.json');
  mkdirSync(user);
  writeFileSync(source, 'Good morning.\nThe contract was signed on Monday.\n');
  // The runtime's telemetry mutes itself where CI is set: a run with it would prove nothing.
  const studio = await openStudio(home, [], { switches: [`--log-net-log=${netLog}`], env: { CI: undefined, HOME: user, XDG_CACHE_HOME: undefined, BITEXT_CACHE: cacheFolder() } });
  const { app, page } = studio;
  await answerDialogs(app, { open: [source], save: join(home, 'letter.bitext') });
  await page.evaluate(async () => {
    await window.studio.native('dialog.openFiles', {});
    await window.studio.native('dialog.saveProject', { suggestedName: 'letter' });
  });

  const hosts = await Promise.all([pidOf(app, 'core'), pidOf(app, 'engine')]);
  const sockets = new Set<string>();
  const watching = setInterval(() => { for (const pid of hosts) if (pid !== null && process.platform === 'linux') for (const socket of internetSockets(pid)) sockets.add(socket); }, 50);
  const { project } = await askCore(page, 'project.create', { path: join(home, 'letter.bitext'), name: 'letter', from: 'en', to: 'pt', inputs: [source] });
  const done = await askCore(page, 'translate.run', { projectId: project.id, scope: 'not-started' });
  clearInterval(watching);
  expect(done).toMatchObject({ outcome: 'done', segments: 2 });
  await studio.close();

  const { kinds, kindsSeen, addresses } = readNetLog(netLog);
  expect({
    sockets: [...sockets],
    looked: kinds.filter((kind) => kindsSeen.has(kind)),
    addresses: addresses.filter((address) => !/^(app|data|blob|devtools):/u.test(address)),
    telemetry: existsSync(join(user, '.cache', 'Microsoft')),
  }).toEqual({ sockets: [], looked: [], addresses: [], telemetry: false });
  rmSync(home, { recursive: true, force: true });
});

test('the watch itself works: a look-up asked of Chromium on purpose is in its log, and resolves nothing', async () => {
  const home = mkdtempSync(join(tmpdir(), 'bitext-offline-'));
  const netLog = join(home, 'net.json');
  const { app, close } = await openStudio(home, [], { switches: [`--log-net-log=${netLog}`] });
  expect(await app.evaluate(({ net }) => net.resolveHost('example.com').then(() => 'resolved', () => 'refused'))).toBe('refused');
  await close();
  expect([...readNetLog(netLog).kindsSeen]).toContain('HOST_RESOLVER_MANAGER_REQUEST');
  rmSync(home, { recursive: true, force: true });
});
