/** A process that does one long task: it tells how far it has come, can be cancelled, answers once and is ended. Short questions are for `askProcess`. */
import { fork } from 'node:child_process';
import { nodeEnvironment } from './child-process-link.ts';
import { EngineError, type EngineErrorCode } from './engine-error.ts';

/** What such a process tells. Everything in it survives structured clone. */
export type FromTask<Progress, Answer> =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly answer: Answer }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly code: EngineErrorCode; readonly message: string; readonly advice: string };

export interface ProcessTask<ToTask> {
  /** The module that the process runs. */
  readonly entry: string;
  /** The task; sent first. */
  readonly message: ToTask;
  /** Milliseconds that a cancelled task gets to end in good order before its process is ended. */
  readonly patience: number;
  /** Of the error for a process that ends without an answer: the beginning of a sentence, and what to do. */
  readonly stopped: { readonly what: string; readonly advice: string };
}

export interface ProcessTaskOptions<ToTask, Progress> {
  readonly signal?: AbortSignal;
  readonly report?: (progress: Progress) => void;
  /** Called when the task is sent, with a way to tell the process more. */
  readonly began?: (tell: (message: ToTask) => void) => void;
}

/** How much of the end of the process's error output is kept for the message about its end. */
const KEPT_OUTPUT = 2000;

/** Rejects with the signal's reason when it is aborted, with what the process says failed, and with EngineError ENGINE_EXITED when it ends without an answer. */
export async function performInProcess<ToTask extends object, Progress, Answer>({ entry, message, patience, stopped }: ProcessTask<ToTask | { readonly kind: 'cancel' }>, { signal, report, began }: ProcessTaskOptions<ToTask | { readonly kind: 'cancel' }, Progress>): Promise<Answer> {
  signal?.throwIfAborted();
  const child = fork(entry, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: nodeEnvironment(), execArgv: [] });
  const tell = (what: ToTask | { readonly kind: 'cancel' }): void => { if (child.connected) child.send(what, () => undefined); };
  let timer: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    tell({ kind: 'cancel' });
    timer = setTimeout(() => { child.kill('SIGKILL'); }, patience);
  };
  let output = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => { output = (output + text).slice(-KEPT_OUTPUT); });
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const ended = (how: string): void => {
        reject(signal?.aborted === true ? reasonOf(signal) : new EngineError('ENGINE_EXITED', `${stopped.what}: ${[how, output.trim()].filter(Boolean).join(': ')}`, stopped.advice));
      };
      child.on('error', (error) => { ended(error.message); });
      child.on('close', (code, killed) => { ended(killed === null ? `exit code ${code}` : `signal ${killed}`); });
      child.on('message', (told: FromTask<Progress, Answer>) => {
        if (told.kind === 'progress') report?.(told.progress);
        else if (told.kind === 'done') resolve(told.answer);
        else if (told.kind === 'cancelled') reject(reasonOf(signal));
        else reject(new EngineError(told.code, told.message, told.advice));
      });
      signal?.addEventListener('abort', cancel, { once: true });
      tell(message);
      began?.(tell);
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
    child.kill('SIGKILL');
  }
}

/** In the process: what to tell of work that has ended, one way or another. `failed`: the beginning of the sentence for an error that is none of the engine's, and what to do. */
export async function outcomeOf<Answer>(work: () => Promise<Answer>, cancelled: AbortSignal, failed: { readonly what: string; readonly advice: string }): Promise<FromTask<never, Answer>> {
  try {
    return { kind: 'done', answer: await work() };
  } catch (error) {
    if (cancelled.aborted) return { kind: 'cancelled' };
    if (error instanceof EngineError) return { kind: 'failed', code: error.code, message: error.message, advice: error.advice };
    return { kind: 'failed', code: 'ENGINE_EXITED', message: `${failed.what}: ${error instanceof Error ? error.message : String(error)}`, advice: failed.advice };
  }
}

function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new DOMException('Cancelled.', 'AbortError');
}
