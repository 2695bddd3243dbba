/** Entry of a worker thread: one model, one session, one run at a time. Token ids come in, token ids go out. */
import { parentPort, workerData } from 'node:worker_threads';
import { PairMemory } from '../adaptation/pair-memory.ts';
import type { CompiledModel, DecodedSentence } from '../runtime/compiled-model.ts';
import { openModel } from '../runtime/open-model.ts';
import { StopFlag } from '../runtime/stop-flag.ts';
import type { FromWorker, ToWorker, WorkerModel } from './model-worker-messages.ts';
import { serveModel } from './serve-model.ts';

if (parentPort === null) throw new Error('model-worker is the entry of a worker thread');
const { options, stop: words }: WorkerModel = workerData;
const stop = new StopFlag(words);
const notices: string[] = [];
let pairMemory: PairMemory | null = null;

serveModel<CompiledModel, Extract<ToWorker, { kind: 'run' }>, FromWorker>(parentPort, {
  open: () => openModel(options, (text) => notices.push(text)),
  ready: ({ eosId, vocabularySize, maxSourceTokens }) => ({ kind: 'ready', facts: { eosId, vocabularySize, maxSourceTokens, notices } }),
  async answer(model, { id, sources, search, similar }) {
    const since = performance.now();
    // Always with attention and scores: one graph serves every request, and they cost about one run in a hundred.
    const memory = similar === undefined ? {} : { memory: await (pairMemory ??= new PairMemory(model)).of(similar) };
    const { outputs } = await model.run(sources, { alignment: true, scores: true, ...search, ...memory, stop });
    return { told: { kind: 'done', id, outputs, seconds: (performance.now() - since) / 1000 }, transfer: buffersOf(outputs) };
  },
  failed: ({ id }, failure) => ({ kind: 'failed', id, failure }),
});

/** What is handed over instead of being copied; the sentences of a batch may lie in one buffer. */
function buffersOf(outputs: readonly DecodedSentence[]): ArrayBuffer[] {
  const buffers = new Set(outputs.flatMap(({ ids, tokenScores, attention }) => [ids.buffer, tokenScores?.buffer, attention?.buffer]));
  return [...buffers].filter((buffer) => buffer instanceof ArrayBuffer);
}
