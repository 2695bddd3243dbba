/** Machine translation of a project: journalled, committed batch by batch, cancelled and resumed at any point. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Leading } from '../adaptation/leading.ts';
import { StudioError } from '../../contract/errors.ts';
import type { JobContext, Output } from '../../contract/contract.ts';
import type { FileFailure, Progress } from '../../contract/shapes/project.ts';
import type { Engine, TranslatedBatch } from '../../../native-models/engine/engine.ts';
import { loadMemory } from '../memory/load-memory.ts';
import { memoryTarget } from '../memory/memory-target.ts';
import type { TranslationMemory } from '../memory/translation-memory.ts';
import type { OpenProject } from '../projects/open-projects.ts';
import { projectMeta } from '../projects/project-table.ts';
import type { Author } from '../segments/edit-log.ts';
import { loadTerms } from '../terms/load-terms.ts';
import { projectTerms } from '../terms/project-terms.ts';
import { TermRules } from '../terms/term-rules.ts';
import type { TermbaseEntry } from '../terms/termbase.ts';
import { chooseModel } from './choose-model.ts';
import { fromEngine } from './engine-errors.ts';
import { beginTranslation, endJob } from './job-table.ts';
import type { StoredJob } from './job-table.ts';
import { ledBy } from './led-texts.ts';
import type { LedTexts } from './led-texts.ts';
import { createRate } from './rate.ts';
import { machineTranslated, TranslationStore } from './store-translations.ts';
import type { DoneTask, Stored } from './store-translations.ts';
import { countWanted, inputKey, translationTasks } from './translation-tasks.ts';
import type { TranslationInput, TranslationTask } from './translation-tasks.ts';

/** Texts handed to the engine at once: enough to pack them well, few enough that the first documents are done first. */
const PORTION = 8_192;
/** The same where each text brings confirmed segments along that it is led by. */
const LED_PORTION = 512;
/** Texts looked up in a memory and stored in one go. */
const MEMORY_PORTION = 200;

export interface TranslateDeps {
  readonly engine: Engine;
  readonly author: () => Author;
  /** What texts are led by in a project that adapts, when all is ready for it. */
  leading(model: string | null): Promise<(segmentId: number, text: string) => Leading>;
  /** Segments of one commit. */
  changed(segmentIds: readonly number[]): void;
}

type Outcome = Output<'translate.run'>;

/**
 * Translates what the input asks for. Each batch of the engine is one durable transaction; a segment that someone changed
 * in the meantime keeps what they did. A cancelled run is an outcome; a failed one throws, and keeps what was committed.
 * Throws CONFLICT while another translation of the project runs, and the engine's errors with their codes.
 */
export async function translateProject(project: OpenProject, input: TranslationInput, { signal, report }: JobContext<Progress>, deps: TranslateDeps): Promise<Outcome> {
  if (project.runningJob !== null) throw new StudioError('CONFLICT', 'This project is being translated already.', { advice: 'Wait for it, or cancel it first.' });
  const { db } = project;
  const key = inputKey(input);
  const job = beginTranslation(db, key, (resumed) => countWanted(db, input, resumed?.id ?? null), deps.author().at);
  project.runningJob = job.id;
  const run = new TranslationRun(project, job, deps, report);
  try {
    await run.translate(input, AbortSignal.any([signal, project.closing, run.failed]));
    endJob(db, job.id, 'done', deps.author().at);
    // What waits in the log goes into the file while nobody waits.
    db.pragma('wal_checkpoint(TRUNCATE)');
    return run.outcome('done');
  } catch (error) {
    if (project.closing.aborted) return run.outcome('cancelled');
    if (run.failure === null && signal.aborted) {
      endJob(db, job.id, 'cancelled', deps.author().at);
      return run.outcome('cancelled');
    }
    const failure = run.failure ?? fromEngine(error);
    // A full disk may refuse the journal, too; the job then counts as cut off, which it is.
    try { endJob(db, job.id, 'failed', deps.author().at, `${failure.code}: ${failure.message}`); } catch { /* the first failure is the one to tell */ }
    throw failure;
  } finally {
    project.runningJob = null;
  }
}

class TranslationRun {
  /** Why a commit failed; ends the engine's work through `failed`. */
  failure: StudioError | null = null;
  readonly #stop = new AbortController();
  #rate = createRate();
  readonly #project: OpenProject;
  readonly #job: StoredJob;
  readonly #deps: TranslateDeps;
  readonly #report: (progress: Progress) => void;
  readonly #kept: TranslationStore;
  #model: string | null = null;
  #left = 0;
  #segments = 0;
  #fromMemory = 0;
  #texts = 0;
  #words = 0;
  #flagged = 0;
  #unusableTerms: readonly FileFailure[] = [];
  /** The project's terms, and those that were named for this run. */
  #terms: TermRules = new TermRules([]);

  constructor(project: OpenProject, job: StoredJob, deps: TranslateDeps, report: (progress: Progress) => void) {
    this.#project = project;
    this.#job = job;
    this.#deps = deps;
    this.#report = report;
    this.#kept = new TranslationStore(project.db, job.id, deps.author);
  }

