/** Notices that a process is there but does not answer: exit events alone don't tell (a stuck loop, a stopped process). */

export interface HeartbeatOptions {
  /** Resolves when the other side answered; a rejection is an answer, too. */
  readonly ping: () => Promise<unknown>;
  /** Milliseconds between two pings. */
  readonly every: number;
  /** So many beats in a row without an answer are a silence. Beats are counted, not time: a machine that slept is not a silent process. */
  readonly misses: number;
  /** Called once a silence. */
  readonly onSilent: () => void;
}

/** Beats until the returned function is called. */
export function startHeartbeat({ ping, every, misses, onSilent }: HeartbeatOptions): () => void {
  let waiting = false;
  let missed = 0;
  const timer = setInterval(() => {
    if (waiting) {
      if (++missed === misses) onSilent();
      return;
    }
    waiting = true;
    missed = 0;
    const answered = (): void => { waiting = false; };
    void ping().then(answered, answered);
  }, every);
  return () => { clearInterval(timer); };
}
