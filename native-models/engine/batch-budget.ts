/**
 * How much a batch of a model may hold: so much that it fills the processor, so little that it ends soon: an interactive
 * request waits for the runs before it, and not every run can be stopped in its middle.
 */

/** Rows and padded tokens of a batch: more would fall out of the processor's caches and fill memory (docs/engine-speed.md). */
const MOST_ROWS = 16;
const MOST_TOKENS = 640;
/** Of a model that was not timed yet: a few sentences. */
const FIRST_TOKENS = 256;
/** What a run should take at most. A cancelled request that goes on for a second costs the whole process. */
const RUN_SECONDS = 0.4;
/** How much a run counts against those before it. */
const WEIGHT = 0.3;

export class BatchBudget {
  readonly rows = MOST_ROWS;
  #secondsPerToken: number | null = null;

  /** Padded source tokens; one sentence goes in any case. */
  get tokens(): number {
    if (this.#secondsPerToken === null) return FIRST_TOKENS;
    return Math.max(1, Math.min(MOST_TOKENS, Math.floor(RUN_SECONDS / this.#secondsPerToken)));
  }

  /** A run of so many padded source tokens has taken so long. */
  record(tokens: number, seconds: number): void {
    if (tokens <= 0 || !(seconds > 0)) return;
    const measured = seconds / tokens;
    // Twice as slow counts at once: a budget that is too large is felt.
    this.#secondsPerToken = this.#secondsPerToken === null || measured > 2 * this.#secondsPerToken ? measured : (1 - WEIGHT) * this.#secondsPerToken + WEIGHT * measured;
  }
}
