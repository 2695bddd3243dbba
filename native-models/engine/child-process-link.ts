/** One life of the engine's process: started, asked, watched, killed. What to do after its end is for the caller to decide. */
import { type ChildProcess, fork } from 'node:child_process';
import type { TranslatedBatch, TranslateRequest } from './engine.ts';
import { EngineError } from './engine-error.ts';
import type { EngineAnswers, EngineSettings, FromEngine, TaskAnswer, TaskCall, ToEngine } from './engine-messages.ts';
import type { TaskProgress } from '../tasks/text-tasks.ts';

/** The process ended, of itself or killed, before it answered. */
export class ProcessEnded extends Error {
  override readonly name = 'ProcessEnded';
}

/** A call that can be cancelled by its id. */
export interface LongCall<Value> {
  readonly id: number;
  readonly done: Promise<'cancelled' | Value>;
}

interface Call {
  readonly onBatch?: (batch: TranslatedBatch) => void;
  readonly onRunning?: (indices: readonly number[]) => void;
  readonly onProgress?: (progress: TaskProgress) => void;
  resolve(message: Extract<FromEngine, { kind: 'answer' | 'cancelled' }>): void;
  reject(error: Error): void;
}

/**
 * Small heaps: the models lie outside of them, and what passes through them is short-lived. Without this the process grows
 * by a third over 10,000 segments before it levels off, with it by a tenth. For every process that hosts an engine.
 */
export const ENGINE_EXEC_ARGV: readonly string[] = ['--optimize-for-size', '--max-semi-space-size=2'];

/**
 * For glibc, which by default stops giving large blocks back to the system once one was freed: what it took to read a model
 * would stay with the process. Elsewhere it means nothing. For every process that hosts an engine.
 */
export const ENGINE_ENVIRONMENT: Readonly<Record<string, string>> = { MALLOC_MMAP_THRESHOLD_: '131072' };

/** For a child process that is to be Node: within Electron, its executable is told so. */
export const nodeEnvironment = (): NodeJS.ProcessEnv => ({ ...process.env, ORT_DISABLE_TELEMETRY: '1', ...(process.versions['electron'] === undefined ? {} : { ELECTRON_RUN_AS_NODE: '1' }) });

/** How much of the end of the process's error output is kept for the message about its end. */
const KEPT_OUTPUT = 2000;

export class ChildProcessLink {
  /** Resolves when the process is gone, with a sentence on how it ended. */
  readonly ended: Promise<string>;
  alive = true;
  private readonly child: ChildProcess;
  private readonly calls = new Map<number, Call>();
  private lastId = 0;
  private output = '';

  constructor(entry: string, settings: EngineSettings) {
    this.child = fork(entry, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [...ENGINE_EXEC_ARGV],
      env: { ...nodeEnvironment(), ...ENGINE_ENVIRONMENT },
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.output = (this.output + text).slice(-KEPT_OUTPUT);
    });
    this.child.on('message', (message: FromEngine) => this.receive(message));
    this.ended = new Promise((resolve) => {
      const end = (how: string): void => {
        if (!this.alive) return;
        this.alive = false;
        for (const call of this.calls.values()) call.reject(new ProcessEnded(how));
        this.calls.clear();
        resolve(how);
      };
      this.child.on('error', (error) => end(`it could not be started: ${error.message}`));
      // `close` comes after the last of its messages and of its error output.
      this.child.on('close', (code, signal) => end(`${signal === null ? `exit code ${code}` : `signal ${signal}`}${this.output.trim() === '' ? '' : `: ${this.output.trim()}`}`));
    });
    this.send({ kind: 'open', settings });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  async ask<K extends 'models' | 'state'>(kind: K, isAnswer: (value: unknown) => value is EngineAnswers[K]): Promise<EngineAnswers[K]> {
    const id = ++this.lastId;
    const message = await this.call(id, { kind, id }, {});
    if (message.kind === 'answer' && isAnswer(message.value)) return message.value;
    throw new EngineError('ENGINE_EXITED', 'The engine gave an answer of another kind.', 'Try again.');
  }

  translate(request: TranslateRequest, listeners: { onBatch(batch: TranslatedBatch): void; onRunning(indices: readonly number[]): void }): LongCall<EngineAnswers['translate']> {
    const id = ++this.lastId;
    const done = this.call(id, { kind: 'translate', id, request }, listeners).then((message) => {
      if (message.kind === 'cancelled') return 'cancelled';
      if ('segments' in message.value) return message.value;
      throw new EngineError('ENGINE_EXITED', 'The engine gave an answer of another kind.', 'Try again.');
    });
    return { id, done };
  }

  task(call: TaskCall, onProgress: (progress: TaskProgress) => void): LongCall<TaskAnswer> {
    const id = ++this.lastId;
    const done = this.call(id, { kind: 'task', id, call }, { onProgress }).then((message) => {
      if (message.kind === 'cancelled') return 'cancelled';
      if ('task' in message.value) return message.value;
      throw new EngineError('ENGINE_EXITED', 'The engine gave an answer of another kind.', 'Try again.');
    });
    return { id, done };
  }

  cancel(id: number): void {
    this.send({ kind: 'cancel', id });
  }

  /** Ends the process at once, whatever it is doing. */
  kill(): void {
    if (this.alive) this.child.kill('SIGKILL');
  }

  private call(id: number, message: ToEngine, listeners: Pick<Call, 'onBatch' | 'onRunning' | 'onProgress'>): Promise<Parameters<Call['resolve']>[0]> {
    return new Promise((resolve, reject) => {
      if (!this.alive) return reject(new ProcessEnded('it had ended before'));
      this.calls.set(id, { ...listeners, resolve, reject });
      this.send(message);
    });
  }

  private receive(message: FromEngine): void {
    const call = this.calls.get(message.id);
    if (call === undefined) return;
    if (message.kind === 'running') return call.onRunning?.(message.indices);
    if (message.kind === 'task-progress') return call.onProgress?.(message.progress);
    if (message.kind === 'batch') {
      try {
        call.onBatch?.(message.batch);
      } catch (error) {
        this.calls.delete(message.id);
        this.cancel(message.id);
        call.reject(error instanceof Error ? error : new Error(String(error)));
      }
      return;
    }
    this.calls.delete(message.id);
    if (message.kind === 'error') call.reject(new EngineError(message.code, message.message, message.advice));
    else call.resolve(message);
  }

  private send(message: ToEngine): void {
    // A channel that broke while writing shows as the end of the process.
    if (this.alive && this.child.connected) this.child.send(message, () => {});
  }
}
