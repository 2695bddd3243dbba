/** Entry of a process that learns in steps: one request, then it waits to be ended. It ends itself when the parent is gone. */
import { constants, setPriority } from 'node:os';
import { outcomeOf } from '../../engine/perform-in-process.ts';
import { learnConfirmed } from './learn-confirmed.ts';
import type { FromSteps, ToSteps } from './step-messages.ts';
import type { LearnRequest } from './step-learning.ts';

process.env['ORT_DISABLE_TELEMETRY'] = '1';
const cancel = new AbortController();
let held: { readonly until: Promise<void>; readonly end: () => void } | null = null;

const tell = (message: FromSteps): void => {
  if (process.connected) process.send?.(message);
};

async function learn(request: LearnRequest): Promise<void> {
  const learning = () => learnConfirmed(request, { signal: cancel.signal, report: (progress) => { tell({ kind: 'progress', progress }); }, mayGoOn });
  tell(await outcomeOf(learning, cancel.signal, { what: 'Learning failed', advice: 'What was learned is kept; the next confirmed segments try again.' }));
}

/** Messages are read between two steps. */
async function mayGoOn(): Promise<void> {
  await new Promise((resolve) => { setImmediate(resolve); });
  while (held !== null) await held.until;
}

function letGo(): void {
  const was = held;
  held = null;
  was?.end();
}

process.on('message', (message: ToSteps) => {
  if (message.kind === 'learn') {
    // Whatever else the machine does goes first. A system that refuses this learns at the usual priority.
    try { setPriority(constants.priority.PRIORITY_LOW); } catch { /* as it was */ }
    void learn(message.request);
  } else if (message.kind === 'hold') {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    held ??= { until: promise.then(() => undefined), end: () => { resolve(undefined); } };
  } else letGo();
  if (message.kind === 'cancel') cancel.abort(new DOMException('Cancelled.', 'AbortError'));
});
// A step can't be interrupted; one that is lost is made again.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
