/** Learning in small steps as it is asked for by a process that does not train itself. Every value in it survives structured clone. */
import type { JournalPair } from './step-journal.ts';
import type { StepSettings } from './step-settings.ts';

export interface LearnRequest {
  /** The model that learns. */
  readonly modelFolder: string;
  readonly model: { readonly id: string; readonly name: string; readonly from: string; readonly to: string };
  /** Of what it learned for one project. */
  readonly folder: string;
  /** Confirmed pairs in the order of their confirmation; those that were learned already may be among them. */
  readonly confirmed: readonly JournalPair[];
  /** The last few are learned, too, although they are fewer than a step has. */
  readonly rest: boolean;
  readonly settings?: Partial<StepSettings>;
}

export interface LearnProgress {
  readonly stage: 'opening' | 'learning' | 'writing';
  readonly made: number;
  readonly steps: number;
}

export interface LearnOutcome {
  /** The last step in the weights; 0: none is. */
  readonly head: number;
  /** The folder of the weights; null: the model's own are in use. */
  readonly weights: string | null;
}

export interface StepLearning {
  /**
   * See `learnConfirmed`; in a process of its own, which gives way to translating. Rejects with the signal's reason when it is
   * aborted; what was learned until then stays, and the next call goes on. Errors: also ENGINE_EXITED.
   */
  learn(request: LearnRequest, options?: { readonly signal?: AbortSignal; readonly report?: (progress: LearnProgress) => void }): Promise<LearnOutcome>;
}
