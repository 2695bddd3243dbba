/** An error on its way out of a thread or a process: what structured clone would lose of it. */
import { EngineError, type EngineErrorCode } from './engine-error.ts';

export interface WorkerFailure {
  /** null: not an EngineError. */
  readonly code: EngineErrorCode | null;
  readonly message: string;
  readonly advice: string;
}

export const toFailure = (error: unknown): WorkerFailure =>
  error instanceof EngineError
    ? { code: error.code, message: error.message, advice: error.advice }
    : { code: null, message: error instanceof Error ? error.message : String(error), advice: '' };

export const fromFailure = ({ code, message, advice }: WorkerFailure): EngineError =>
  new EngineError(code ?? 'ENGINE_EXITED', code === null ? `The model stopped with an error: ${message}` : message, code === null ? 'Try again; if it happens again, verify the files of the model.' : advice);
