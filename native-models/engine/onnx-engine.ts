/**
 * The engine in this process: finds the models, loads them into worker threads, and feeds these from the requests.
 * The process that calls this may be killed at any moment; the engine holds nothing that is not in the caller's hands.
 */
import { availableParallelism } from 'node:os';
import { alignmentHeadOf, tellsWhatIsLost } from '../catalog/manifest.ts';
import { chooseModel } from '../catalog/choose-model.ts';
import { findModels, type FoundModels } from '../catalog/find-models.ts';
import type { Candidate } from '../devices/trial-outcome.ts';
import { WIDEST_BEAM } from '../runtime/compiled-model.ts';
import { openTextTasks } from '../tasks/open-text-tasks.ts';
import { inspectModelFolder } from '../weights/inspect-folder.ts';
import type { DeviceWish, Engine, EngineState, ModelDescription, Precision, TranslatedBatch, TranslateRequest, TranslateSummary } from './engine.ts';
import { EngineError } from './engine-error.ts';
import type { LanguageFrame } from './language-frame.ts';
import { ModelDevices } from './model-devices.ts';
import { ModelPool } from './model-pool.ts';
import { moduleBeside } from './module-beside.ts';
import { Throughput } from './throughput.ts';
import { type Batch, TranslationJob } from './translation-job.ts';

export interface OnnxEngineOptions {
  /** Folders that are a model or hold models. */
  readonly modelDirs: readonly string[];
  /** Where compiled graphs are kept; created when absent. */
  readonly cacheDir: string;
  /** Worker threads for each loaded model; when absent one for each core, up to eight. */
  readonly threads?: number;
  /** When absent int8 on the cpu, float32 on a device that is named, the best of each device with `auto`. */
  readonly precision?: Precision;
  /** cpu when absent. */
  readonly device?: DeviceWish;
  /** The module of the worker threads; found beside this one when absent. */
  readonly workerEntry?: URL | string;
  /** Told which texts of which request a worker is about to translate, so that a crash can be laid at their door. */
  readonly onRun?: (request: TranslateRequest, indices: readonly number[]) => void;
}

/** A device wants more work at a time; not measured yet on one. */
const DEVICE_BATCH_ROWS = 64;
const DEVICE_BATCH_TOKENS = 8192;
/** Beyond this the students lose parts of a sentence (measured in docs/engine-batching.md). */
const GOOD_TOKENS = 96;
/** Models kept loaded, the least recently used goes first. */
const MOST_MODELS = 2;

/** Opens no model yet: each is loaded when the first request wants it. */
export function createOnnxEngine(options: OnnxEngineOptions): Engine {
  return new OnnxEngine(options);
}

interface LoadedModel {
  readonly description: ModelDescription;
  readonly pool: Promise<ModelPool>;
  /** The same once it is there. */
  opened: ModelPool | null;
  /** Requests that need it now. */
  users: number;
  lastUse: number;
}

interface QueuedJob {
  readonly job: TranslationJob;
  readonly pool: ModelPool;
  readonly frame: LanguageFrame;
  readonly signal: AbortSignal | undefined;
  fail(error: unknown): void;
  finish(): void;
}

class OnnxEngine implements Engine {
  private readonly options: OnnxEngineOptions;
  private readonly threads: number;
  private readonly devices: ModelDevices;
  private readonly loaded = new Map<string, LoadedModel>();
  private readonly queue: QueuedJob[] = [];
  private readonly throughput = new Throughput();
  private readonly notices = new Set<string>();
  private found: Promise<FoundModels> | null = null;
  private uses = 0;
  private closed = false;
  readonly tasks: ReturnType<typeof openTextTasks>;

  constructor(options: OnnxEngineOptions) {
    this.options = options;
    this.threads = Math.max(1, Math.floor(options.threads ?? Math.min(8, availableParallelism())));
    const { device = 'cpu', precision, cacheDir } = options;
    this.devices = new ModelDevices({ device, cacheDir, threads: this.threads, ...(precision === undefined ? {} : { precision }) });
    this.tasks = openTextTasks({ modelDirs: options.modelDirs, threads: this.threads, device, cacheDir, notice: (text) => this.notices.add(text) });
  }

  models(): Promise<FoundModels> {
    this.found = findModels(this.options.modelDirs);
    return this.found;
  }

