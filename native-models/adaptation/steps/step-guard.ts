/** Whether a step is kept: what it must not forget is measured before it and behind it. */

/** Nats a target token, before a step and behind it. */
export interface LossChange {
  readonly before: number;
  readonly after: number;
}

export interface GuardedStep {
  /** Confirmed pairs that are never learned; null while there are none. */
  readonly heldOut: LossChange | null;
  /** General sentences with the old model's own translations. */
  readonly general: LossChange;
  /** Of the general sentences before the first step. */
  readonly generalAtFirst: number;
}

/** Why a step is not made of pairs, in a sentence; null: it is. `losses`: of each pair, before anything is learned from it. */
export function whyNotMade(losses: readonly number[], { improbable }: { readonly improbable: number }): string | null {
  const median = losses.toSorted((a, b) => a - b)[losses.length >> 1] ?? 0;
  return median > improbable ? `Its segments hardly look like translations: half of them are at ${median.toFixed(1)} nats a token or above.` : null;
}

/** Why the step is to be taken back, in a sentence; null: it is kept. `tolerance`, `mostForgotten`: see `StepSettings`. */
export function whyTakenBack({ heldOut, general, generalAtFirst }: GuardedStep, { tolerance, mostForgotten }: { readonly tolerance: number; readonly mostForgotten: number }): string | null {
  if (heldOut !== null && !(heldOut.after <= heldOut.before + tolerance)) return `Held-out segments became less likely, by ${nats(heldOut)} nats a token.`;
  if (!(general.after <= general.before + tolerance)) return `General sentences became less likely, by ${nats(general)} nats a token.`;
  if (!(general.after <= generalAtFirst + mostForgotten)) return `With all steps general sentences would be less likely by ${nats({ before: generalAtFirst, after: general.after })} nats a token.`;
  return null;
}

const nats = ({ before, after }: LossChange): string => (after - before).toFixed(3);
