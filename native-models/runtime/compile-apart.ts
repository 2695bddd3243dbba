/**
 * Compiles large models in a process of their own. What a gigabyte of weights leaves behind in a JavaScript heap goes with
 * that process; the one that translates takes the compiled graphs from the cache, and its memory is the session's alone.
 */
import { askProcess } from '../engine/ask-process.ts';
import { ENGINE_ENVIRONMENT } from '../engine/child-process-link.ts';
import type { Precision } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import { moduleBeside } from '../engine/module-beside.ts';
import { fromFailure, type WorkerFailure } from '../engine/worker-failure.ts';
import type { GraphPart } from './cached-transformer.ts';

export interface CompileTask {
  readonly folder: string;
  /** Hugging Face's weights, or a Marian teacher's. */
  readonly kind: 'weights' | 'teacher';
  readonly cacheDir: string;
  readonly precision: Precision;
  readonly parts: readonly GraphPart[];
}

export interface CompileAnswer {
  readonly failure: WorkerFailure | null;
  /** The most memory that the process held. */
  readonly peakBytes: number;
}

/**
 * Resolves when the graphs are in the cache. Errors: those of reading the model, and MODEL_UNSUPPORTED when the process ended
 * before, which happens where memory ends.
 */
export async function compileApart(task: CompileTask, entry = moduleBeside('compile-child', import.meta.dirname)): Promise<CompileAnswer> {
  const answer = await askProcess<CompileAnswer>({ entry, message: task, environment: ENGINE_ENVIRONMENT });
  if ('ended' in answer)
    throw new EngineError('MODEL_UNSUPPORTED', `The process that compiles the model ${answer.ended}.`, 'It may need more memory than there is free: close other programs and try again, or take a smaller model.');
  if (answer.failure !== null) throw fromFailure(answer.failure);
  return answer;
}
