/**
 * The engine in a process of its own. A native crash costs this process and nothing else: it is started again, what was
 * being translated is tried once more, text by text, and a text that ends it a second time is given up.
 */
import { ChildProcessLink, type LongCall, ProcessEnded } from './child-process-link.ts';
import type { Engine, EngineState, TranslatedBatch, TranslateRequest, TranslateSummary } from './engine.ts';
import { EngineError } from './engine-error.ts';
import type { EngineAnswers, EngineSettings, TaskAnswer, TaskCall } from './engine-messages.ts';
import type { TaskOptions, TextTasks } from '../tasks/text-tasks.ts';
import { moduleBeside } from './module-beside.ts';
import { RemainingTexts } from './remaining-texts.ts';
import { countWords } from './throughput.ts';

export interface EngineProcessOptions extends EngineSettings {
  /** The module that the process runs; found beside this one when absent. */
  readonly entry?: string;
}

/** An engine that also tells what became of its process. */
export interface SupervisedEngine extends Engine {
  /** Process id, undefined while none runs. */
  readonly pid: number | undefined;
  /** Starts after an end that was not asked for. */
  readonly restarts: number;
}

/** So many ends in so long a time, and it is not started again until the time is over. */
const MOST_CRASHES = 5;
const CRASH_WINDOW = 60_000;
const FIRST_WAIT = 100;
const LONGEST_WAIT = 5000;
/** How long a cancelled request may take to stop before the process is killed. */
const CANCEL_PATIENCE = 1000;

/** Starts no process yet: the first call does. */
export function createEngineProcess(options: EngineProcessOptions): SupervisedEngine {
  return new EngineProcess(options);
}

class EngineProcess implements SupervisedEngine {
  restarts = 0;
  private readonly entry: string;
  private readonly settings: EngineSettings;
  private link: ChildProcessLink | null = null;
  private starting: Promise<ChildProcessLink> | null = null;
  /** Times of the ends that were not asked for. */
  private crashes: number[] = [];
  private lastEnd = '';
  /** Links that were killed on purpose: nobody is to blame for their end. */
  private readonly killed = new WeakSet<ChildProcessLink>();
  private readonly closing = new AbortController();

  constructor({ entry, ...settings }: EngineProcessOptions) {
    this.entry = entry ?? moduleBeside('engine-child');
    this.settings = settings;
  }

  get pid(): number | undefined {
    return this.link?.alive ? this.link.pid : undefined;
  }

  models(): Promise<EngineAnswers['models']> {
    return this.ask('models', (value): value is EngineAnswers['models'] => isRecord(value) && 'unusable' in value);
  }

  state(): Promise<EngineState> {
    return this.ask('state', (value): value is EngineState => isRecord(value) && 'residentBytes' in value);
  }

  async translate(request: TranslateRequest, { signal, onBatch }: { signal?: AbortSignal; onBatch(batch: TranslatedBatch): void }): Promise<TranslateSummary> {
    const texts = new RemainingTexts(request.texts.length);
    let summary: TranslateSummary | null = null;
    let seconds = 0;
    do {
      signal?.throwIfAborted();
      const link = await this.start();
      const indices = texts.next();
      const part: TranslateRequest = { ...request, texts: indices.map((i) => request.texts[i] ?? ''), ...(request.similar === undefined ? {} : { similar: indices.map((i) => request.similar?.[i] ?? []) }) };
      try {
        summary = await this.run(link, part, signal, {
          onRunning: (running) => texts.running(running.map((i) => indices[i] ?? 0)),
          onBatch: (batch) => {
            const own = batch.indices.map((i) => indices[i] ?? 0);
            texts.done(own);
            onBatch({ indices: own, translations: batch.translations });
          },
        });
        seconds += summary.seconds;
        texts.done(indices);
      } catch (error) {
        if (!(error instanceof ProcessEnded)) throw error;
        if (signal?.aborted) throw signal.reason;
        if (this.closing.signal.aborted) throw closedError();
        if (this.killed.has(link)) texts.forgive();
        else texts.blame();
      }
    } while (texts.left > 0);
    if (texts.failed.length > 0 || summary === null) throw givenUp(request, texts.failed, this.lastEnd);
    return { ...summary, segments: request.texts.length, words: request.texts.reduce((sum, text) => sum + countWords(text), 0), seconds };
  }

  readonly tasks: TextTasks = {
    summarize: (request, options = {}) => this.task({ task: 'summarize', request }, options, (answer) => (answer.task === 'summarize' ? answer.summary : undefined)),
    ask: (request, options = {}) => this.task({ task: 'ask', request }, options, (answer) => (answer.task === 'ask' ? answer.answer : undefined)),
  };

