/** What a process that learns in steps and the process that started it tell each other. Everything in it survives structured clone. */
import type { FromTask } from '../../engine/perform-in-process.ts';
import type { LearnOutcome, LearnProgress, LearnRequest } from './step-learning.ts';

export type ToSteps =
  | { readonly kind: 'learn'; readonly request: LearnRequest }
  /** Somebody waits for a translation: no step is begun until `go-on`. */
  | { readonly kind: 'hold' | 'go-on' }
  | { readonly kind: 'cancel' };

export type FromSteps = FromTask<LearnProgress, LearnOutcome>;