  state(): Promise<EngineState> {
    const latest = [...this.loaded.values()].toSorted((a, b) => b.lastUse - a.lastUse).find(({ opened }) => opened !== null);
    const { device, precision } = latest?.opened?.place ?? this.devices.usual;
    return Promise.resolve({
      device,
      precision: this.loaded.size === 0 ? null : precision,
      threads: this.threads,
      loaded: [...this.loaded.values()].map(({ description }) => description.id),
      wordsPerSecond: this.throughput.wordsPerSecond,
      residentBytes: process.memoryUsage.rss(),
      notices: [...this.notices, ...this.devices.notices],
    });
  }

  async translate(request: TranslateRequest, { signal, onBatch }: { signal?: AbortSignal; onBatch(batch: TranslatedBatch): void }): Promise<TranslateSummary> {
    signal?.throwIfAborted();
    if (this.closed) throw closedError();
    const { beam = 1 } = request;
    if (!Number.isInteger(beam) || beam < 1 || beam > WIDEST_BEAM) throw new EngineError('INVALID_INPUT', `A beam of ${beam} is not between 1 and ${WIDEST_BEAM}.`, 'Four to six are usual.');
    const model = await this.choose(request);
    const entry = await this.load(model, request);
    try {
      const pool = await unlessAborted(entry.pool, signal);
      if (this.closed) throw closedError();
      const frame = pool.frame(request.from, request.to);
      const since = performance.now();
      const job = new TranslationJob(request, { source: pool.source, target: pool.target, eosId: pool.source.eosId, goodTokens: Math.min(GOOD_TOKENS, pool.facts.maxSourceTokens - frame.before.length - frame.after.length + 1), freeTokens: model.architecture === 'marian-student', remembers: model.architecture === 'marian-student', coverage: model.architecture === 'marian-student' || tellsWhatIsLost(alignmentHeadOf(model.folder)) }, onBatch);
      await this.enqueue(job, pool, frame, signal);
      return { model: model.id, ...pool.place, segments: request.texts.length, words: job.words, seconds: (performance.now() - since) / 1000 };
    } finally {
      entry.users--;
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const queued of [...this.queue]) {
      queued.job.cancelled = true;
      queued.fail(closedError());
    }
    await Promise.all([...this.loaded.values()].map(async ({ pool }) => (await pool.catch(() => null))?.close()));
    this.loaded.clear();
    await this.tasks.close();
  }

  private async choose(request: TranslateRequest): Promise<ModelDescription> {
    const known = this.found;
    if (known !== null) {
      try {
        return await chooseModel(await known, request);
      } catch {
        // It may have been installed since.
      }
    }
    return chooseModel(await this.models(), request);
  }

  /** The model with one more user, loaded or being loaded. */
  private async load(model: ModelDescription, request: TranslateRequest): Promise<LoadedModel> {
    const known = this.loaded.get(model.folder);
    const entry = known ?? { description: model, pool: this.openPool(model, request), opened: null, users: 0, lastUse: 0 };
    entry.users++;
    entry.lastUse = ++this.uses;
    if (known === undefined) {
      this.loaded.set(model.folder, entry);
      entry.pool.then((pool) => { entry.opened = pool; }, () => this.forget(model.folder, entry));
      this.unloadOthers();
      return entry;
    }
    const pool = await entry.pool.catch(() => null);
    if (pool === null || pool.alive) return entry;
    entry.users--;
    this.forget(model.folder, entry);
    return this.load(model, request);
  }

  private forget(folder: string, entry: LoadedModel): void {
    if (this.loaded.get(folder) === entry) this.loaded.delete(folder);
  }

  private async openPool({ id, folder }: ModelDescription, { from, to, priority }: TranslateRequest): Promise<ModelPool> {
    const inspected = await inspectModelFolder(folder);
    const model = { folder, from, to };
    const open = async (place: Candidate): Promise<ModelPool> => {
      const begun = await this.devices.begin(place, model);
      return ModelPool.open(inspected, {
        ...place,
        cacheDir: this.options.cacheDir,
        threads: this.threads,
        workerEntry: this.options.workerEntry ?? moduleBeside('model-worker'),
        onFirstRun: () => void begun(),
        instead: (failed, error) => this.devices.insteadOf(failed, model, error),
      });
    };
    // Whoever waits for one sentence does not wait for devices to be tried.
    const place = await this.devices.choose(model, priority === 'batch');
    const pool = await open(place).catch(async (error: unknown) => open(await this.devices.insteadOf(place, model, error)));
    for (const notice of pool.facts.notices) this.notices.add(`${id}: ${notice}`);
    pool.onFree = () => this.pump();
    return pool;
  }