  /** In one process: what ended it once would end it again. */
  private async task<Value>(call: TaskCall, { signal, report = () => {} }: TaskOptions, read: (answer: TaskAnswer) => Value | undefined): Promise<Value> {
    signal?.throwIfAborted();
    const link = await this.start();
    try {
      const value = read(await this.cancellable(link, link.task(call, report), signal));
      if (value === undefined) throw new EngineError('ENGINE_EXITED', 'The engine gave an answer of another kind.', 'Try again.');
      return value;
    } catch (error) {
      if (!(error instanceof ProcessEnded)) throw error;
      if (signal?.aborted) throw signal.reason;
      if (this.closing.signal.aborted) throw closedError();
      throw new EngineError('ENGINE_EXITED', `The engine's process ended (${error.message}).`, 'The model may need more memory than there is: try a smaller one.', { cause: error });
    }
  }

  async close(): Promise<void> {
    this.closing.abort();
    const { link } = this;
    if (link?.alive !== true) return;
    this.killed.add(link);
    link.kill();
    await link.ended;
  }

  /** One try in one process. Throws ProcessEnded when that ended, the signal's reason when cancelled, else what the engine threw. */
  private async run(
    link: ChildProcessLink,
    request: TranslateRequest,
    signal: AbortSignal | undefined,
    listeners: { onBatch(batch: TranslatedBatch): void; onRunning(indices: readonly number[]): void },
  ): Promise<TranslateSummary> {
    return this.cancellable(link, link.translate(request, listeners), signal);
  }

  /** Waits for a call; one that does not stop when it is cancelled costs the process. */
  private async cancellable<Value>(link: ChildProcessLink, { id, done }: LongCall<Value>, signal: AbortSignal | undefined): Promise<Value> {
    let timer: NodeJS.Timeout | undefined;
    const abort = (): void => {
      link.cancel(id);
      timer = setTimeout(() => {
        this.killed.add(link);
        link.kill();
      }, CANCEL_PATIENCE);
    };
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    try {
      const outcome = await done;
      if (outcome !== 'cancelled') return outcome;
      throw signal?.reason ?? closedError();
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  private async ask<K extends 'models' | 'state'>(kind: K, isAnswer: (value: unknown) => value is EngineAnswers[K]): Promise<EngineAnswers[K]> {
    for (let tries = 1; ; tries++) {
      const link = await this.start();
      try {
        return await link.ask(kind, isAnswer);
      } catch (error) {
        if (!(error instanceof ProcessEnded)) throw error;
        if (this.closing.signal.aborted) throw closedError();
        if (tries === 2) throw new EngineError('ENGINE_EXITED', `The engine's process ended (${this.lastEnd}).`, 'Try again.', { cause: error });
      }
    }
  }

  /** The running process, or a new one, after a wait that grows with the number of crashes. */
  private async start(): Promise<ChildProcessLink> {
    if (this.closing.signal.aborted) throw closedError();
    if (this.link?.alive === true) return this.link;
    this.starting ??= this.startAnother().finally(() => {
      this.starting = null;
    });
    return this.starting;
  }

  private async startAnother(): Promise<ChildProcessLink> {
    this.crashes = this.crashes.filter((time) => time > Date.now() - CRASH_WINDOW);
    const { length } = this.crashes;
    if (length >= MOST_CRASHES)
      throw new EngineError('ENGINE_EXITED', `The engine's process ended ${length} times within a minute and is not started again (last: ${this.lastEnd}).`,
        'Wait a minute and try again with another model or precision.');
    if (length > 0) await pause(Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (length - 1)), this.closing.signal);
    if (this.closing.signal.aborted) throw closedError();
    // A driver may be what ended it: a device that was chosen is not chosen again right after.
    const settings: EngineSettings = length > 0 && this.settings.device === 'auto' ? { ...this.settings, device: 'cpu' } : this.settings;
    const link = new ChildProcessLink(this.entry, settings);
    this.link = link;
    void link.ended.then((how) => {
      if (this.killed.has(link)) return;
      this.lastEnd = how;
      this.crashes.push(Date.now());
      this.restarts++;
    });
    return link;
  }
}

function givenUp(request: TranslateRequest, failed: readonly number[], how: string): EngineError {
  const first = request.texts[failed[0] ?? 0] ?? '';
  const what = failed.length === 1 ? 'one text' : `${failed.length} texts`;
  return new EngineError('ENGINE_EXITED', `The engine's process ended twice while translating ${what}, the first being "${first.slice(0, 80)}" (${how}). The others are translated.`,
    'Translate them by hand or with another model.');
}

const closedError = (): EngineError => new EngineError('ENGINE_EXITED', 'The engine was closed.', 'Start the studio again.');

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end, { once: true });
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    }
  });
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
