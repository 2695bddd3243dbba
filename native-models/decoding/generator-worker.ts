/** Entry of a worker thread that holds one model for generation, and answers one request after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { toFailure } from '../engine/worker-failure.ts';
import { StopFlag } from '../runtime/stop-flag.ts';
import { type FolderGenerator, openFolderGenerator } from './folder-generator.ts';
import type { FromGenerator, GeneratorData, ToGenerator } from './generator-thread.ts';

if (parentPort === null) throw new Error('generator-worker is the entry of a worker thread');
const port = parentPort;
const { folder, options, stop: words }: GeneratorData = workerData;
const stop = new StopFlag(words);

let generator: FolderGenerator | null = null;
let queue = open();
port.on('message', (message: ToGenerator) => {
  queue = queue.then(() => handle(message));
});

async function open(): Promise<void> {
  try {
    generator = await openFolderGenerator(folder, { ...options, notice: (text) => tell({ kind: 'notice', text }) });
    tell({ kind: 'ready' });
  } catch (error) {
    tell({ kind: 'refused', failure: toFailure(error) });
    port.close();
  }
}

async function handle(message: ToGenerator): Promise<void> {
  if (message.kind === 'close') {
    await generator?.close();
    port.close();
    return;
  }
  try {
    if (generator === null) throw new Error('the model is not open');
    const { request } = message;
    if (message.kind === 'generate') tell({ kind: 'answer', value: await generator.generate(request, stop) });
    else tell({ kind: 'answer', value: await generator.details(request, message.generated) });
  } catch (error) {
    tell({ kind: 'failed', failure: toFailure(error) });
  }
}

function tell(message: FromGenerator): void {
  port.postMessage(message);
}