  /** Closes the least recently used models beyond the limit, those in use excepted. */
  private unloadOthers(): void {
    const idle = [...this.loaded.entries()].filter(([, { users }]) => users === 0).sort(([, a], [, b]) => a.lastUse - b.lastUse);
    for (const [folder, entry] of idle.slice(0, Math.max(0, this.loaded.size - MOST_MODELS))) {
      this.forget(folder, entry);
      void entry.pool.then((pool) => pool.close(), () => {});
    }
  }

  private enqueue(job: TranslationJob, pool: ModelPool, frame: LanguageFrame, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        const at = this.queue.indexOf(queued);
        if (at < 0) return;
        this.queue.splice(at, 1);
        signal?.removeEventListener('abort', abort);
        act();
      };
      const queued: QueuedJob = { job, pool, frame, signal, finish: () => settle(resolve), fail: (error) => settle(() => reject(error instanceof Error ? error : new Error(String(error)))) };
      const abort = (): void => {
        job.cancelled = true;
        if (job.running === 0) queued.fail(signal?.reason);
      };
      this.queue.push(queued);
      signal?.addEventListener('abort', abort);
      this.pump();
      if (signal?.aborted) abort();
    });
  }

  /** Gives every free worker a batch: of interactive requests first, else of the request that came first. */
  private pump(): void {
    for (const priority of ['interactive', 'batch'] as const) {
      for (const queued of [...this.queue]) {
        if (queued.job.request.priority !== priority) continue;
        this.feed(queued);
      }
    }
  }

  private feed(queued: QueuedJob): void {
    const { job, pool } = queued;
    if (!pool.alive) return queued.fail(new EngineError('ENGINE_EXITED', 'The threads of the model have ended.', 'Try again.'));
    try {
      while (pool.hasFree && job.hasWork) {
        const batch = pool.place.device === 'cpu' ? job.take(pool.budget.rows, pool.budget.tokens) : job.take(DEVICE_BATCH_ROWS, DEVICE_BATCH_TOKENS);
        if (batch.chunks.length > 0) void this.run(queued, batch);
        job.planAhead();
      }
      job.handOver();
    } catch (error) {
      job.cancelled = true;
      return queued.fail(error);
    }
    if (job.isDone && job.running === 0) queued.finish();
  }

  private async run(queued: QueuedJob, batch: Batch): Promise<void> {
    const { chunks, search, similar } = batch;
    const { job, pool, frame } = queued;
    job.running++;
    const start = performance.now() / 1000;
    try {
      this.options.onRun?.(job.request, chunks.flatMap(({ indices }) => indices));
      const { outputs } = await pool.run(chunks.map(({ ids }) => ids), frame, search, similar, queued.signal);
      // The worker gets its next batch before this thread turns to the answers.
      this.pump();
      this.throughput.record({ start, end: performance.now() / 1000, words: chunks.reduce((sum, chunk) => sum + chunk.words, 0) });
      if (this.queue.includes(queued)) job.settle(batch, outputs);
    } catch (error) {
      job.cancelled = true;
      // A request that was cancelled ends when the last of its runs has.
      if (queued.signal?.aborted !== true) queued.fail(error);
    }
    job.running--;
    if (job.cancelled && job.running === 0) queued.fail(queued.signal?.reason);
    this.pump();
  }
}

const closedError = (): EngineError => new EngineError('ENGINE_EXITED', 'The engine was closed.', 'Start the studio again.');

/** Loading a model, and trying devices with it the first time, takes as long as it takes; whoever waits need not. */
async function unlessAborted<T>(loading: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return loading;
  const over = new AbortController();
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => { resolve(); }, { once: true, signal: over.signal });
  });
  signal.throwIfAborted();
  try {
    await Promise.race([loading, aborted]);
  } finally {
    over.abort();
  }
  signal.throwIfAborted();
  return loading;
}
