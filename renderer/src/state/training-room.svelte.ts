import type { Input, Output } from '../../../app/contract/contract.ts';
import type { ModelInfo } from '../../../app/contract/shapes/model.ts';
import type { Progress } from '../../../app/contract/shapes/project.ts';
import type { TrainingOutcome, TrainingRun } from '../../../app/contract/shapes/training.ts';
import type { Connection } from '../client/connection.ts';
import { codeOf, tellError } from '../i18n/messages.ts';
import { attempt } from './attempt.ts';
import { LongWork } from './long-work.svelte.ts';
import type { Failure } from './model-library.svelte.ts';

export type RunLog = Output<'training.run'>;
export type AttentionMap = Output<'training.attention'>;
export type NewRun = Extract<Input<'training.finetune'>, { model: string }>;

/** Milliseconds between two readings of the log of a run that is under way. */
const READ_AGAIN = 2000;

/** The fine-tuning runs of this machine; one goes on while its view is closed. */
export class TrainingRoom {
  runs = $state.raw<readonly TrainingRun[] | null>(null);
  /** What is shown: a run by its id; null for the form of a new one. */
  shown = $state<string | null>(null);
  log = $state.raw<RunLog | null>(null);
  /** How a run that was under way here ended. */
  outcome = $state.raw<TrainingOutcome | null>(null);
  /** Where a run's model looked at a checkpoint; null: before it learned. */
  map = $state.raw<{ readonly checkpoint: number | null; readonly value: AttentionMap } | null>(null);
  /** What a run's model made of its samples at a checkpoint, as far as it has come. */
  then = $state.raw<{ readonly run: string; readonly checkpoint: number | null; readonly outputs: ReadonlyMap<string, string> } | null>(null);
  failure = $state.raw<Failure | null>(null);
  readonly work = new LongWork();
  readonly looking = new LongWork();
  readonly #connection: Connection;
  readonly #ended: (outcome: TrainingOutcome) => void;
  /** When the log was read last, in milliseconds of the page. */
  #readAt = 0;
  /** Readings of the list and of the log: an answer that was overtaken is dropped. */
  #listed = 0;
  #logged = 0;
  /** The run that was brought into view when it began. */
  #brought: string | null = null;

  /** `ended` hears how each run ended that was started here. */
  constructor(connection: Connection, ended: (outcome: TrainingOutcome) => void) {
    this.#connection = connection;
    this.#ended = ended;
  }

  /** The run that is under way here. */
  get running(): string | null {
    return this.work.running ? (this.work.progress?.item ?? null) : null;
  }

  /** Reads the list again, and the run that is shown. */
  async read(): Promise<void> {
    const listed = ++this.#listed;
    try {
      const runs = await this.#connection.call('training.runs', {});
      if (listed !== this.#listed) return;
      this.runs = runs;
      if (this.shown !== null && !this.runs.some(({ id }) => id === this.shown)) {
        this.shown = null;
        this.log = null;
      }
      await this.#readLog();
    } catch (error) {
      if (listed === this.#listed) this.failure = tellError(error);
    }
  }

  /** Shows a run, or the form of a new one. */
  show(id: string | null): void {
    this.shown = id;
    this.failure = null;
    this.map = null;
    this.then = null;
    if (this.log?.run.id !== id) this.log = null;
    void this.#attempt(() => this.#readLog());
  }

  start(wanted: NewRun): Promise<void> { return this.#train(wanted); }
  /** Goes on with a run that was stopped. */
  goOn(id: string): Promise<void> { return this.#train({ run: id }); }
  /** Stops the run that is under way; it can go on. */
  pause(): void { this.work.cancel(); }

  async discard(id: string): Promise<void> {
    await this.#attempt(() => this.#connection.call('training.discard', { id }));
  }

  /** Goes back from the model that a run made, or to it again. */
  async retire(model: ModelInfo, retired: boolean): Promise<void> {
    await this.#attempt(() => this.#connection.call('models.retire', { id: model.id, retired }));
  }

  /** Asks where the model looks while it translates a sentence; null: before it learned. */
  async look(run: string, checkpoint: number | null, sentence: string): Promise<void> {
    this.map = null;
    const map = await this.#attempt(() => this.looking.run((options) => this.#connection.job('training.attention', { run, checkpoint, sentence }, options)));
    if (map && this.shown === run) this.map = { checkpoint, value: map };
  }

  /** Asks what the model makes of some sentences at a checkpoint, one after the other. */
  async translateSamples(run: string, checkpoint: number | null, sentences: readonly string[]): Promise<void> {
    this.then = { run, checkpoint, outputs: new Map() };
    await this.#attempt(() => this.looking.run(async (options) => {
      for (const sentence of sentences) {
        const { text } = await this.#connection.job('training.attention', { run, checkpoint, sentence }, options);
        if (this.then?.run !== run || this.then.checkpoint !== checkpoint) return;
        this.then = { ...this.then, outputs: new Map([...this.then.outputs, [sentence, text]]) };
      }
    }));
  }

  async #train(wanted: Input<'training.finetune'>): Promise<void> {
    this.outcome = null;
    this.#brought = null;
    const outcome = await this.#attempt(() => this.work.run((options) => this.#connection.job('training.finetune', wanted, {
      ...options, onProgress: (progress) => { options.onProgress(progress); this.#progressed(progress); },
    })));
    if (!outcome) return;
    this.outcome = outcome;
    this.#ended(outcome);
    await this.#attempt(() => this.#readLog());
  }

  /** Shows a run as soon as it has a name, and draws its curve on. Who looks at something else by then, or later, is left there. */
  #progressed({ item, phase, done, loss = NaN, tokensPerSecond = 0 }: Progress): void {
    if (item === undefined) return;
    if (this.#brought !== item) {
      this.#brought = item;
      if (this.shown === null) this.show(item);
    }
    // What is measured on the way stands in the log alone.
    if (performance.now() - this.#readAt > READ_AGAIN) this.#readLog().catch(() => undefined);
    const { log } = this;
    if (phase === 'learn' && log?.run.id === item && done > (log.losses.at(-1)?.step ?? 0)) this.log = { ...log, losses: [...log.losses, { step: done, loss, rate: 0, tokensPerSecond }] };
  }

  async #readLog(): Promise<void> {
    const { shown } = this;
    const logged = ++this.#logged;
    this.#readAt = performance.now();
    if (shown === null) return;
    try {
      const log = await this.#connection.call('training.run', { id: shown });
      // Another one may be shown by now, or this one have been read again.
      if (logged === this.#logged && this.shown === shown) this.log = log;
    } catch (error) {
      // A run that failed before it began is gone again; the list knows.
      if (codeOf(error) !== 'NOT_FOUND') throw error;
    }
  }

  /** Runs something and keeps what went wrong for the view; a stop is what the user asked for. */
  #attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    this.failure = null;
    // The usual sentence for the code is about segments.
    return attempt(work, (told) => { this.failure = told.code === 'CONFLICT' ? { ...told, title: 'One run at a time' } : told; });
  }
}
