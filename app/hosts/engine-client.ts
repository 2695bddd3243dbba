/** The engine in another process, as an `Engine`. It outlives that process: what a dead one left undone goes to the next. */
import type { Engine, TranslatedBatch, TranslateRequest, TranslateSummary } from '../../native-models/engine/engine.ts';
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
  connect(port: Port): void;
  /** The process will not come again: every call rejects with ENGINE_EXITED and this sentence. */
  fail(message: string): void;
  readonly process: EngineProcess;
  onProcess(listener: (process: EngineProcess) => void): () => void;
}

const countWords = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + (text.match(/\S+/gu)?.length ?? 0), 0);

/** A text that takes the engine's process down twice is not tried a third time. */
const DEATHS_WITHOUT_PROGRESS = 2;

export function createEngineClient(): EngineClient {
  const client = createClient<EngineContract>({
    closed: () => new StudioError('ENGINE_EXITED', 'The translation engine stopped while it was working.', { advice: 'It is being started again. If it happens with the same text again, translate that text by hand and report it.' }),
  });
  const listeners = new Set<(process: EngineProcess) => void>();
  let connections = 0;
  let process: EngineProcess = { state: 'starting', restarts: 0, message: null };
  const change = (next: EngineProcess): void => {
    process = next;
    for (const listener of listeners) listener(next);
  };
  client.onLost(() => { change({ ...process, state: 'starting' }); });

  async function translate(request: TranslateRequest, options: { signal?: AbortSignal; onBatch(batch: TranslatedBatch): void }): Promise<TranslateSummary> {
    const { signal, onBatch } = options;
    // Places in request.texts that no process has answered yet.
    let open = request.texts.map((_, index) => index);
    let deaths = 0;
    let lostSeconds = 0;
    for (;;) {
      const asked = open;
      const started = performance.now();
      const answered = new Set<number>();
      try {
        const summary = await client.job('engine.translate', { ...request, texts: asked.map((index) => request.texts[index] ?? '') }, {
          signal,
          onProgress: ({ indices, translations }) => {
            for (const place of indices) answered.add(place);
            onBatch({ indices: indices.map((place) => asked[place] ?? place), translations });
          },
        });
        return asked.length === request.texts.length ? summary : { ...summary, segments: request.texts.length, words: countWords(request.texts), seconds: summary.seconds + lostSeconds };
      } catch (error) {
        signal?.throwIfAborted();
        lostSeconds += (performance.now() - started) / 1000;
        if (!(error instanceof StudioError) || error.code !== 'ENGINE_EXITED' || process.state === 'failed') throw error;
        deaths = answered.size > 0 ? 1 : deaths + 1;
        if (deaths >= DEATHS_WITHOUT_PROGRESS) throw error;
        open = asked.filter((_, place) => !answered.has(place));
      }
    }
  }

  return {
    models: () => client.call('engine.models', {}),
    state: () => client.call('engine.state', {}),
    translate,
    close: () => { client.close(); return Promise.resolve(); },
    connect(port) {
      client.connect(port);
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
