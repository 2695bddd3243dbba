/**
 * A worker thread with a session of a model, seen from the engine's own thread. It is never terminated, which during a run
 * would take the whole process down: it is told to close, and ends when its run has, which a flag in shared memory may stop.
 */
import { Worker } from 'node:worker_threads';
import type { EncodedPair } from '../adaptation/pair-memory.ts';
import type { DecodedSentence } from '../runtime/compiled-model.ts';
import { graphFolderOf } from '../runtime/graph-folder.ts';
import { StopFlag } from '../runtime/stop-flag.ts';
import type { InspectedFolder } from '../weights/model-folder.ts';
import type { EngineDevice, Precision } from './engine.ts';
import { EngineError } from './engine-error.ts';
import type { FromWorker, ModelFacts, SearchOptions, ToWorker, WorkerModel } from './model-worker-messages.ts';
import { fromFailure } from './worker-failure.ts';

export interface ThreadOptions {
  readonly cacheDir: string;
  readonly precision: Precision;
  readonly device: EngineDevice;
  /** Of the thread's session. */
  readonly threads: number;
  /** The module that the thread runs. */
  readonly workerEntry: URL | string;
}

export interface RunOutcome {
  readonly outputs: readonly DecodedSentence[];
  readonly seconds: number;
}

interface PendingRun {
  resolve(outcome: RunOutcome): void;
  reject(error: EngineError): void;
}

export class ModelThread {
  /** Rejects with EngineError MODEL_MISSING, MODEL_BROKEN, MODEL_UNSUPPORTED, DEVICE_UNAVAILABLE or ENGINE_EXITED. */
  readonly opened: Promise<ModelFacts>;
  /** Resolves when the thread is gone, however it ended. */
  readonly ended: Promise<void>;
  private readonly worker: Worker;
  private readonly runs = new Map<number, PendingRun>();
  private readonly stop = new StopFlag();
  private lastId = 0;

  constructor({ folder, format }: InspectedFolder, { cacheDir, precision, device, threads, workerEntry }: ThreadOptions) {
    const data: WorkerModel = { options: { folder, format, cacheDir: graphFolderOf(folder, cacheDir), precision, device, threads }, stop: this.stop.words };
    this.worker = new Worker(workerEntry, { workerData: data });
    let refuse: (error: EngineError) => void = () => {};
    this.opened = new Promise((resolve, reject) => {
      refuse = reject;
      this.worker.on('message', (message: FromWorker) => {
        if (message.kind === 'ready') resolve(message.facts);
        else if (message.kind === 'refused') reject(fromFailure(message.failure));
        else this.settle(message);
      });
    });
    this.opened.catch(() => {});
    let cause: unknown;
    this.worker.on('error', (error) => {
      cause = error;
    });
    this.ended = new Promise((resolve) => {
      this.worker.on('exit', () => {
        const error = new EngineError('ENGINE_EXITED', `The model's thread ended${cause instanceof Error ? `: ${cause.message}` : ''}.`, 'Try again.', { cause });
        refuse(error);
        for (const run of this.runs.values()) run.reject(error);
        this.runs.clear();
        resolve();
      });
    });
  }

  /** One run at a time: the flag is for the one in hand. */
  run(sources: readonly (readonly number[])[], search: SearchOptions, similar: readonly (readonly EncodedPair[])[] | undefined, signal: AbortSignal | undefined): Promise<RunOutcome> {
    const id = ++this.lastId;
    const abort = (): void => this.stop.raise();
    this.stop.lower();
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    const outcome = new Promise<RunOutcome>((resolve, reject) => {
      this.runs.set(id, { resolve, reject });
      this.tell({ kind: 'run', id, sources, search, ...(similar === undefined ? {} : { similar }) });
    });
    return outcome.finally(() => signal?.removeEventListener('abort', abort));
  }

  /** Stops a run in hand. */
  close(): Promise<void> {
    this.stop.raise();
    this.tell({ kind: 'close' });
    return this.ended;
  }

  private settle(message: Extract<FromWorker, { id: number }>): void {
    const run = this.runs.get(message.id);
    this.runs.delete(message.id);
    if (message.kind === 'done') run?.resolve({ outputs: message.outputs, seconds: message.seconds });
    else run?.reject(fromFailure(message.failure));
  }

  private tell(message: ToWorker): void {
    this.worker.postMessage(message);
  }
}
