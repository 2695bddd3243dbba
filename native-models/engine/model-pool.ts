/**
 * A loaded model: its tokenizers, and worker threads that each hold a session of one thread. Two sessions of one thread
 * translate more in a batch than one session of two. A worker is never terminated, which during a run would take the whole
 * process down: it is told to close, and ends when its run has, which a flag in shared memory may stop.
 */
import { Worker } from 'node:worker_threads';
import type { EncodedPair } from '../adaptation/pair-memory.ts';
import type { Candidate } from '../devices/trial-outcome.ts';
import type { DecodedSentence } from '../runtime/compiled-model.ts';
import { graphFolderOf } from '../runtime/graph-folder.ts';
import { StopFlag } from '../runtime/stop-flag.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import type { InspectedFolder } from '../weights/model-folder.ts';
import { BatchBudget } from './batch-budget.ts';
import type { EngineDevice, Precision } from './engine.ts';
import { EngineError } from './engine-error.ts';
import { framed, unframed, type LanguageFrame } from './language-frame.ts';
import { type ModelSides, openModelSides } from './model-sides.ts';
import type { FromWorker, ModelFacts, SearchOptions, ToWorker, WorkerModel } from './model-worker-messages.ts';
import { fromFailure } from './worker-failure.ts';

export interface PoolOptions {
  readonly cacheDir: string;
  readonly precision: Precision;
  readonly device: EngineDevice;
  /** Of all workers together. */
  readonly threads: number;
  /** The module that a worker runs. */
  readonly workerEntry: URL | string;
  /** Called when the first run has come back. */
  readonly onFirstRun?: () => void;
  /**
   * Called when the device fails in the middle of a run: where to go on instead, or throws what the run is to fail with.
   * When absent the run fails.
   */
  readonly instead?: (failed: Candidate, error: unknown) => Promise<Candidate>;
}

/** Bytes of weights. */
const LARGE_MODEL = 200e6;

/** Each session holds its own copy of the weights: of a large model there is one, with all threads inside it; on a device, too. */
const workersOf = ({ bytes }: InspectedFolder, { device, threads }: PoolOptions): number => (device !== 'cpu' || bytes > LARGE_MODEL ? 1 : threads);

function spawn(folder: InspectedFolder, options: PoolOptions): ModelThread {
  return new ModelThread(folder, { ...options, threads: Math.max(1, Math.floor(options.threads / workersOf(folder, options))) });
}

export interface RunOutcome {
  readonly outputs: readonly DecodedSentence[];
  readonly seconds: number;
}

export class ModelPool {
  readonly source: Tokenizer;
  readonly target: Tokenizer;
  readonly facts: ModelFacts;
  /** What stands around a text for a pair of languages. Throws EngineError PAIR_WITHOUT_MODEL. */
  readonly frame: ModelSides['frame'];
  readonly budget = new BatchBudget();
  /** Called when a worker has become free. */
  onFree: () => void = () => {};

  private readonly free: ModelThread[] = [];
  private readonly threads = new Set<ModelThread>();
  private readonly folder: InspectedFolder;
  private options: PoolOptions;
  /** The worker that was first shown confirmed pairs. */
  private rememberer: ModelThread | null = null;
  private closing = false;
  private ran = false;
  /** The device has failed, and the workers of the next one are on their way. */
  private moving = false;

  /**
   * Loads the tokenizers and a first worker; the other workers join when they are ready.
   * Throws EngineError MODEL_MISSING, MODEL_BROKEN, MODEL_UNSUPPORTED or DEVICE_UNAVAILABLE.
   */
  static async open(folder: InspectedFolder, options: PoolOptions): Promise<ModelPool> {
    const first = spawn(folder, options);
    const opened = first.opened;
    // The worker compiles the graph while this thread reads the vocabularies.
    opened.catch(() => {});
    let sides: ModelSides;
    try {
      sides = await openModelSides(folder);
    } catch (error) {
      void first.close();
      throw error;
    }
    const facts = await opened;
    const pool = new ModelPool(folder, options, sides, facts);
    pool.addAll(first);
    return pool;
  }

  private constructor(folder: InspectedFolder, options: PoolOptions, sides: ModelSides, facts: ModelFacts) {
    this.folder = folder;
    this.options = options;
    this.source = sides.source;
    this.target = sides.target;
    this.frame = sides.frame;
    this.facts = facts;
  }

  get hasFree(): boolean {
    return this.free.length > 0;
  }

  /** Whether any worker is left that can run. */
  get alive(): boolean {
    return this.threads.size > 0 || this.moving;
  }

