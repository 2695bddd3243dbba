/** When a process that died is started again: soon, later each time, and no more after five deaths in a minute. */

export interface RestartPolicy {
  /** Notes a death; returns the milliseconds to wait before the next start, or null: give up. */
  died(now: number): number | null;
}

export function createRestartPolicy({ deaths = 5, within = 60_000, firstDelay = 100 } = {}): RestartPolicy {
  let recent: number[] = [];
  return {
    died(now) {
      recent = [...recent.filter((at) => now - at < within), now];
      return recent.length >= deaths ? null : firstDelay * 2 ** (recent.length - 1);
    },
  };
}
