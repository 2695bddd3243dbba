/** Learning in steps in a process of its own, at the lowest priority, which stops between two steps while somebody waits for a translation. */
import { fork } from 'node:child_process';
import { nodeEnvironment } from '../../engine/child-process-link.ts';
import { EngineError } from '../../engine/engine-error.ts';
import { moduleBeside } from '../../engine/module-beside.ts';
import type { LearnOutcome, LearnProgress, LearnRequest, StepLearning } from './step-learning.ts';
import type { FromSteps, ToSteps } from './step-messages.ts';

export interface StepProcess extends StepLearning {
  /** While the work is done no step is begun, and a little longer: who asked for one translation may ask for another. */
  yieldingTo<Value>(work: () => Promise<Value>): Promise<Value>;
}

export interface StepProcessOptions {
  /** The module of the process; found beside this one when absent. */
  readonly entry?: string;
  /** Milliseconds that a cancelled round gets for its step before its process is ended. */
  readonly patience?: number;
  /** Milliseconds without work after which steps go on. */
  readonly quiet?: number;
}

/** A few steps on a busy machine. */
const PATIENCE_MS = 10_000;
const QUIET_MS = 250;
/** How much of the end of the process's error output is kept for the message about its end. */
const KEPT_OUTPUT = 2000;

export function stepProcess({ entry = moduleBeside('step-child', import.meta.dirname), patience = PATIENCE_MS, quiet = QUIET_MS }: StepProcessOptions = {}): StepProcess {
  /** One round at a time: two would share the processor with the translator. */
  let last: Promise<unknown> = Promise.resolve();
  const running = new Set<(message: ToSteps) => void>();
  let works = 0;
  let timer: NodeJS.Timeout | undefined;
  const tellAll = (kind: 'hold' | 'go-on'): void => { for (const tell of running) tell({ kind }); };
  return {
    learn(request, options = {}) {
      const round = last.then(() => inProcess(request, options, { entry, patience }, {
        began(tell) {
          running.add(tell);
          if (works > 0) tell({ kind: 'hold' });
        },
        ended(tell) { running.delete(tell); },
      }));
      last = round.catch(() => undefined);
      return round;
    },
    async yieldingTo(work) {
      clearTimeout(timer);
      if (works++ === 0) tellAll('hold');
      try {
        return await work();
      } finally {
        if (--works === 0) {
          timer = setTimeout(() => { tellAll('go-on'); }, quiet);
          timer.unref();
        }
      }
    },
  };
}

interface Listener {
  began(tell: (message: ToSteps) => void): void;
  ended(tell: (message: ToSteps) => void): void;
}

async function inProcess(request: LearnRequest, { signal, report }: { readonly signal?: AbortSignal; readonly report?: (progress: LearnProgress) => void }, { entry, patience }: { readonly entry: string; readonly patience: number }, listener: Listener): Promise<LearnOutcome> {
  signal?.throwIfAborted();
  const child = fork(entry, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: nodeEnvironment(), execArgv: [] });
  const tell = (message: ToSteps): void => { if (child.connected) child.send(message, () => undefined); };
  const { promise, resolve, reject } = Promise.withResolvers<LearnOutcome>();
  let killing: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    tell({ kind: 'cancel' });
    killing = setTimeout(() => { child.kill('SIGKILL'); }, patience);
  };
  let output = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => { output = (output + text).slice(-KEPT_OUTPUT); });
  const ended = (how: string): void => { reject(signal?.aborted === true ? signal.reason : new EngineError('ENGINE_EXITED', `The process that learns from confirmed segments stopped: ${[how, output.trim()].filter(Boolean).join(': ')}`, 'What was learned is kept; the next confirmed segments try again.')); };
  child.on('error', ({ message }) => { ended(message); });
  child.on('close', (code, killed) => { ended(killed === null ? `exit code ${code}` : `signal ${killed}`); });
  child.on('message', (told: FromSteps) => {
    if (told.kind === 'progress') report?.(told.progress);
    else if (told.kind === 'done') resolve(told.outcome);
    else reject(told.kind === 'cancelled' ? signal?.reason : new EngineError(told.code, told.message, told.advice));
  });
  signal?.addEventListener('abort', cancel, { once: true });
  tell({ kind: 'learn', request });
  listener.began(tell);
  try {
    return await promise;
  } finally {
    listener.ended(tell);
    clearTimeout(killing);
    signal?.removeEventListener('abort', cancel);
    child.kill('SIGKILL');
  }
}
