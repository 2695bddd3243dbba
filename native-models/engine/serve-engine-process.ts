/** Serves an `Engine` over the IPC channel of `fork`, for a process of its own, which ends when the parent is gone. */
import type { Engine, TranslateRequest } from './engine.ts';
import { EngineError } from './engine-error.ts';
import { type EngineSettings, errorMessage, type FromEngine, type TaskAnswer, type TaskCall, type ToEngine } from './engine-messages.ts';
import type { TaskOptions } from '../tasks/text-tasks.ts';

/** Opens the engine; it tells `onRun` which texts of which request it is about to translate. */
export type OpenEngine = (settings: EngineSettings, onRun: (request: TranslateRequest, indices: readonly number[]) => void) => Engine;

export function serveEngineProcess(open: OpenEngine): void {
  const cancels = new Map<number, AbortController>();
  /** The call that a request came with. */
  const callOf = new Map<TranslateRequest, number>();
  let engine: Engine | null = null;

  async function answer(opened: Engine, message: Exclude<ToEngine, { kind: 'open' | 'cancel' }>): Promise<void> {
    const { id } = message;
    const cancel = new AbortController();
    cancels.set(id, cancel);
    try {
      if (message.kind === 'translate') {
        callOf.set(message.request, id);
        const value = await opened.translate(message.request, { signal: cancel.signal, onBatch: (batch) => tell({ kind: 'batch', id, batch }) });
        tell({ kind: 'answer', id, value });
      } else if (message.kind === 'task') tell({ kind: 'answer', id, value: await doTask(opened, message.call, { signal: cancel.signal, report: (progress) => tell({ kind: 'task-progress', id, progress }) }) });
      else tell({ kind: 'answer', id, value: await opened[message.kind]() });
    } catch (error) {
      tell(cancel.signal.aborted ? { kind: 'cancelled', id } : errorMessage(id, error));
    } finally {
      cancels.delete(id);
      if (message.kind === 'translate') callOf.delete(message.request);
    }
  }

  process.on('message', (message: ToEngine) => {
    if (message.kind === 'open')
      engine = open(message.settings, (request, indices) => {
        const id = callOf.get(request);
        if (id !== undefined) tell({ kind: 'running', id, indices });
      });
    else if (message.kind === 'cancel') cancels.get(message.id)?.abort();
    else if (engine !== null) void answer(engine, message);
  });
  // A run of the model can't be interrupted, and leaving in an orderly way may hang in it: nothing here needs to be saved.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
}

async function doTask({ tasks }: Engine, call: TaskCall, options: TaskOptions): Promise<TaskAnswer> {
  if (tasks === undefined) throw new EngineError('MODEL_UNSUPPORTED', 'This engine only translates.', 'Use the engine that comes with the studio.');
  if (call.task === 'summarize') return { task: call.task, summary: await tasks.summarize(call.request, options) };
  return { task: call.task, answer: await tasks.ask(call.request, options) };
}

function tell(message: FromEngine): void {
  if (process.connected) process.send?.(message);
}
