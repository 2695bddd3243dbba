import { MessageChannel } from 'node:worker_threads';
import * as v from 'valibot';
import { afterEach, expect, test } from 'vitest';
import { StudioError } from '../contract/errors.ts';
import { checkAgainst } from './check-against.ts';
import { createClient, type Client } from './client.ts';
import { fromNodePort } from './port.ts';
import type { HandlersOf } from './routes.ts';
import { serve, type Server } from './serve.ts';

const routes = {
  'word.shout': { kind: 'call', input: v.object({ word: v.pipe(v.string(), v.maxLength(5)), times: v.optional(v.number(), 1) }), output: v.string() },
  'bytes.same': { kind: 'call', input: v.object({ bytes: v.instance(Uint8Array) }), output: v.instance(Uint8Array) },
  'count.up': { kind: 'job', input: v.object({ to: v.number() }), progress: v.object({ done: v.number() }), output: v.object({ reached: v.number() }) },
  'lies.tell': { kind: 'call', input: v.object({}), output: v.string() },
} as const;
const events = { 'word.heard': v.object({ word: v.string() }) };

const nextTurn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });
const handlers: HandlersOf<typeof routes> = {
  'word.shout': ({ word, times }) => {
    if (word === 'psst') throw new StudioError('LOCKED', 'Not so loud.', { advice: 'Whisper.', data: { word, places: ['library'] } });
    return word.toUpperCase().repeat(times);
  },
  'bytes.same': ({ bytes }) => bytes,
  'count.up': async ({ to }, { signal, report }) => {
    let done = 0;
    while (done < to) {
      await nextTurn();
      signal.throwIfAborted();
      report({ done: ++done });
    }
    return { reached: done };
  },
  'lies.tell': () => JSON.parse('17'),
};

const closing: (() => void)[] = [];
afterEach(() => { for (const close of closing.splice(0)) close(); });

function link(client: Client<typeof routes, typeof events>): Server {
  const { port1, port2 } = new MessageChannel();
  const server = serve(fromNodePort(port2), routes, handlers);
  client.connect(fromNodePort(port1));
  closing.push(() => { port1.close(); });
  return server;
}
const newClient = (): Client<typeof routes, typeof events> => createClient<typeof routes, typeof events>({ check: checkAgainst(routes, events) });
function connected(): { client: Client<typeof routes, typeof events>; server: Server } {
  const client = newClient();
  return { client, server: link(client) };
}

test('a call is parsed, with defaults, and answered; binary values are cloned', async () => {
  const { client } = connected();
  expect(await client.call('word.shout', { word: 'hey' })).toBe('HEY');
  expect(await client.call('word.shout', { word: 'hey', times: 2 })).toBe('HEYHEY');
  expect(await client.call('bytes.same', { bytes: Uint8Array.of(1, 255) })).toEqual(Uint8Array.of(1, 255));
});

test('an input that the schema refuses never reaches the handler and names what is wrong', async () => {
  const { client } = connected();
  await expect(client.call('word.shout', { word: 'too long' })).rejects.toMatchObject({ name: 'StudioError', code: 'INVALID_INPUT', data: { name: 'word.shout', path: 'word' } });
});

test('a name outside the contract, inherited ones included, is refused; junk is ignored', async () => {
  const { port1, port2 } = new MessageChannel();
  serve(fromNodePort(port2), routes, handlers);
  const replies: unknown[] = [];
  const seen = new Promise<void>((resolve) => port1.on('message', (reply) => { if (replies.push(reply) === 2) resolve(); }));
  for (const junk of [null, 1, 'req', {}, { t: 'req', id: 'x', name: 'word.shout' }, { t: 'req', id: 1 }, { t: 'cancel', id: 99 }]) port1.postMessage(junk);
  port1.postMessage({ t: 'req', id: 1, name: 'toString', input: {} });
  port1.postMessage({ t: 'req', id: 2, name: 'word.shout', input: { word: 'on' } });
  await seen;
  port1.close();
  expect(replies).toEqual([
    { t: 'err', id: 1, error: { code: 'UNKNOWN_CALL', message: "There is no call 'toString'.", advice: '', data: { name: 'toString' } } },
    { t: 'ok', id: 2, value: 'ON' },
  ]);
});

