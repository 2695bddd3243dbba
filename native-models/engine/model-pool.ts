/**
 * A loaded model: its tokenizers, and worker threads that each hold a session of one thread. Two sessions of one thread
 * translate more in a batch than one session of two.
 */
import type { EncodedPair } from '../adaptation/pair-memory.ts';
import type { Candidate } from '../devices/trial-outcome.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import type { InspectedFolder } from '../weights/model-folder.ts';
import { BatchBudget } from './batch-budget.ts';
import { EngineError } from './engine-error.ts';
import { framed, unframed, type LanguageFrame } from './language-frame.ts';
import { type ModelSides, openModelSides } from './model-sides.ts';
import { ModelThread, type RunOutcome, type ThreadOptions } from './model-thread.ts';
import type { ModelFacts, SearchOptions } from './model-worker-messages.ts';

/** `threads`: of all workers together. */
export interface PoolOptions extends ThreadOptions {
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
  /** Workers that are starting, or were told to end. */
  private readonly onTheirWay = new Set<ModelThread>();
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

  /** Stops the runs in hand and ends the workers, also those that are only starting; resolves when all have. */
  async close(): Promise<void> {
    this.closing = true;
    await Promise.all([...this.threads, ...this.onTheirWay].map((thread) => thread.close()));
  }

  /** Leaves a device that failed, and runs there what failed on it. */
  private async move(place: Candidate, failed: ModelThread, run: (worker: ModelThread) => Promise<RunOutcome>): Promise<RunOutcome> {
    this.moving = true;
    // The first run on the device never comes back.
    this.ran = true;
    this.threads.delete(failed);
    this.follow(failed);
    void failed.close();
    this.options = { ...this.options, ...place };
    const first = spawn(this.folder, this.options);
    this.follow(first);
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
      this.follow(more);
      // The model works with fewer threads, too: a worker that could not start is no failure of the request.
      more.opened.then(() => this.add(more), () => {});
    }
  }

  /** Whoever closes the pool waits for this worker until it has joined or ended. */
  private follow(thread: ModelThread): void {
    this.onTheirWay.add(thread);
    void thread.ended.then(() => this.onTheirWay.delete(thread));
  }

  private add(thread: ModelThread): void {
    if (this.closing) {
      void thread.close();
      return;
    }
    this.onTheirWay.delete(thread);
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
