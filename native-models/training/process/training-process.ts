/** Training in a process of its own for each task: a run of its graph blocks a thread for seconds, and may be killed at any moment. */
import { EngineError } from '../../engine/engine-error.ts';
import { moduleBeside } from '../../engine/module-beside.ts';
import { performInProcess } from '../../engine/perform-in-process.ts';
import type { StepTrial, StepTrialResult } from '../devices/step-trial.ts';
import type { FinetuneProgress } from '../finetune/finetune-job.ts';
import type { Training } from '../training-tasks.ts';
import type { ToTraining, TrainingAnswer, TrainingTask } from './training-messages.ts';

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
const STOPPED = { what: 'The training process stopped', advice: 'Go on with the run: it begins at its last checkpoint.' };

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

function inProcess(entry: string, message: ToTraining, patience: number, options: Options): Promise<TrainingAnswer> {
  return performInProcess<ToTraining, FinetuneProgress, TrainingAnswer>({ entry, message, patience, stopped: STOPPED }, options);
}

function otherKind(): never {
  throw new EngineError('ENGINE_EXITED', 'The training gave an answer of another kind.', 'Try once more.');
}
