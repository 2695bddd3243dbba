/**
 * A `FolderGenerator` in a thread of its own: whoever asks it stays awake while the model runs, and can stop it in the middle
 * of an output.
 */
import { Worker } from 'node:worker_threads';
import { EngineError } from '../engine/engine-error.ts';
import { moduleBeside } from '../engine/module-beside.ts';
import { fromFailure, type WorkerFailure } from '../engine/worker-failure.ts';
import { StopFlag } from '../runtime/stop-flag.ts';
import type { FolderGeneratorOptions, Generated, GenerationDetails } from './folder-generator.ts';
import type { GenerationRequest } from './generation-request.ts';

type ThreadOptions = Omit<FolderGeneratorOptions, 'notice'>;

/** The worker's `workerData`. */
export interface GeneratorData {
  readonly folder: string;
  readonly options: ThreadOptions;
  /** The memory of the flag that stops a run. */
  readonly stop: Int32Array;
}

export type ToGenerator =
  | { readonly kind: 'generate'; readonly request: GenerationRequest }
  | { readonly kind: 'details'; readonly request: GenerationRequest; readonly generated: Generated }
  | { readonly kind: 'close' };

/** Requests are answered in their order. */
export type FromGenerator =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly failure: WorkerFailure }
  | { readonly kind: 'failed'; readonly failure: WorkerFailure }
  | { readonly kind: 'notice'; readonly text: string }
  | { readonly kind: 'answer'; readonly value: Generated | GenerationDetails };

interface Waiting {
  resolve(value: Generated | GenerationDetails): void;
  reject(error: EngineError): void;
}

/** Throws as `openFolderGenerator` does. */
export async function openGeneratorThread(folder: string, { notice, ...options }: FolderGeneratorOptions, entry = moduleBeside('generator-worker', import.meta.dirname)): Promise<GeneratorThread> {
  const stop = new StopFlag();
  const workerData: GeneratorData = { folder, options, stop: stop.words };
  const worker = new Worker(entry, { workerData });
  const waiting: Waiting[] = [];
  await new Promise<void>((resolve, reject) => {
    let cause: unknown;
    worker.on('error', (error) => { cause = error; });
    worker.on('exit', () => {
      const error = new EngineError('ENGINE_EXITED', `The model's thread ended${cause instanceof Error ? `: ${cause.message}` : ''}.`, 'Try again.', { cause });
      reject(error);
      for (const one of waiting.splice(0)) one.reject(error);
    });
    worker.on('message', (message: FromGenerator) => {
      if (message.kind === 'ready') resolve();
      else if (message.kind === 'refused') reject(fromFailure(message.failure));
      else if (message.kind === 'notice') notice?.(message.text);
      else if (message.kind === 'failed') waiting.shift()?.reject(fromFailure(message.failure));
      else waiting.shift()?.resolve(message.value);
    });
  });
  return new GeneratorThread(worker, waiting, stop);
}

export class GeneratorThread {
  readonly #worker: Worker;
  readonly #waiting: Waiting[];
  readonly #stop: StopFlag;

  /** `waiting`: who is answered next, first. */
  constructor(worker: Worker, waiting: Waiting[], stop: StopFlag) {
    this.#worker = worker;
    this.#waiting = waiting;
    this.#stop = stop;
  }

  /** One at a time. Throws as `FolderGenerator.generate` does; aborted, it rejects with the signal's reason when the step in hand is done. */
  async generate(request: GenerationRequest, signal?: AbortSignal): Promise<Generated> {
    signal?.throwIfAborted();
    const abort = (): void => this.#stop.raise();
    this.#stop.lower();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const value = await this.#ask({ kind: 'generate', request });
      if ('output' in value) return value;
      throw new EngineError('ENGINE_EXITED', 'The model gave an answer of another kind.', 'Try again.');
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** As `FolderGenerator.details`. */
  async details(request: GenerationRequest, generated: Generated): Promise<GenerationDetails> {
    const value = await this.#ask({ kind: 'details', request, generated });
    if ('encoder' in value) return value;
    throw new EngineError('ENGINE_EXITED', 'The model gave an answer of another kind.', 'Try again.');
  }

  /** Stops a run in hand. */
  async close(): Promise<void> {
    this.#stop.raise();
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#tell({ kind: 'close' });
    await ended;
  }

  #ask(message: ToGenerator): Promise<Generated | GenerationDetails> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#tell(message);
    });
  }

  #tell(message: ToGenerator): void {
    this.#worker.postMessage(message);
  }
}
