/**
 * Whether what is remembered helps. Every confirmed segment is a test before it is learned (prequential evaluation: Dawid
 * 1984): it was translated with and without the memory, and both are compared with what was confirmed.
 */

/** chrF of one segment against what was confirmed, 0 to 100. */
export interface Trial {
  readonly remembering: number;
  readonly plain: number;
}

/** The last trials count; older ones may be of another kind of text. */
export const TRIALS_KEPT = 40;
/** With fewer trials nothing is concluded. */
const FEWEST_TRIALS = 10;

/** Mean gain in points of chrF over the last trials; null while there are too few to tell. */
export function gainOf(trials: readonly Trial[]): number | null {
  const last = trials.slice(-TRIALS_KEPT);
  if (last.length < FEWEST_TRIALS) return null;
  return last.reduce((sum, { remembering, plain }) => sum + remembering - plain, 0) / last.length;
}

/** The memory is used until it is known to do harm, and again when the trials, which go on, say that it helps. */
export const mayRemember = (trials: readonly Trial[]): boolean => (gainOf(trials) ?? 0) >= 0;
