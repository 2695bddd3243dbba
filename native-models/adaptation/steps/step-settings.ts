/** How a model learns from confirmed segments in small steps; docs/engine-adaptation.md says how these were measured. */

export interface StepSettings {
  /** Learning rate of Adam. */
  readonly rate: number;
  /** Confirmed pairs of a step, and others that were learned before them. */
  readonly fresh: number;
  readonly replayed: number;
  /** Every so many pairs one is held out and never learned. */
  readonly heldOutEvery: number;
  /** A step that makes the held-out pairs or the general sentences so much worse, in nats a token, is taken back. */
  readonly tolerance: number;
  /** Pairs that are less likely to the model, in nats a token, are hardly translations of each other: right ones lie at 1 to 3, mixed-up ones at 9. */
  readonly improbable: number;
  /** All steps together may make the general sentences so much worse. */
  readonly mostForgotten: number;
  readonly seed: number;
}

export const DEFAULT_STEPS: StepSettings = { rate: 1e-4, fresh: 8, replayed: 24, heldOutEvery: 12, tolerance: 0.02, improbable: 6, mostForgotten: 0.1, seed: 1 };
