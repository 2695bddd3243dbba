import { MessageChannel } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import type { LearnRequest, StepLearning } from '../../native-models/adaptation/steps/step-learning.ts';
import type { Engine, TranslatedBatch } from '../../native-models/engine/engine.ts';
import { EngineError } from '../../native-models/engine/engine-error.ts';
import type { TextTasks } from '../../native-models/tasks/text-tasks.ts';
import type { FinetuneRequest, Training } from '../../native-models/training/training-tasks.ts';
import { fromNodePort } from '../rpc/port.ts';
import { createEngineClient, type EngineClient } from './engine-client.ts';
import { RunReports, serveEngine } from './serve-engine.ts';

const closing: (() => void)[] = [];
afterEach(() => { for (const close of closing.splice(0)) close(); });

const upper = (texts: readonly string[], at: number): TranslatedBatch => ({ indices: [at], translations: [{ text: (texts[at] ?? '').toUpperCase(), links: [{ source: [0, 1], target: [0, 1], weight: 1 }], score: -0.5, flags: [] }] });
const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

/** An engine that shouts, one text a batch; `dies` is asked before each text. */
function shouting(dies: (text: string) => boolean, die: () => void, runs: RunReports): Engine {
  return {
    models: () => Promise.reject(new EngineError('MODEL_MISSING', 'There are no models.', 'Get one.')),
    state: () => Promise.resolve({ device: 'cpu', precision: 'int8', threads: 2, loaded: ['m'], wordsPerSecond: null, residentBytes: 7 }),
    translate: async (request, { signal, onBatch }) => {
      const { texts } = request;
      for (const [at, text] of texts.entries()) {
        await turn();
        signal?.throwIfAborted();
        runs.tell(request, [at]);
        if (dies(text)) { die(); await new Promise(() => undefined); }
        onBatch(upper(texts, at));
      }
      return { model: 'm', device: 'cpu', precision: 'int8', segments: texts.length, words: texts.length, seconds: 1 };
    },
    close: () => Promise.resolve(),
  };
}
/** Connects the client to a new engine that is replaced whenever it dies, `lives` times at most. */
function supervise(client: EngineClient, dies: (text: string) => boolean, lives: number): void {
  const { port1, port2 } = new MessageChannel();
  closing.push(() => { port1.close(); });
  const runs = new RunReports();
  serveEngine(fromNodePort(port2), shouting(dies, () => {
    port2.close();
    if (lives > 1) setImmediate(() => { supervise(client, dies, lives - 1); });
    else client.fail('Five crashes in a minute.');
  }, runs), runs);
  client.connect(fromNodePort(port1));
}
const request = { from: 'en', to: 'pt', priority: 'batch', alignment: true } as const;
const into = (out: (string | undefined)[]) => ({ indices, translations }: TranslatedBatch): void => { indices.forEach((at, i) => { out[at] = `${out[at] ?? ''}${translations[i]?.text ?? ''}`; }); };

test('training crosses the port, with progress and cancel', async () => {
  const client = createEngineClient();
  const { port1, port2 } = new MessageChannel();
  closing.push(() => { port1.close(); });
  const outcome: Awaited<ReturnType<Training['finetune']>> = {
    outcome: 'accepted', runFolder: '/runs/a', report: { read: 3, kept: 2, dropped: [{ reason: 'duplicate', count: 1, lines: [3] }] }, pairs: { training: 1, validation: 0, heldOut: 1, general: 0 },
    before: { heldOut: { bleu: 1, chrf: 2 }, general: null }, after: { heldOut: { bleu: 3, chrf: 4 }, general: { bleu: 5, chrf: 6 } }, share: 1, seconds: 2, curve: [{ update: 0, scores: { heldOutLoss: 2, bleu: 1 } }],
  };
  const asked: unknown[] = [];
  const training: Training = {
    finetune: (wish, { report } = {}) => {
      asked.push(wish);
      report?.({ stage: 'learning', update: 1, updates: 2, epoch: 0, loss: 3, tokensPerSecond: 4, secondsLeft: 5 });
      return Promise.resolve(outcome);
    },
    attention: async (_wish, { signal } = {}) => {
      while (signal?.aborted !== true) await turn();
      throw signal.reason;
    },
  };
  serveEngine(fromNodePort(port2), { ...shouting(() => false, () => undefined, new RunReports()), training });
  client.connect(fromNodePort(port1));
  const wish: FinetuneRequest = { modelFolder: 'm', corpusFile: 'c', generalFile: null, runFolder: 'r', into: 'i', settings: { epochs: 3, rank: 'full' } };
  const seen: unknown[] = [];
  expect(await client.training?.finetune(wish, { report: (progress) => { seen.push(progress); } })).toEqual(outcome);
  expect([asked, seen]).toEqual([[wish], [{ stage: 'learning', update: 1, updates: 2, epoch: 0, loss: 3, tokensPerSecond: 4, secondsLeft: 5 }]]);
  const stop = new AbortController();
  const looked = client.training?.attention({ modelFolder: 'm', runFolder: 'r', checkpoint: null, sentence: 's' }, { signal: stop.signal });
  stop.abort();
  await expect(looked).rejects.toMatchObject({ code: 'CANCELLED' });
});

