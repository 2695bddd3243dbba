/** The requests that are on their way, and the workers that they are fed to: interactive ones first, else in their order. */
import type { Batch } from './chunk-queue.ts';
import type { TranslateRequest } from './engine.ts';
import { EngineError } from './engine-error.ts';
import type { LanguageFrame } from './language-frame.ts';
import type { ModelPool } from './model-pool.ts';
import { Throughput } from './throughput.ts';
import type { TranslationJob } from './translation-job.ts';

/** A device wants more work at a time; not measured yet on one. */
const DEVICE_BATCH_ROWS = 64;
const DEVICE_BATCH_TOKENS = 8192;

interface QueuedJob {
  readonly job: TranslationJob;
  readonly pool: ModelPool;
  readonly frame: LanguageFrame;
  readonly signal: AbortSignal | undefined;
  fail(error: unknown): void;
  finish(): void;
}

export class JobQueue {
  readonly throughput = new Throughput();
  private readonly queue: QueuedJob[] = [];
  private readonly onRun: (request: TranslateRequest, indices: readonly number[]) => void;

  /** `onRun`: told which texts of which request a worker is about to translate. */
  constructor(onRun: (request: TranslateRequest, indices: readonly number[]) => void) {
    this.onRun = onRun;
  }

  /** Fails all that are waiting. */
  cancelAll(error: EngineError): void {
    for (const queued of [...this.queue]) {
      queued.job.cancelled = true;
      queued.fail(error);
    }
  }

  /** Resolves when every text was handed over; rejects with the reason of `signal` behind the last run in hand. */
  enqueue(job: TranslationJob, pool: ModelPool, frame: LanguageFrame, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        const at = this.queue.indexOf(queued);
        if (at < 0) return;
        this.queue.splice(at, 1);
        signal?.removeEventListener('abort', abort);
        act();
      };
      const queued: QueuedJob = { job, pool, frame, signal, finish: () => settle(resolve), fail: (error) => settle(() => reject(error instanceof Error ? error : new Error(String(error)))) };
      const abort = (): void => {
        job.cancelled = true;
        if (job.running === 0) queued.fail(signal?.reason);
      };
      this.queue.push(queued);
      signal?.addEventListener('abort', abort);
      this.pump();
      if (signal?.aborted) abort();
    });
  }

  /** Gives every free worker a batch: of interactive requests first, else of the request that came first. */
  pump(): void {
    for (const priority of ['interactive', 'batch'] as const) {
      for (const queued of [...this.queue]) {
        if (queued.job.request.priority !== priority) continue;
        this.feed(queued);
      }
    }
  }

  private feed(queued: QueuedJob): void {
    const { job, pool } = queued;
    if (!pool.alive) return queued.fail(new EngineError('ENGINE_EXITED', 'The threads of the model have ended.', 'Try again.'));
    try {
      while (pool.hasFree && job.hasWork) {
        const batch = pool.place.device === 'cpu' ? job.take(pool.budget.rows, pool.budget.tokens) : job.take(DEVICE_BATCH_ROWS, DEVICE_BATCH_TOKENS);
        if (batch.chunks.length > 0) void this.run(queued, batch);
        job.planAhead();
      }
      job.handOver();
    } catch (error) {
      job.cancelled = true;
      return queued.fail(error);
    }
    if (job.isDone && job.running === 0) queued.finish();
  }

  private async run(queued: QueuedJob, batch: Batch): Promise<void> {
    const { chunks, search, similar } = batch;
    const { job, pool, frame } = queued;
    job.running++;
    const start = performance.now() / 1000;
    try {
      this.onRun(job.request, chunks.flatMap(({ indices }) => indices));
      const { outputs } = await pool.run(chunks.map(({ ids }) => ids), frame, search, similar, queued.signal);
      // The worker gets its next batch before this thread turns to the answers.
      this.pump();
      this.throughput.record({ start, end: performance.now() / 1000, words: chunks.reduce((sum, chunk) => sum + chunk.words, 0) });
      if (this.queue.includes(queued)) job.settle(batch, outputs);
    } catch (error) {
      job.cancelled = true;
      // A request that was cancelled ends when the last of its runs has.
      if (queued.signal?.aborted !== true) queued.fail(error);
    }
    job.running--;
    if (job.cancelled && job.running === 0) queued.fail(queued.signal?.reason);
    this.pump();
  }
}
