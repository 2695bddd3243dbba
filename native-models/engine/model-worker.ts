/** Entry of a worker thread: one model, one session, one run at a time. Token ids come in, token ids go out. */
import { parentPort, workerData } from 'node:worker_threads';
import { PairMemory } from '../adaptation/pair-memory.ts';
import type { CompiledModel, DecodedSentence } from '../runtime/compiled-model.ts';
import { openModel } from '../runtime/open-model.ts';
import { StopFlag } from '../runtime/stop-flag.ts';
import type { FromWorker, ToWorker, WorkerModel } from './model-worker-messages.ts';
import { toFailure } from './worker-failure.ts';

if (parentPort === null) throw new Error('model-worker is the entry of a worker thread');
const port = parentPort;
const { options, stop: words }: WorkerModel = workerData;
const stop = new StopFlag(words);

let model: CompiledModel | null = null;
let pairMemory: PairMemory | null = null;
let queue = open();
port.on('message', (message: ToWorker) => {
  queue = queue.then(() => handle(message));
});

async function open(): Promise<void> {
  try {
    const notices: string[] = [];
    model = await openModel(options, (text) => notices.push(text));
    const { eosId, vocabularySize, maxSourceTokens } = model;
    tell({ kind: 'ready', facts: { eosId, vocabularySize, maxSourceTokens, notices } });
  } catch (error) {
    tell({ kind: 'refused', failure: toFailure(error) });
    port.close();
  }
}

async function handle(message: ToWorker): Promise<void> {
  if (message.kind === 'close') {
    await model?.close();
    port.close();
    return;
  }
  const { id, sources, search, similar } = message;
  try {
    if (model === null) throw new Error('the model is not open');
    const since = performance.now();
    // Always with attention and scores: one graph serves every request, and they cost about one run in a hundred.
    const memory = similar === undefined ? {} : { memory: await (pairMemory ??= new PairMemory(model)).of(similar) };
    const { outputs } = await model.run(sources, { alignment: true, scores: true, ...search, ...memory, stop });
    tell({ kind: 'done', id, outputs, seconds: (performance.now() - since) / 1000 }, buffersOf(outputs));
  } catch (error) {
    tell({ kind: 'failed', id, failure: toFailure(error) });
  }
}

/** What is handed over instead of being copied; the sentences of a batch may lie in one buffer. */
function buffersOf(outputs: readonly DecodedSentence[]): ArrayBuffer[] {
  const buffers = new Set(outputs.flatMap(({ ids, tokenScores, attention }) => [ids.buffer, tokenScores?.buffer, attention?.buffer]));
  return [...buffers].filter((buffer) => buffer instanceof ArrayBuffer);
}

function tell(message: FromWorker, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}