test('learning in steps crosses the port, with progress', async () => {
  const client = createEngineClient();
  const { port1, port2 } = new MessageChannel();
  closing.push(() => { port1.close(); });
  const asked: unknown[] = [], seen: unknown[] = [];
  const steps: StepLearning = {
    learn: (wish, { report } = {}) => {
      asked.push(wish);
      report?.({ stage: 'learning', made: 1, steps: 2 });
      return Promise.resolve({ head: 2, weights: 'w' });
    },
  };
  serveEngine(fromNodePort(port2), { ...shouting(() => false, () => undefined, new RunReports()), steps });
  client.connect(fromNodePort(port1));
  const wish: LearnRequest = { modelFolder: 'm', model: { id: 'i', name: 'n', from: 'en', to: 'pt' }, folder: 'f', confirmed: [{ id: 1, source: 's', target: 't' }], rest: true };
  expect(await client.steps?.learn(wish, { report: (progress) => { seen.push(progress); } })).toEqual({ head: 2, weights: 'w' });
  expect([asked, seen]).toEqual([[wish], [{ stage: 'learning', made: 1, steps: 2 }]]);
});

test('an engine that does not train says so', async () => {
  const client = createEngineClient();
  const { port1, port2 } = new MessageChannel();
  closing.push(() => { port1.close(); });
  serveEngine(fromNodePort(port2), shouting(() => false, () => undefined, new RunReports()));
  client.connect(fromNodePort(port1));
  await expect(client.training?.attention({ modelFolder: 'm', runFolder: 'r', checkpoint: 1, sentence: 's' })).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' });
});

test('summaries, answers and model folders cross the port, with progress and cancel', async () => {
  const client = createEngineClient();
  const { port1, port2 } = new MessageChannel();
  closing.push(() => { port1.close(); });
  const tasks: TextTasks = {
    summarize: ({ segments }, { report } = {}) => {
      report?.({ pass: 1, done: 1, total: 1 });
      return Promise.resolve({ text: segments.join('+'), model: 'm', passes: 1, parts: [{ first: 0, last: segments.length - 1, text: 'x' }] });
    },
    ask: async (_request, { signal } = {}) => {
      while (signal?.aborted !== true) await turn();
      throw signal.reason;
    },
  };
  serveEngine(fromNodePort(port2), { ...shouting(() => false, () => undefined, new RunReports()), tasks });
  client.connect(fromNodePort(port1));
  const seen: unknown[] = [];
  expect(await client.tasks?.summarize({ segments: ['a', 'b'] }, { report: (progress) => { seen.push(progress); } })).toEqual({ text: 'a+b', model: 'm', passes: 1, parts: [{ first: 0, last: 1, text: 'x' }] });
  expect(seen).toEqual([{ pass: 1, done: 1, total: 1 }]);
  const stop = new AbortController();
  const asked = client.tasks?.ask({ question: 'Who?', segments: ['a'] }, { signal: stop.signal });
  stop.abort();
  await expect(asked).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect(client.folders.describe('/nowhere/at/all')).rejects.toMatchObject({ code: 'MODEL_MISSING' });
  await expect(client.folders.import('/nowhere/at/all', '/nowhere')).rejects.toMatchObject({ code: 'MODEL_MISSING' });
});

test('translations, alignment, state and errors cross the port as they are', async () => {
  const client = createEngineClient();
  supervise(client, () => false, 1);
  const batches: TranslatedBatch[] = [];
  const summary = await client.translate({ ...request, texts: ['ab', ''] }, { onBatch: (batch) => { batches.push(batch); } });
  expect(summary).toEqual({ model: 'm', device: 'cpu', precision: 'int8', segments: 2, words: 2, seconds: 1 });
  expect(batches).toEqual([upper(['ab', ''], 0), upper(['ab', ''], 1)]);
  expect(await client.state()).toEqual({ device: 'cpu', precision: 'int8', threads: 2, loaded: ['m'], wordsPerSecond: null, residentBytes: 7 });
  await expect(client.models()).rejects.toMatchObject({ code: 'MODEL_MISSING', message: 'There are no models.', advice: 'Get one.' });
});

