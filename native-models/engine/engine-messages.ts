/** What an engine's process and the process that started it tell each other. Everything in it survives structured clone. */
import type { DeviceWish, EngineState, ModelDescription, Precision, TranslatedBatch, TranslateRequest, TranslateSummary } from './engine.ts';
import { EngineError, type EngineErrorCode } from './engine-error.ts';
import type { Answer, AskRequest, SummarizeRequest, Summary, TaskProgress } from '../tasks/text-tasks.ts';

/** The options of `createOnnxEngine` that can be sent. */
export interface EngineSettings {
  readonly modelDirs: readonly string[];
  readonly cacheDir: string;
  readonly threads?: number;
  readonly precision?: Precision;
  readonly device?: DeviceWish;
  readonly workerEntry?: string;
}

/** Answers by the name of the call. */
export interface EngineAnswers {
  readonly models: { readonly models: readonly ModelDescription[]; readonly unusable: readonly { folder: string; code: EngineErrorCode; reason: string }[] };
  readonly state: EngineState;
  readonly translate: TranslateSummary;
  readonly task: TaskAnswer;
}

/** What is asked of an engine's `tasks`. */
export type TaskCall =
  | { readonly task: 'summarize'; readonly request: SummarizeRequest }
  | { readonly task: 'ask'; readonly request: AskRequest };

export type TaskAnswer =
  | { readonly task: 'summarize'; readonly summary: Summary }
  | { readonly task: 'ask'; readonly answer: Answer };

export type ToEngine =
  | { readonly kind: 'open'; readonly settings: EngineSettings }
  | { readonly kind: 'models' | 'state'; readonly id: number }
  | { readonly kind: 'translate'; readonly id: number; readonly request: TranslateRequest }
  | { readonly kind: 'task'; readonly id: number; readonly call: TaskCall }
  | { readonly kind: 'cancel'; readonly id: number };

export type FromEngine =
  | { readonly kind: 'answer'; readonly id: number; readonly value: EngineAnswers[keyof EngineAnswers] }
  | { readonly kind: 'batch'; readonly id: number; readonly batch: TranslatedBatch }
  /** These texts of the request are being translated now. */
  | { readonly kind: 'running'; readonly id: number; readonly indices: readonly number[] }
  | { readonly kind: 'task-progress'; readonly id: number; readonly progress: TaskProgress }
  | { readonly kind: 'cancelled'; readonly id: number }
  | { readonly kind: 'error'; readonly id: number; readonly code: EngineErrorCode; readonly message: string; readonly advice: string };

/** Any failure of a call as a message. */
export function errorMessage(id: number, error: unknown): FromEngine {
  if (error instanceof EngineError) return { kind: 'error', id, code: error.code, message: error.message, advice: error.advice };
  const reason = error instanceof Error ? error.message : String(error);
  return { kind: 'error', id, code: 'ENGINE_EXITED', message: `The engine failed: ${reason}`, advice: 'Try again.' };
}
