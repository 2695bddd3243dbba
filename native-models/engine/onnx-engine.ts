/**
 * The engine in this process: finds the models, loads them into worker threads, and feeds these from the requests.
 * The process that calls this may be killed at any moment; the engine holds nothing that is not in the caller's hands.
 */
import { availableParallelism } from 'node:os';
import { alignmentHeadOf, tellsWhatIsLost } from '../catalog/manifest.ts';
import { chooseModel } from '../catalog/choose-model.ts';
import { findModels, type FoundModels } from '../catalog/find-models.ts';
import { WIDEST_BEAM } from '../runtime/compiled-model.ts';
import { openTextTasks } from '../tasks/open-text-tasks.ts';
import type { DeviceWish, Engine, EngineState, ModelDescription, Precision, TranslatedBatch, TranslateRequest, TranslateSummary } from './engine.ts';
import { EngineError } from './engine-error.ts';
import type { JobModel } from './job-model.ts';
import { JobQueue } from './job-queue.ts';
import type { LanguageFrame } from './language-frame.ts';
import { closedError, LoadedModels } from './loaded-models.ts';
import { ModelDevices } from './model-devices.ts';
import type { ModelPool } from './model-pool.ts';
import { moduleBeside } from './module-beside.ts';
import { TranslationJob } from './translation-job.ts';

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

/** Beyond this the students lose parts of a sentence (measured in docs/engine-batching.md). */
const GOOD_TOKENS = 96;

/** Opens no model yet: each is loaded when the first request wants it. */
export function createOnnxEngine(options: OnnxEngineOptions): Engine {
  return new OnnxEngine(options);
}

class OnnxEngine implements Engine {
  private readonly options: OnnxEngineOptions;
  private readonly threads: number;
  private readonly devices: ModelDevices;
  private readonly loaded: LoadedModels;
  private readonly queue: JobQueue;
  private readonly notices = new Set<string>();
  private found: Promise<FoundModels> | null = null;
  readonly tasks: ReturnType<typeof openTextTasks>;

  constructor(options: OnnxEngineOptions) {
    this.options = options;
    this.threads = Math.max(1, Math.floor(options.threads ?? Math.min(8, availableParallelism())));
    const { device = 'cpu', precision, cacheDir, workerEntry = moduleBeside('model-worker'), onRun = () => {} } = options;
    const notice = (text: string): void => { this.notices.add(text); };
    this.devices = new ModelDevices({ device, cacheDir, threads: this.threads, ...(precision === undefined ? {} : { precision }) });
    this.tasks = openTextTasks({ modelDirs: options.modelDirs, threads: this.threads, device, cacheDir, notice });
    this.queue = new JobQueue(onRun);
    this.loaded = new LoadedModels({ cacheDir, threads: this.threads, workerEntry, devices: this.devices, notice, onFree: () => this.queue.pump() });
  }

  models(): Promise<FoundModels> {
    this.found = findModels(this.options.modelDirs);
    return this.found;
  }

  state(): Promise<EngineState> {
    const { device, precision } = this.loaded.latest?.place ?? this.devices.usual;
    const loaded = this.loaded.all.map(({ description }) => description.id);
    return Promise.resolve({
      device,
      precision: loaded.length === 0 ? null : precision,
      threads: this.threads,
      loaded,
      wordsPerSecond: this.queue.throughput.wordsPerSecond,
      residentBytes: process.memoryUsage.rss(),
      notices: [...this.notices, ...this.devices.notices],
    });
  }

  async translate(request: TranslateRequest, { signal, onBatch }: { signal?: AbortSignal; onBatch(batch: TranslatedBatch): void }): Promise<TranslateSummary> {
    signal?.throwIfAborted();
    if (this.loaded.closed) throw closedError();
    const { beam = 1 } = request;
    if (!Number.isInteger(beam) || beam < 1 || beam > WIDEST_BEAM) throw new EngineError('INVALID_INPUT', `A beam of ${beam} is not between 1 and ${WIDEST_BEAM}.`, 'Four to six are usual.');
    const model = await this.choose(request);
    signal?.throwIfAborted();
    const entry = this.loaded.use(model, request);
    try {
      const pool = await unlessAborted(entry.pool, signal);
      if (this.loaded.closed) throw closedError();
      const frame = pool.frame(request.from, request.to);
      const since = performance.now();
      const job = new TranslationJob(request, jobModel(model, pool, frame), onBatch);
      await this.queue.enqueue(job, pool, frame, signal);
      return { model: model.id, ...pool.place, segments: request.texts.length, words: job.words, seconds: (performance.now() - since) / 1000 };
    } finally {
      entry.users--;
    }
  }

  async close(): Promise<void> {
    const ended = this.loaded.close();
    this.queue.cancelAll(closedError());
    await ended;
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
}

/** What a request needs to know of the model in the pool; `frame`: what stands around each text. */
function jobModel({ architecture, folder }: ModelDescription, { source, target, facts }: ModelPool, { before, after }: LanguageFrame): JobModel {
  const isStudent = architecture === 'marian-student';
  return {
    source, target, eosId: source.eosId,
    goodTokens: Math.min(GOOD_TOKENS, facts.maxSourceTokens - before.length - after.length + 1),
    freeTokens: isStudent, remembers: isStudent,
    coverage: isStudent || tellsWhatIsLost(alignmentHeadOf(folder)),
  };
}

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