test('a process that dies in mid-run is replaced; every text is handed over exactly once', async () => {
  const client = createEngineClient();
  const states: string[] = [];
  client.onProcess(({ state, restarts }) => { states.push(`${state} ${String(restarts)}`); });
  let deaths = 0;
  supervise(client, (text) => text === 'c' && deaths++ === 0, 3);
  const out: string[] = [];
  const summary = await client.translate({ ...request, texts: ['a', 'b', 'c', 'd'] }, { onBatch: into(out) });
  expect(out).toEqual(['A', 'B', 'C', 'D']);
  expect(summary).toMatchObject({ segments: 4, words: 4 });
  expect(states).toEqual(['ready 0', 'starting 0', 'ready 1']);
});

test('a text that ends every process is tried alone, given up and named; all the others are translated', async () => {
  const client = createEngineClient();
  supervise(client, (text) => text === 'poison', 5);
  const out: string[] = [];
  await expect(client.translate({ ...request, texts: ['a', 'poison', 'c'] }, { onBatch: into(out) })).rejects.toMatchObject({ code: 'ENGINE_EXITED', message: expect.stringContaining('"poison"') });
  expect([out[0], out[2]]).toEqual(['A', 'C']);
  const after: string[] = [];
  await client.translate({ ...request, texts: ['next'] }, { onBatch: into(after) });
  expect(after).toEqual(['NEXT']);
});

test('a run that does not stop when it is cancelled is reported, once, so that its process can be ended', async () => {
  const stuck: number[] = [];
  const client = createEngineClient({ onStuck: () => { stuck.push(1); }, cancelPatience: 20 });
  const { port1, port2 } = new MessageChannel();
  const engine: Engine = { ...shouting(() => false, () => undefined, new RunReports()), translate: () => new Promise(() => undefined) };
  serveEngine(fromNodePort(port2), engine);
  client.connect(fromNodePort(port1));
  const stop = new AbortController();
  const reason = new Error('enough');
  const job = client.translate({ ...request, texts: ['a'] }, { signal: stop.signal, onBatch: () => undefined });
  stop.abort(reason);
  await expect.poll(() => stuck).toEqual([1]);
  port2.close();
  await expect(job).rejects.toBe(reason);
});

test('a summary that does not stop when it is cancelled is cancelled, though its process had to be ended', async () => {
  const { port1, port2 } = new MessageChannel();
  const client = createEngineClient({ onStuck: () => { port2.close(); }, cancelPatience: 20 });
  const never = (): Promise<never> => new Promise(() => undefined);
  serveEngine(fromNodePort(port2), { ...shouting(() => false, () => undefined, new RunReports()), tasks: { summarize: never, ask: never } });
  client.connect(fromNodePort(port1));
  const stop = new AbortController();
  const reason = new Error('enough');
  const job = client.tasks?.summarize({ segments: ['a'] }, { signal: stop.signal });
  stop.abort(reason);
  await expect(job).rejects.toBe(reason);
});

test('when the process will not come again every call says so', async () => {
  const client = createEngineClient();
  supervise(client, () => true, 1);
  await expect(client.translate({ ...request, texts: ['a'] }, { onBatch: () => undefined })).rejects.toMatchObject({ code: 'ENGINE_EXITED' });
  await expect(client.state()).rejects.toMatchObject({ code: 'ENGINE_EXITED', message: 'Five crashes in a minute.' });
  expect(client.process).toEqual({ state: 'failed', restarts: 0, message: 'Five crashes in a minute.' });
});

test('an aborted signal rejects with its own reason, also while no process is there', async () => {
  const client = createEngineClient();
  const stop = new AbortController();
  const reason = new Error('changed my mind');
  const waiting = client.translate({ ...request, texts: ['a'] }, { signal: stop.signal, onBatch: () => undefined });
  stop.abort(reason);
  await expect(waiting).rejects.toBe(reason);

  supervise(client, () => false, 1);
  const later = new AbortController();
  const out: string[] = [];
  const running = client.translate({ ...request, texts: Array.from({ length: 1000 }, () => 'x') }, { signal: later.signal, onBatch: (batch) => { into(out)(batch); later.abort(reason); } });
  await expect(running).rejects.toBe(reason);
  expect(out.length).toBeLessThan(1000);
});