  /** Where the model runs now. */
  get place(): Candidate {
    const { device, precision } = this.options;
    return { device, precision };
  }

  get busy(): boolean {
    return this.free.length < this.threads.size;
  }

  /**
   * Runs a batch on a free worker; there must be one. `sources`: token ids of texts, EOS last, without what the frame puts
   * around them; `similar`: what each remembers. Aborted, the run ends behind the step in hand and fails; where the model
   * can't do that (students, other devices than the cpu) it ends as it would.
   */
  async run(sources: readonly (readonly number[])[], frame: LanguageFrame, search: SearchOptions = {}, similar?: readonly (readonly EncodedPair[])[], signal?: AbortSignal): Promise<RunOutcome> {
    const thread = this.takeFree(similar !== undefined);
    if (thread === undefined) throw new Error('no worker is free');
    const { firstToken, generation } = frame;
    const asked = { ...search, ...(firstToken === null ? {} : { firstToken }), ...(generation === undefined ? {} : { generation }) };
    const runOn = async (worker: ModelThread): Promise<RunOutcome> => {
      const { outputs, seconds } = await worker.run(sources.map((ids) => framed(frame, ids)), asked, similar, signal);
      this.budget.record(sources.length * Math.max(0, ...sources.map((ids) => ids.length)), seconds);
      return { outputs: outputs.map((output) => unframed(frame, output)), seconds };
    };
    try {
      const outcome = await runOn(thread);
      if (!this.ran) this.options.onFirstRun?.();
      this.ran = true;
      return outcome;
    } catch (error) {
      if (this.options.instead === undefined || !(error instanceof EngineError) || error.code !== 'DEVICE_UNAVAILABLE') throw error;
      return await this.move(await this.options.instead(this.place, error), thread, runOn);
    } finally {
      if (this.threads.has(thread)) this.free.push(thread);
    }
  }

  /** What a worker remembers the others would have to learn anew: one of them remembers, unless it is busy. */
  private takeFree(remembers: boolean): ModelThread | undefined {
    const at = this.rememberer === null ? -1 : this.free.indexOf(this.rememberer);
    if (!remembers) return at >= 0 && at === this.free.length - 1 && at > 0 ? this.free.shift() : this.free.pop();
    const thread = at >= 0 ? this.free.splice(at, 1)[0] : this.free.pop();
    if (this.rememberer === null || !this.threads.has(this.rememberer)) this.rememberer = thread ?? null;
    return thread;
  }

  /** Stops the runs in hand and ends the workers; resolves when all have. */
  async close(): Promise<void> {
    this.closing = true;
    await Promise.all([...this.threads].map((thread) => thread.close()));
  }

  /** Leaves a device that failed, and runs there what failed on it. */
  private async move(place: Candidate, failed: ModelThread, run: (worker: ModelThread) => Promise<RunOutcome>): Promise<RunOutcome> {
    this.moving = true;
    // The first run on the device never comes back.
    this.ran = true;
    this.threads.delete(failed);
    void failed.close();
    this.options = { ...this.options, ...place };
    const first = spawn(this.folder, this.options);
    try {
      await first.opened;
      return await run(first);
    } finally {
      this.moving = false;
      await first.opened.then(() => this.addAll(first), () => {});
    }
  }

  /** Adds a worker that is ready, and the others that belong to it. */
  private addAll(first: ModelThread): void {
    this.add(first);
    for (let i = 1; i < workersOf(this.folder, this.options); i++) {
      const more = spawn(this.folder, this.options);
      // The model works with fewer threads, too: a worker that could not start is no failure of the request.
      more.opened.then(() => this.add(more), () => {});
    }
  }

  private add(thread: ModelThread): void {
    if (this.closing) {
      void thread.close();
      return;
    }
    this.threads.add(thread);
    this.free.push(thread);
    void thread.ended.then(() => {
      this.threads.delete(thread);
      const at = this.free.indexOf(thread);
      if (at >= 0) this.free.splice(at, 1);
      this.onFree();
    });
    this.onFree();
  }
}

interface PendingRun {
  resolve(outcome: RunOutcome): void;
  reject(error: EngineError): void;
}

class ModelThread {
  readonly opened: Promise<ModelFacts>;
  readonly ended: Promise<void>;
  private readonly worker: Worker;
  private readonly runs = new Map<number, PendingRun>();
  private readonly stop = new StopFlag();
  private lastId = 0;

  constructor({ folder, format }: InspectedFolder, { cacheDir, precision, device, threads, workerEntry }: PoolOptions) {
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
