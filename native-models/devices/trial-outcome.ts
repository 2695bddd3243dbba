/** What came of trying a model on a device, and whether that is good enough. */
import type { EngineDevice, Precision } from '../engine/engine.ts';

/** A device and the precision that it computes in. */
export interface Candidate {
  readonly device: EngineDevice;
  readonly precision: Precision;
}

/** `tries`: how often it was begun without an end. */
export interface StartedNote {
  readonly status: 'started';
  readonly tries: number;
}

/** Somebody may have stopped the first try; two that did not end are the device's fault. */
export const MOST_TRIES = 2;

/** Whether a note leaves it open what the device does. */
export const isOpen = (note: { readonly status: string; readonly tries?: number } | undefined): boolean => note === undefined || (note.status === 'started' && (note.tries ?? MOST_TRIES) < MOST_TRIES);

/** The mark for one more try. */
export const oneMoreTry = (note: { readonly status: string; readonly tries?: number } | undefined): StartedNote => ({ status: 'started', tries: note?.status === 'started' ? (note.tries ?? 0) + 1 : 1 });

export type TrialOutcome =
  /** Noted before the trial: what is left of one that was cut off, or took the process or the machine with it. */
  | StartedNote
  | { readonly status: 'failed'; readonly reason: string }
  | ({ readonly status: 'ran' } & TrialFigures);

export interface TrialFigures {
  readonly wordsPerSecond: number;
  /** Sentences of the fixed batch, and those whose translation is the cpu's in float32. */
  readonly sentences: number;
  readonly equal: number;
  /** The largest difference of the mean log-probability of a token, over the sentences that are equal. */
  readonly scoreDifference: number;
}

/** What a model said to the fixed sentences. */
export interface TrialOutput {
  readonly text: string;
  /** Mean log-probability of a token; null where the model does not tell. */
  readonly score: number | null;
}

/** In half precision a near tie may fall the other way: one sentence of six may differ. */
const MOST_DIFFERENT: Readonly<Record<Precision, number>> = { float32: 0, float16: 1, int8: 1 };
/** Half precision has three digits: 300 sentences of FLORES differ by 0.0008 at most. */
const MOST_SCORE_DIFFERENCE: Readonly<Record<Precision, number>> = { float32: 1e-3, float16: 2e-2, int8: 0.2 };

/** Whether a device says what the cpu says, as far as its precision allows. */
export function agrees({ precision }: Candidate, figures: TrialFigures): boolean {
  const { sentences, equal, scoreDifference } = figures;
  return sentences > 0 && sentences - equal <= MOST_DIFFERENT[precision] && scoreDifference <= MOST_SCORE_DIFFERENCE[precision];
}

export function compareOutputs(outputs: readonly TrialOutput[], reference: readonly TrialOutput[]): Omit<TrialFigures, 'wordsPerSecond'> {
  let equal = 0;
  let scoreDifference = 0;
  for (const [at, expected] of reference.entries()) {
    const output = outputs[at];
    if (output?.text !== expected.text) continue;
    equal++;
    if (output.score === null || expected.score === null) continue;
    const difference = Math.abs(output.score - expected.score);
    if (!(difference <= scoreDifference)) scoreDifference = Number.isNaN(difference) ? Infinity : difference;
  }
  return { sentences: reference.length, equal, scoreDifference };
}

export function isTrialOutcome(value: unknown): value is TrialOutcome {
  if (typeof value !== 'object' || value === null || !('status' in value)) return false;
  if (value.status === 'started') return 'tries' in value && typeof value.tries === 'number';
  if (value.status === 'failed') return 'reason' in value && typeof value.reason === 'string';
  const numbers: Record<string, unknown> = { ...value };
  return value.status === 'ran' && ['wordsPerSecond', 'sentences', 'equal', 'scoreDifference'].every((key) => typeof numbers[key] === 'number');
}