test('an error keeps its code, sentence, advice and data', async () => {
  const { client } = connected();
  await expect(client.call('word.shout', { word: 'psst' })).rejects.toMatchObject({ code: 'LOCKED', message: 'Not so loud.', advice: 'Whisper.', data: { word: 'psst', places: ['library'] } });
});

test('a job reports its progress in order, before its result', async () => {
  const { client } = connected();
  const seen: number[] = [];
  const result = await client.job('count.up', { to: 4 }, { onProgress: ({ done }) => { seen.push(done); } });
  expect([...seen, result]).toEqual([1, 2, 3, 4, { reached: 4 }]);
});

test('an aborted job stops on the other side and is CANCELLED', async () => {
  const { client } = connected();
  const stop = new AbortController();
  let last = 0;
  const job = client.job('count.up', { to: 1e9 }, { signal: stop.signal, onProgress: ({ done }) => { last = done; if (done === 3) stop.abort(); } });
  await expect(job).rejects.toMatchObject({ code: 'CANCELLED' });
  const after = last;
  for (let turn = 0; turn < 5; turn++) await nextTurn();
  expect(last).toBe(after);
  await expect(client.job('count.up', { to: 1 }, { signal: stop.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
});

test('an event reaches every listener until it stops listening', async () => {
  const { client, server } = connected();
  const heard: string[] = [];
  const stop = client.on('word.heard', ({ word }) => { heard.push(`a:${word}`); });
  client.on('word.heard', ({ word }) => { heard.push(`b:${word}`); });
  server.emit('word.heard', { word: 'x' });
  await client.call('word.shout', { word: 'sync' });
  stop();
  server.emit('word.heard', { word: 'y' });
  await client.call('word.shout', { word: 'sync' });
  expect(heard).toEqual(['a:x', 'b:x', 'b:y']);
});

test('the death of the other end rejects what is pending; a new port serves what is asked next', async () => {
  const { client, server } = connected();
  let losses = 0;
  client.onLost(() => { losses++; });
  const job = client.job('count.up', { to: 1e9 });
  const call = client.call('word.shout', { word: 'hey' });
  await expect(call).resolves.toBe('HEY');
  server.close();
  await expect(job).rejects.toMatchObject({ code: 'ENGINE_EXITED' });
  const waiting = client.call('word.shout', { word: 'late' });
  link(client);
  expect(await waiting).toBe('LATE');
  expect(losses).toBe(1);
});

test('after a failure for good nothing waits, until a port comes again', async () => {
  const client = newClient();
  const waiting = client.call('word.shout', { word: 'hey' });
  client.fail(new StudioError('ENGINE_EXITED', 'Stopped for good.'));
  await expect(waiting).rejects.toThrow('Stopped for good.');
  await expect(client.call('word.shout', { word: 'hey' })).rejects.toThrow('Stopped for good.');
  link(client);
  expect(await client.call('word.shout', { word: 'hey' })).toBe('HEY');
});

test('a cancel without a port settles at once', async () => {
  const client = newClient();
  const stop = new AbortController();
  const job = client.job('count.up', { to: 1 }, { signal: stop.signal });
  stop.abort();
  await expect(job).rejects.toMatchObject({ code: 'CANCELLED' });
});

test('with checking on, an answer that breaks the contract is an error', async () => {
  const { client } = connected();
  await expect(client.call('lies.tell', {})).rejects.toThrow('output of lies.tell');
});

test('closing the port cancels what runs for it', async () => {
  const { port1, port2 } = new MessageChannel();
  const ended = new Promise<string>((resolve) => {
    serve(fromNodePort(port2), routes, {
      ...handlers,
      'count.up': (_input, { signal }) => new Promise((_, reject) => { signal.addEventListener('abort', () => { resolve('cancelled'); reject(new Error('gone')); }); }),
    });
  });
  const client = createClient<typeof routes>();
  client.connect(fromNodePort(port1));
  const job = client.job('count.up', { to: 1 });
  client.close();
  await expect(job).rejects.toMatchObject({ code: 'ENGINE_EXITED' });
  expect(await ended).toBe('cancelled');
});
