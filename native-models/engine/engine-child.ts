/** Entry of the engine's own process: serves `Engine` over the IPC channel of `fork`, and ends when the parent is gone. */
import type { Engine, TranslateRequest } from './engine.ts';
import { errorMessage, type FromEngine, type ToEngine } from './engine-messages.ts';
import { createOnnxEngine } from './onnx-engine.ts';

process.env['ORT_DISABLE_TELEMETRY'] = '1';

const cancels = new Map<number, AbortController>();
/** The call that a request came with. */
const callOf = new Map<TranslateRequest, number>();
let engine: Engine | null = null;

process.on('message', (message: ToEngine) => {
  if (message.kind === 'open') engine = createOnnxEngine({ ...message.settings, onRun });
  else if (message.kind === 'cancel') cancels.get(message.id)?.abort();
  else if (engine !== null) void answer(engine, message);
});
// A run of the model can't be interrupted, and leaving in an orderly way may hang in it: nothing here needs to be saved.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

async function answer(open: Engine, message: Exclude<ToEngine, { kind: 'open' | 'cancel' }>): Promise<void> {
  const { id } = message;
  const cancel = new AbortController();
  cancels.set(id, cancel);
  try {
    if (message.kind === 'translate') {
      callOf.set(message.request, id);
      const value = await open.translate(message.request, { signal: cancel.signal, onBatch: (batch) => tell({ kind: 'batch', id, batch }) });
      tell({ kind: 'answer', id, value });
    } else tell({ kind: 'answer', id, value: await open[message.kind]() });
  } catch (error) {
    tell(cancel.signal.aborted ? { kind: 'cancelled', id } : errorMessage(id, error));
  } finally {
    cancels.delete(id);
    if (message.kind === 'translate') callOf.delete(message.request);
  }
}

function onRun(request: TranslateRequest, indices: readonly number[]): void {
  const id = callOf.get(request);
  if (id !== undefined) tell({ kind: 'running', id, indices });
}

function tell(message: FromEngine): void {
  if (process.connected) process.send?.(message);
}
