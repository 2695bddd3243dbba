/** Entry of a worker thread that holds one model for generation, and answers one request after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { serveModel } from '../engine/serve-model.ts';
import { StopFlag } from '../runtime/stop-flag.ts';
import { type FolderGenerator, openFolderGenerator } from './folder-generator.ts';
import type { FromGenerator, GeneratorData, ToGenerator } from './generator-thread.ts';

if (parentPort === null) throw new Error('generator-worker is the entry of a worker thread');
const port = parentPort;
const { folder, options, stop: words }: GeneratorData = workerData;
const stop = new StopFlag(words);
const notice = (text: string): void => {
  const message: FromGenerator = { kind: 'notice', text };
  port.postMessage(message);
};

serveModel<FolderGenerator, Exclude<ToGenerator, { kind: 'close' }>, FromGenerator>(port, {
  open: () => openFolderGenerator(folder, { ...options, notice }),
  ready: () => ({ kind: 'ready' }),
  answer: async (generator, message) => ({ told: { kind: 'answer', value: message.kind === 'generate' ? await generator.generate(message.request, stop) : await generator.details(message.request, message.generated) } }),
  failed: (_, failure) => ({ kind: 'failed', failure }),
});