  get failed(): AbortSignal { return this.#stop.signal; }

  outcome(outcome: Outcome['outcome']): Outcome {
    return {
      outcome, segments: this.#segments, fromMemory: this.#fromMemory, repeated: this.#segments - this.#texts, words: this.#words,
      seconds: this.#rate.seconds(), flagged: this.#flagged, model: this.#model, unusableTerms: [...this.#unusableTerms],
    };
  }

  async translate(input: TranslationInput, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const tasks = translationTasks(this.#project.db, input, this.#job.id);
    this.#left = tasks.reduce((sum, task) => sum + task.segments[0].words, 0);
    this.#report({ phase: 'load-model', done: this.#job.done, total: this.#job.total });
    if (tasks.length === 0) return;
    const { from, to } = projectMeta(this.#project.db);
    const { entries, failures } = await loadTerms(input.terms ?? [], { from, to });
    this.#unusableTerms = failures;
    const own = projectTerms(this.#project.db);
    this.#terms = entries.length === 0 ? own.rules : new TermRules<TermbaseEntry>([...own.all, ...entries]);
    const left = input.memory === undefined ? tasks : await this.#takeFromMemory(tasks, await loadMemory(input.memory.files, { from, to }, signal), input.memory.threshold, signal);
    if (left.length === 0) return;
    this.#rate = createRate();
    this.#model = await chooseModel(this.#deps.engine, { from, to, model: input.model });
    const leading = await this.#deps.leading(this.#model);
    for (let start = 0; start < left.length;) {
      const led = await ledBy(left.slice(start, start + LED_PORTION), leading);
      const tasks = led === null ? left.slice(start, start + PORTION) : left.slice(start, start + LED_PORTION);
      await this.#translatePortion(tasks, { from, to, beam: input.beam, ...(led ?? {}) }, signal);
      start += tasks.length;
    }
  }

  /** Stores what a memory has; the tasks of which it has nothing are left. */
  async #takeFromMemory(tasks: readonly TranslationTask[], memory: TranslationMemory, least: number, signal: AbortSignal): Promise<readonly TranslationTask[]> {
    const left: TranslationTask[] = [];
    for (let start = 0; start < tasks.length; start += MEMORY_PORTION) {
      const found: DoneTask[] = [];
      for (const task of tasks.slice(start, start + MEMORY_PORTION)) {
        // Others have their turn, and a cancel is heard: among many units a search takes milliseconds.
        await turn();
        signal.throwIfAborted();
        const match = memoryTarget(memory, task, least);
        if (match === null) left.push(task);
        else found.push({ task, ...match, flags: [] });
      }
      const { changed } = this.#store(found);
      this.#fromMemory += changed.length;
      this.#tell();
    }
    return left;
  }

  async #translatePortion(tasks: readonly TranslationTask[], { beam: width, adapted, similar, ...pair }: { from: string; to: string; beam?: number | undefined } & Partial<LedTexts>, signal: AbortSignal): Promise<void> {
    const open = new Set(tasks);
    const used = adapted?.folder ?? this.#model, model = used === null ? {} : { model: used }, origin = adapted?.id ?? this.#model ?? '', beam = width === undefined ? {} : { beam: width };
    const texts = tasks.map(({ text }) => text), binding = this.#terms.bindingIn(texts);
    const terms = binding.length === 0 ? {} : { terms: binding };
    await this.#deps.engine.translate(
      { ...pair, ...model, ...beam, ...terms, ...(similar === undefined ? {} : { similar }), texts, priority: 'batch', alignment: tasks.some(({ segments }) => hasTags(segments[0].source)) },
      { signal, onBatch: (batch) => { this.#commit(batch, tasks, open, origin); } },
    );
    signal.throwIfAborted();
    if (open.size > 0) throw new StudioError('INTERNAL', `The engine gave no translation of ${open.size} texts back.`, { advice: 'Run the translation again: what is done is kept. If it happens again, please report it.' });
  }

  /** Stores a batch. The engine's callback must not throw: a failed commit stops the run instead. */
  #commit(batch: TranslatedBatch, asked: readonly TranslationTask[], open: Set<TranslationTask>, model: string): void {
    if (this.failure !== null || this.#project.closing.aborted) return;
    try {
      const done = batch.indices.flatMap((index, i) => {
        const task = asked[index], translation = batch.translations[i];
        return task && translation && open.has(task) ? [machineTranslated(task, translation, model)] : [];
      });
      const { changed, texts, words } = this.#store(done);
      for (const { task } of done) open.delete(task);
      this.#segments += changed.length;
      this.#texts += texts;
      this.#words += words;
      this.#rate.add(done.reduce((sum, { task }) => sum + task.segments[0].words, 0));
      this.#tell();
    } catch (error) {
      this.failure = error instanceof StudioError ? error : fromEngine(error);
      this.#stop.abort(this.failure);
    }
  }

  /** Counts and announces what was stored. */
  #store(done: readonly DoneTask[]): Stored {
    const stored = this.#kept.store(done, this.#terms);
    this.#left -= done.reduce((sum, { task }) => sum + task.segments[0].words, 0);
    this.#flagged += stored.flagged;
    if (done.length > 0) this.#deps.changed(stored.changed);
    return stored;
  }

  #tell(): void {
    const wordsPerSecond = this.#rate.perSecond();
    this.#report({
      phase: 'translate', done: this.#job.done + this.#segments + this.#fromMemory, total: this.#job.total, words: this.#words,
      ...(wordsPerSecond === null ? {} : { wordsPerSecond, secondsLeft: this.#left / wordsPerSecond }),
    });
  }
}

const hasTags = (source: TranslationTask['segments'][number]['source']): boolean => source.some((run) => typeof run !== 'string');
