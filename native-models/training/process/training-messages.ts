/** What a training process and the process that started it tell each other. Everything in it survives structured clone. */
import type { FromTask } from '../../engine/perform-in-process.ts';
import type { StepTrial, StepTrialResult } from '../devices/step-trial.ts';
import type { FinetuneOutcome, FinetuneProgress } from '../finetune/finetune-job.ts';
import type { AttentionMap, AttentionRequest, FinetuneRequest } from '../training-tasks.ts';

/** A process does one task. */
export type TrainingTask =
  | { readonly task: 'finetune'; readonly request: FinetuneRequest }
  | { readonly task: 'attention'; readonly request: AttentionRequest }
  | { readonly task: 'trial'; readonly trial: StepTrial };

export type ToTraining = { readonly kind: 'do'; readonly task: TrainingTask; readonly threads: number } | { readonly kind: 'cancel' };

export type TrainingAnswer =
  | { readonly task: 'finetune'; readonly outcome: FinetuneOutcome }
  | { readonly task: 'attention'; readonly map: AttentionMap }
  | { readonly task: 'trial'; readonly result: StepTrialResult };

export type FromTraining = FromTask<FinetuneProgress, TrainingAnswer>;
