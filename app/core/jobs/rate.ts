/** Measured speed of work that comes in batches. */

/** Seconds over which the speed is measured: long enough to be calm, short enough to follow. */
const WINDOW_S = 10;

export interface Rate {
  add(words: number): void;
  /** Words a second of the last batches; null before the second batch, since the first waits for the model to load. */
  perSecond(): number | null;
  /** Since the measure was made. */
  seconds(): number;
}

export function createRate(now: () => number = () => performance.now() / 1000): Rate {
  const begun = now();
  const marks: { at: number; words: number }[] = [];
  let total = 0;
  return {
    add(words) {
      total += words;
      const at = now();
      marks.push({ at, words: total });
      while (marks.length > 2 && at - (marks[1]?.at ?? at) > WINDOW_S) marks.shift();
    },
    perSecond() {
      const first = marks[0], last = marks.at(-1);
      if (!first || !last || last.at <= first.at) return null;
      return (last.words - first.words) / (last.at - first.at);
    },
    seconds: () => now() - begun,
  };
}
