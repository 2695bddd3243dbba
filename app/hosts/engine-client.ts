/** The engine in another process, as an `Engine`. It outlives that process: what a dead one left undone goes to the next. */
import type { Engine, ModelFolders, TranslatedBatch, TranslateRequest, TranslateSummary } from '../../native-models/engine/engine.ts';
import { RemainingTexts } from '../../native-models/engine/remaining-texts.ts';
import type { EngineContract } from '../contract/engine-contract.ts';
import { StudioError } from '../contract/errors.ts';
import { createClient } from '../rpc/client.ts';
import type { Port } from '../rpc/port.ts';

/** How the engine's process is doing; what the status line shows beside the engine's own state. */
export interface EngineProcess {
  readonly state: 'starting' | 'ready' | 'failed';
  /** Processes after the first one. */
  readonly restarts: number;
  readonly message: string | null;
}

export interface EngineClient extends Engine {
  readonly folders: ModelFolders;
  connect(port: Port): void;
  /** The process will not come again: every call rejects with ENGINE_EXITED and this sentence. */
  fail(message: string): void;
  readonly process: EngineProcess;
  onProcess(listener: (process: EngineProcess) => void): () => void;
}

export interface EngineClientOptions {
  /** Called when a cancelled request has not stopped after a second: only the end of the process stops it. */
  readonly onStuck?: () => void;
  readonly cancelPatience?: number;
}

export function createEngineClient({ onStuck = () => undefined, cancelPatience = 1_000 }: EngineClientOptions = {}): EngineClient {
  const client = createClient<EngineContract>({
    closed: () => new StudioError('ENGINE_EXITED', 'The translation engine stopped while it was working.', { advice: 'It is being started again; try once more.' }),
  });
  const listeners = new Set<(process: EngineProcess) => void>();
  let connections = 0;
  // Whether the end of the process that is to come was asked for here: nothing is held against its texts then.
  let killing = false;
  let process: EngineProcess = { state: 'starting', restarts: 0, message: null };
  const change = (next: EngineProcess): void => {
    process = next;
    for (const listener of listeners) listener(next);
  };
  client.onLost(() => { change({ ...process, state: 'starting' }); });

  async function translate(request: TranslateRequest, { signal, onBatch }: { signal?: AbortSignal; onBatch(batch: TranslatedBatch): void }): Promise<TranslateSummary> {
    const { terms: wanted = [], similar, ...rest } = request;
    const terms = wanted.map((entry) => ({ ...entry, sources: [...entry.sources], targets: [...entry.targets] }));
    const texts = new RemainingTexts(request.texts.length);
    let summary: TranslateSummary | null = null;
    let parts = 0;
    let seconds = 0;
    do {
      const asked = texts.next();
      const own = (places: readonly number[]): number[] => places.map((place) => asked[place] ?? 0);
      const patience = watchCancel(signal);
      try {
        summary = await client.job('engine.translate', { ...rest, ...(terms.length > 0 ? { terms } : {}), ...(similar === undefined ? {} : { similar: asked.map((index) => [...(similar[index] ?? [])]) }), texts: asked.map((index) => request.texts[index] ?? '') }, {
          signal,
          onProgress: (progress) => {
            if ('running' in progress) { texts.running(own(progress.running)); return; }
            const indices = own(progress.indices);
            texts.done(indices);
            onBatch({ indices, translations: progress.translations });
          },
        });
        texts.done(asked);
        seconds += summary.seconds;
        parts++;
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof StudioError) || error.code !== 'ENGINE_EXITED' || process.state === 'failed') throw error;
        if (killing) texts.forgive();
        else texts.blame();
      } finally {
        patience.end();
      }
    } while (texts.left > 0);
    if (texts.failed.length > 0 || summary === null) throw givenUp(texts.failed.map((index) => request.texts[index] ?? ''));
    return parts === 1 && summary.segments === request.texts.length ? summary : { ...summary, segments: request.texts.length, words: countWords(request.texts), seconds };
  }

  /** A summary or an answer: asked once, since what ended a process once would end it again. */
  async function patiently<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    const patience = watchCancel(signal);
    try {
      return await work();
    } catch (error) {
      // A process that was ended because it did not stop is no failure: the stop is what was asked for.
      if (error instanceof StudioError && error.code === 'ENGINE_EXITED') signal?.throwIfAborted();
      throw error;
    } finally {
      patience.end();
    }
  }

  /** Counts the time from the signal's abort on. */
  function watchCancel(signal: AbortSignal | undefined): { end(): void } {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const begin = (): void => {
      timer = setTimeout(() => {
        if (process.state !== 'ready') return;
        killing = true;
        onStuck();
      }, cancelPatience);
    };
    signal?.addEventListener('abort', begin, { once: true });
    return { end: () => { clearTimeout(timer); signal?.removeEventListener('abort', begin); } };
  }

  return {
    models: () => client.call('engine.models', {}),
    state: () => client.call('engine.state', {}),
    translate,
    folders: {
      describe: (folder) => client.call('engine.describeModel', { folder }),
      // Not patiently: the end of the process would leave half a copy behind.
      import: (path, store, { signal, report } = {}) => client.job('engine.importModel', { path, store }, { signal, onProgress: report }),
    },
    tasks: {
      summarize: (request, { signal, report } = {}) => patiently(signal, () => client.job('engine.summarize', { ...request, segments: [...request.segments] }, { signal, onProgress: report })),
      ask: (request, { signal, report } = {}) => patiently(signal, () => client.job('engine.ask', { ...request, segments: [...request.segments] }, { signal, onProgress: report })),
    },
    // Not patiently: a cancelled run stores a checkpoint first, and it is ended by a process that waits for it no longer than that.
    training: {
      finetune: (request, { signal, report } = {}) => client.job('engine.finetune', request, { signal, onProgress: report }),
      attention: (request, { signal } = {}) => client.job('engine.attention', request, { signal }),
    },
    steps: { learn: ({ settings: _, ...request }, { signal, report } = {}) => client.job('engine.learnSteps', { ...request, confirmed: [...request.confirmed] }, { signal, onProgress: report }) },
    close: () => { client.close(); return Promise.resolve(); },
    connect(port) {
      client.connect(port);
      killing = false;
      change({ state: 'ready', restarts: connections++, message: null });
    },
    fail(message) {
      change({ ...process, state: 'failed', message });
      client.fail(new StudioError('ENGINE_EXITED', message, { advice: 'Restart the studio. Editing, saving and exporting work without the engine.' }));
    },
    get process() { return process; },
    onProcess(listener) { listeners.add(listener); return () => { listeners.delete(listener); }; },
  };
}

function givenUp(texts: readonly string[]): StudioError {
  const what = texts.length === 1 ? 'one text' : `${String(texts.length)} texts`;
  return new StudioError('ENGINE_EXITED', `The translation engine stopped twice over ${what}, the first being "${(texts[0] ?? '').slice(0, 80)}". The others are translated.`, {
    advice: 'Translate it by hand or with another model.', data: { texts: texts.length },
  });
}

const countWords = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + (text.match(/\S+/gu)?.length ?? 0), 0);
