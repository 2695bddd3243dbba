import type { Progress } from '../../../app/contract/shapes/project.ts';

/** One long operation at a time, with its progress and a way to stop it. */
export class LongWork {
  running = $state(false);
  cancelling = $state(false);
  progress = $state.raw<Progress | null>(null);
  #abort: AbortController | undefined;

  /** Runs a job unless one is running; undefined then. Rejects as the job does. */
  async run<T>(job: (options: { signal: AbortSignal; onProgress: (progress: Progress) => void }) => Promise<T>): Promise<T | undefined> {
    if (this.running) return undefined;
    this.#abort = new AbortController();
    this.running = true;
    this.cancelling = false;
    this.progress = null;
    try {
      return await job({ signal: this.#abort.signal, onProgress: (progress) => { this.progress = progress; } });
    } finally {
      this.running = false;
      this.cancelling = false;
      this.#abort = undefined;
    }
  }

  cancel(): void {
    if (!this.running) return;
    this.cancelling = true;
    this.#abort?.abort();
  }
}
