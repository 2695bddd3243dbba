/** Which confirmed pairs make which step, and which are held out: the same ones, whether they come together or one by one. */
import type { LearnedState } from './learned-state.ts';
import type { JournalPair } from './step-journal.ts';

export interface PlannedStep {
  readonly pairs: readonly JournalPair[];
  readonly holdsOut: readonly JournalPair[];
}

/** So many sources are learned before the first one is held out: the guard is to have something to measure soon. */
const FIRST_HELD_OUT = 3;

/**
 * `rest`: the last step may be smaller, and `left` are pairs to hold out that no step is behind. Of the different sources
 * every so many-th is held out; a source is on one side only.
 */
export function planSteps(state: LearnedState, waiting: readonly JournalPair[], { fresh, heldOutEvery }: { readonly fresh: number; readonly heldOutEvery: number }, rest: boolean): { readonly steps: readonly PlannedStep[]; readonly left: readonly JournalPair[] } {
  const heldOut = new Set([...state.heldOut.values()].map(({ source }) => source));
  const seen = new Set(state.steps.flatMap(({ made: { pairs } }) => pairs.map(({ source }) => source)));
  const steps: PlannedStep[] = [];
  let pairs: JournalPair[] = [], holdsOut: JournalPair[] = [];
  for (const pair of waiting) {
    if (!heldOut.has(pair.source) && !seen.has(pair.source)) ((heldOut.size + seen.size) % heldOutEvery === FIRST_HELD_OUT ? heldOut : seen).add(pair.source);
    (heldOut.has(pair.source) ? holdsOut : pairs).push(pair);
    if (pairs.length < fresh) continue;
    steps.push({ pairs, holdsOut });
    [pairs, holdsOut] = [[], []];
  }
  if (rest && pairs.length > 0) {
    steps.push({ pairs, holdsOut });
    holdsOut = [];
  }
  return { steps, left: rest ? holdsOut : [] };
}
