/** Training in a process of its own for each task: a run of its graph blocks a thread for seconds, and may be killed at any moment. */
import { fork } from 'node:child_process';
import { nodeEnvironment } from '../../engine/child-process-link.ts';
import { EngineError } from '../../engine/engine-error.ts';
import { moduleBeside } from '../../engine/module-beside.ts';
import type { StepTrial, StepTrialResult } from '../devices/step-trial.ts';
import type { FinetuneProgress } from '../finetune/finetune-job.ts';
import type { Training } from '../training-tasks.ts';
import type { FromTraining, ToTraining, TrainingAnswer, TrainingTask } from './training-messages.ts';

export interface TrainingProcessOptions {
  readonly threads: number;
  /** The module of the process; found beside this one when absent. */
  readonly entry?: string;
  /** Milliseconds that a cancelled run gets to store a checkpoint before its process is ended. */
  readonly patience?: number;
}

interface Options {
  readonly signal?: AbortSignal;
  readonly report?: (progress: FinetuneProgress) => void;
}

/** A few updates of a large batch on a slow machine. */
const PATIENCE_MS = 10_000;
/** Loading and compiling for a device included. */
const TRIAL_PATIENCE_MS = 180_000;
/** How much of the end of the process's error output is kept for the message about its end. */
const KEPT_OUTPUT = 2000;

export function trainingProcess({ threads, entry = moduleBeside('training-child', import.meta.dirname), patience = PATIENCE_MS }: TrainingProcessOptions): Training {
  const perform = (task: TrainingTask, options: Options = {}): Promise<TrainingAnswer> => inProcess(entry, { kind: 'do', task, threads }, patience, options);
  return {
    async finetune(request, options) {
      const answer = await perform({ task: 'finetune', request }, options);
      return answer.task === 'finetune' ? answer.outcome : otherKind();
    },
    async attention(request, options) {
      const answer = await perform({ task: 'attention', request }, options);
      return answer.task === 'attention' ? answer.map : otherKind();
    },
  };
}

/** See `tryStepsOn`: a driver that crashes or hangs ends the process and nothing else. Rejects with the reason. */
export async function trialProcess(trial: StepTrial, { threads, entry = moduleBeside('training-child', import.meta.dirname) }: Pick<TrainingProcessOptions, 'threads' | 'entry'>): Promise<StepTrialResult> {
  const answer = await inProcess(entry, { kind: 'do', task: { task: 'trial', trial }, threads }, 0, { signal: AbortSignal.timeout(TRIAL_PATIENCE_MS) });
  return answer.task === 'trial' ? answer.result : otherKind();
}

async function inProcess(entry: string, message: ToTraining, patience: number, { signal, report }: Options): Promise<TrainingAnswer> {
  signal?.throwIfAborted();
  const child = fork(entry, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: nodeEnvironment(), execArgv: [] });
  const send = (what: ToTraining): void => { if (child.connected) child.send(what, () => undefined); };
  let timer: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    send({ kind: 'cancel' });
    timer = setTimeout(() => { child.kill('SIGKILL'); }, patience);
  };
  let output = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => { output = (output + text).slice(-KEPT_OUTPUT); });
  try {
    return await new Promise<TrainingAnswer>((resolve, reject) => {
      const ended = (how: string): void => {
        reject(signal?.aborted === true ? reasonOf(signal) : new EngineError('ENGINE_EXITED', `The training process stopped: ${how}`, 'Go on with the run: it begins at its last checkpoint.'));
      };
      child.on('error', (error) => { ended(error.message); });
      child.on('close', (code, killed) => { ended(`${killed === null ? `exit code ${code}` : `signal ${killed}`}${output.trim() === '' ? '' : `: ${output.trim()}`}`); });
      child.on('message', (told: FromTraining) => {
        if (told.kind === 'progress') report?.(told.progress);
        else if (told.kind === 'done') resolve(told.answer);
        else if (told.kind === 'cancelled') reject(reasonOf(signal));
        else reject(new EngineError(told.code, told.message, told.advice));
      });
      signal?.addEventListener('abort', cancel, { once: true });
      send(message);
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
    child.kill('SIGKILL');
  }
}

function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new DOMException('Cancelled.', 'AbortError');
}

function otherKind(): never {
  throw new EngineError('ENGINE_EXITED', 'The training gave an answer of another kind.', 'Try once more.');
}
