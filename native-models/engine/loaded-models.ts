/** The models that the engine holds: each is loaded when a request wants it, and the least recently used one goes. */
import type { Candidate } from '../devices/trial-outcome.ts';
import { inspectModelFolder } from '../weights/inspect-folder.ts';
import type { ModelDescription, TranslateRequest } from './engine.ts';
import { EngineError } from './engine-error.ts';
import type { ModelDevices } from './model-devices.ts';
import { ModelPool } from './model-pool.ts';

/** Models kept loaded, those in use beyond it excepted. */
const MOST_MODELS = 2;

export interface LoadedModelsOptions {
  readonly cacheDir: string;
  /** Worker threads for each model. */
  readonly threads: number;
  /** The module of the worker threads. */
  readonly workerEntry: URL | string;
  readonly devices: ModelDevices;
  /** Told what the user should know of how a model is run. */
  readonly notice: (text: string) => void;
  /** Called when a worker of any model has become free. */
  readonly onFree: () => void;
}

/** What of a request says where and how its model is opened. */
type Wish = Pick<TranslateRequest, 'from' | 'to' | 'priority'>;

export interface LoadedModel {
  readonly description: ModelDescription;
  readonly pool: Promise<ModelPool>;
  /** The same once it is there. */
  opened: ModelPool | null;
  /** Requests that need it now. */
  users: number;
  lastUse: number;
}

export class LoadedModels {
  private readonly options: LoadedModelsOptions;
  private readonly loaded = new Map<string, LoadedModel>();
  private uses = 0;
  /** For good. */
  closed = false;

  constructor(options: LoadedModelsOptions) {
    this.options = options;
  }

  /** In the order in which they were loaded, those that are being loaded among them. */
  get all(): readonly LoadedModel[] {
    return [...this.loaded.values()];
  }

  /** The one that was used last, of those that are there. */
  get latest(): ModelPool | null {
    return this.all.toSorted((a, b) => b.lastUse - a.lastUse).find(({ opened }) => opened !== null)?.opened ?? null;
  }

  /**
   * The model with one more user, loaded or being loaded; who is done with it takes one off its `users`. One whose threads
   * have ended is loaded anew. Throws EngineError ENGINE_EXITED when all are closed.
   */
  use(model: ModelDescription, wish: Wish): LoadedModel {
    if (this.closed) throw closedError();
    const known = this.loaded.get(model.folder);
    const usable = known !== undefined && known.opened?.alive !== false ? known : null;
    const entry = usable ?? { description: model, pool: this.openPool(model, wish), opened: null, users: 0, lastUse: 0 };
    entry.users++;
    entry.lastUse = ++this.uses;
    if (usable !== null) return entry;
    this.loaded.set(model.folder, entry);
    entry.pool.then((pool) => { entry.opened = pool; }, () => this.forget(model.folder, entry));
    this.unloadOthers();
    return entry;
  }

  private forget(folder: string, entry: LoadedModel): void {
    if (this.loaded.get(folder) === entry) this.loaded.delete(folder);
  }

  private async openPool({ id, folder }: ModelDescription, { from, to, priority }: Wish): Promise<ModelPool> {
    const { devices, cacheDir, threads, workerEntry, notice, onFree } = this.options;
    const inspected = await inspectModelFolder(folder);
    const model = { folder, from, to };
    const open = async (place: Candidate): Promise<ModelPool> => {
      const begun = await devices.begin(place, model);
      return ModelPool.open(inspected, {
        ...place,
        cacheDir,
        threads,
        workerEntry,
        onFirstRun: () => void begun(),
        instead: (failed, error) => devices.insteadOf(failed, model, error),
      });
    };
    // Whoever waits for one sentence does not wait for devices to be tried.
    const place = await devices.choose(model, priority === 'batch');
    const pool = await open(place).catch(async (error: unknown) => open(await devices.insteadOf(place, model, error)));
    for (const text of pool.facts.notices) notice(`${id}: ${text}`);
    pool.onFree = onFree;
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

  /** Ends all of them, also those that are still being loaded; resolves when they have ended. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.all.map(async ({ pool }) => (await pool.catch(() => null))?.close()));
    this.loaded.clear();
  }
}

export const closedError = (): EngineError => new EngineError('ENGINE_EXITED', 'The engine was closed.', 'Start the studio again.');
