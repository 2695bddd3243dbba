/** A run of a model that goes on for hours is stopped in its middle: a T5 of seeded weights, whose outputs have no limit. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { writeLetterModel } from '../decoding/testing/letter-model.ts';
import { StopFlag } from '../runtime/stop-flag.ts';
import { inspectModelFolder } from '../weights/inspect-folder.ts';
import { familyFolder } from '../weights/testing/family-folder.ts';
import { ModelPool } from './model-pool.ts';
import type { FromWorker, SearchOptions, ToWorker, WorkerModel } from './model-worker-messages.ts';
import { moduleBeside } from './module-beside.ts';

const END = 2;
const SOURCE = [5, 6, 7, END];
/** The cache of a step is copied at the next: a run over all of them takes hours. */
const ENDLESS = 200_000;

let folder: string, worker: Worker;
const stop = new StopFlag();
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'bitext-stop-'));
  const { config, weights } = familyFolder('t5', 7);
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify({ ...config, eos_token_id: END, pad_token_id: 1, decoder_start_token_id: 1 }));
  writeFileSync(path.join(folder, 'model.safetensors'), weights);
  const workerData: WorkerModel = { options: { folder, format: 'safetensors', cacheDir: path.join(folder, 'graphs'), precision: 'float32', threads: 1, device: 'cpu' }, stop: stop.words };
  worker = new Worker(path.join(import.meta.dirname, 'model-worker.ts'), { workerData });
  expect(await next()).toMatchObject({ kind: 'ready' });
});
afterAll(async () => {
  const message: ToWorker = { kind: 'close' };
  worker.postMessage(message);
  await new Promise((resolve) => worker.once('exit', resolve));
  rmSync(folder, { recursive: true });
});

const next = (): Promise<FromWorker> => new Promise((resolve) => worker.once('message', resolve));

function run(search: SearchOptions): Promise<FromWorker> {
  const message: ToWorker = { kind: 'run', id: 1, sources: [SOURCE], search };
  const answer = next();
  worker.postMessage(message);
  return answer;
}

test.each([
  ['in the graph', {}],
  ['step by step', { noRepeatNgram: 3 }],
])('a search %s ends when the flag is raised, and the model runs on', async (_, search) => {
  const endless = run({ maxTargetTokens: ENDLESS, generation: { min_new_tokens: ENDLESS - 1 }, ...search });
  await setTimeout(300);
  stop.raise();
  expect(await endless).toMatchObject({ kind: 'failed', failure: { message: 'The run was stopped.' } });
  stop.lower();
  expect(await run({ maxTargetTokens: 5, ...search })).toMatchObject({ kind: 'done', outputs: [{ sourceLength: SOURCE.length }] });
});

describe('a pool of workers', () => {
  let letters: string, pool: ModelPool;
  const endless = (signal?: AbortSignal): Promise<unknown> =>
    pool.run([pool.source.encode('abc de')], pool.frame('en', 'pt'), { maxTargetTokens: ENDLESS }, undefined, signal);
  beforeAll(() => {
    letters = path.join(folder, 'letters');
    writeLetterModel(letters);
    writeFileSync(path.join(letters, 'bitext.json'), JSON.stringify({ from: 'en', to: 'pt' }));
    writeFileSync(path.join(letters, 'generation_config.json'), JSON.stringify({ decoder_start_token_id: 2, eos_token_id: 0, pad_token_id: 2, min_new_tokens: ENDLESS - 1, max_new_tokens: ENDLESS }));
  });
  beforeEach(async () => {
    pool = await ModelPool.open(await inspectModelFolder(letters), { cacheDir: path.join(folder, 'graphs'), precision: 'int8', device: 'cpu', threads: 1, workerEntry: moduleBeside('model-worker') });
  });
  afterEach(async () => {
    if (pool.alive) await pool.close();
  });

  test('stops a run whose request is cancelled, and has a free worker again', async () => {
    const cancel = new AbortController();
    const stopped = expect(endless(cancel.signal)).rejects.toThrow('The run was stopped.');
    await setTimeout(300);
    expect(pool.hasFree).toBe(false);
    cancel.abort();
    await stopped;
    expect(pool.hasFree).toBe(true);
    expect((await pool.run([pool.source.encode('abc de')], pool.frame('en', 'pt'), { maxTargetTokens: 5 })).outputs).toHaveLength(1);
  });

  test('ends in the middle of a run when it is closed', async () => {
    const stopped = expect(endless()).rejects.toThrow('The run was stopped.');
    await setTimeout(300);
    await pool.close();
    await stopped;
    expect(pool.alive).toBe(false);
  });
});
