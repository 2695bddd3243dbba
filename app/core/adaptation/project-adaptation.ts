/**
 * Continuous adaptation of a project's suggestions: what is confirmed leads the next ones, by a memory of similar segments
 * while they are decoded, by weights that learn in small steps, or by both. What is taken back has no effect any more.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { gainOf, mayRemember } from '../../../native-models/adaptation/memory-guard.ts';
import type { JournalPair } from '../../../native-models/adaptation/steps/step-journal.ts';
import type { Engine } from '../../../native-models/engine/engine.ts';
import type { AdaptationStatus, AdaptationWay } from '../../contract/shapes/adaptation.ts';
import type { JobContext, Output } from '../../contract/contract.ts';
import { StudioError, toStudioError } from '../../contract/errors.ts';
import type { Progress } from '../../contract/shapes/project.ts';
import type { Segment } from '../../contract/shapes/segment.ts';
import { chooseModel } from '../jobs/choose-model.ts';
import type { OpenProject } from '../projects/open-projects.ts';
import { projectMeta } from '../projects/project-table.ts';
import { plainText } from '../segments/runs.ts';
import { segmentsByIds } from '../segments/segment-table.ts';
import { AdaptationSettingReader, storeAdaptation, type AdaptationSetting } from './adaptation-setting.ts';
import { ConfirmedSegments, firstSource, pairOf } from './confirmed-segments.ts';
import { type Leading, tryLeading } from './leading.ts';
import { ProjectSteps } from './project-steps.ts';
import { shownSteps } from './shown-steps.ts';

export interface ProjectAdaptationDeps {
  readonly engine: Engine;
  readonly workspace: string;
  changed(project: OpenProject, status: AdaptationStatus): void;
  log(line: string): void;
}

/** Shown at once of what is learned. */
const MOST_LISTED = 500;
/** Steps are made of the newest segments; all of a large project are a corpus for fine-tuning. */
const MOST_LEARNED = 2000;
/** As long as the suggestion for the next segment may take. */
const TRY_AFTER_MS = 300;
/** In this time the engine opens its other threads: one of them can serve while another opens a graph. */
const READY_AFTER_MS = 1000;
/** A project that was just opened is read first. */
const LEARN_AFTER_MS = 2000;

export class ProjectAdaptation {
  readonly #project: OpenProject;
  readonly #deps: ProjectAdaptationDeps;
  readonly #stored: AdaptationSettingReader;
  readonly #confirmed: ConfirmedSegments;
  readonly #steps: ProjectSteps;
  #isReady = false;
  #preparing: Promise<void> | null = null;

  constructor(project: OpenProject, deps: ProjectAdaptationDeps) {
    this.#project = project;
    this.#deps = deps;
    this.#stored = new AdaptationSettingReader(project.db);
    this.#confirmed = new ConfirmedSegments(project.db, this.#stored);
    const { from, to } = projectMeta(project.db);
    this.#steps = new ProjectSteps({
      engine: deps.engine, workspace: deps.workspace, path: project.db.path, pair: { from, to }, closing: project.closing,
      confirmed: () => this.#mayBeLearned(), warm: (model) => this.#warm(model), changed: () => { this.#announce(); },
    });
  }

  /** Makes ready in the background, behind what the first suggestion itself needs: that is often asked for at once. */
  open(): void {
    if (this.#setting.on) this.#inBackground(this.#prepare(READY_AFTER_MS));
  }

  /** `model`: the one that the translation would take. */
  leading(segmentId: number, text: string, model: string | null): Leading {
    const { on, trials } = this.#setting;
    if (!on || !this.#isReady || !mayRemember(trials)) return {};
    // Too much has changed at once: until it is read, nobody waits for it.
    if (!this.#confirmed.isRead) this.#inBackground(this.#confirmed.prepare(this.#project.closing));
    return this.#leads(segmentId, text, model);
  }

  /** For work that can wait until all is ready: the translation of many segments. */
  async leadingAll(model: string | null): Promise<(segmentId: number, text: string) => Leading> {
    if (this.#setting.on) {
      await this.#prepare();
      await this.#confirmed.prepare(this.#project.closing);
    }
    return (segmentId, text) => this.leading(segmentId, text, model);
  }

  async set({ on, way }: { readonly on: boolean; readonly way?: AdaptationWay | undefined }): Promise<AdaptationStatus> {
    const setting = this.#setting, chosen = way ?? setting.way;
    // Trials of another way say nothing of this one.
    storeAdaptation(this.#project.db, { ...setting, on, way: chosen, trials: chosen === setting.way ? setting.trials : [] });
    this.#isReady = false;
    if (on) {
      // That was for another way, or for what is off by now.
      await this.#preparing;
      this.#isReady = false;
      this.#inBackground(this.#prepare());
    }
    return this.status();
  }

  status(): AdaptationStatus {
    const { on, way, trials } = this.#setting;
    return { on, way, ready: on && this.#isReady, learned: this.#confirmed.size, gain: gainOf(trials), trials: trials.length, heldBack: on && !mayRemember(trials), steps: this.#steps.status(!on || way === 'memory') };
  }

  /** `from`: how many of the newest pairs are left out. */
  async list(from: number): Promise<Output<'adaptation.list'>> {
    if (this.#usesSteps) await this.#steps.open();
    const pairs = this.#confirmed.page(from, MOST_LISTED).map(({ id, number, source, target }) => ({ segmentId: id, number, source: plainText(source), target: target === null ? '' : plainText(target) }));
    return { ...this.status(), pairs, made: shownSteps(this.#project.db, this.#steps) };
  }

  /** Throws NOT_FOUND for a segment or a step that is not learned. */
  async undo({ segmentIds, steps }: { readonly segmentIds?: readonly number[] | undefined; readonly steps?: 'newest' | 'all' | number | undefined }): Promise<Output<'adaptation.undo'>> {
    await this.#preparing;
    if (this.#usesSteps) await this.#steps.open();
    const forgotten = segmentIds ?? (steps === undefined ? this.#confirmed.newest(1).map(({ id }) => id) : []);
    this.#forget(forgotten);
    const from = [...(steps === undefined ? [] : [this.#takeBackFrom(steps)]), ...forgotten.flatMap((id) => this.#steps.state.stepOf(id) ?? [])];
    const undone = from.length === 0 ? [] : await this.#steps.takeBack(Math.min(...from));
    if (undone.length > 0) this.#learnSoon();
    this.#announce();
    return { ...this.status(), forgotten: [...forgotten], undone };
  }

  /** Steps of all that waits, in the foreground. Throws INVALID_INPUT where the way has none, and what learning throws. */
  async learn({ signal, report }: JobContext<Progress>): Promise<AdaptationStatus> {
    if (!this.#usesSteps) throw new StudioError('INVALID_INPUT', 'This project does not adapt in steps.', { advice: 'Turn adaptation on, by steps or by both ways.' });
    report({ phase: 'read', done: 0 });
    await this.#prepare();
    await this.#steps.learn({
      rest: true, signal,
      report: ({ stage, made, steps }) => { report(stage === 'learning' ? { phase: 'learn', done: made, total: steps } : { phase: stage === 'opening' ? 'load-model' : 'quantize', done: 0 }); },
    });
    return this.status();
  }

  /** After a segment was confirmed: it is tried by the guard, and becomes part of a step when enough have come together. */
  confirmed(segment: Segment): void {
    if (!this.#setting.on) return;
    this.#inBackground((async () => {
      await pause(TRY_AFTER_MS, undefined, { signal: this.#project.closing, ref: false });
      await this.#try(segment);
      await this.#learnDue();
    })());
  }

  get #setting(): AdaptationSetting {
    return this.#stored.read();
  }

  get #usesSteps(): boolean {
    const { on, way } = this.#setting;
    return on && way !== 'memory';
  }

  #prepare(after = 0): Promise<void> {
    return (this.#preparing ??= this.#makeReady(after).finally(() => { this.#preparing = null; }));
  }

  async #makeReady(after: number): Promise<void> {
    if (this.#isReady) return;
    const { closing } = this.#project;
    if (after > 0) {
      await this.#warm(null, false).catch(() => undefined);
      await pause(after, undefined, { signal: closing, ref: false });
    }
    await this.#confirmed.prepare(closing);
    if (this.#usesSteps) {
      await this.#steps.open();
      await this.#steps.takeWeights();
    }
    // Without a model nothing can be made ready; a suggestion will say so. Weights have been opened with all they need.
    if (!this.#steps.isAnyInUse) await this.#warm(null).catch(() => undefined);
    closing.throwIfAborted();
    this.#isReady = true;
    this.#announce();
    this.#learnSoon();
  }

  /** Lets the engine open a model, and the graph of its that takes a memory, before anybody waits for it. */
  async #warm(folder: string | null, remembers = this.#setting.way !== 'steps'): Promise<void> {
    const { db, closing } = this.#project, { from, to } = projectMeta(db);
    const pair = (this.#confirmed.isRead ? this.#confirmed.newest(1)[0] : undefined) ?? firstSource(this.#project.db);
    if (pair === null) return;
    const model = folder ?? (await chooseModel(this.#deps.engine, { from, to }));
    await this.#deps.engine.translate({ from, to, ...(model === null ? {} : { model }), texts: [pair.source], ...(remembers ? { similar: [[pair]] } : {}), priority: 'batch', alignment: false }, { signal: closing, onBatch: () => undefined });
  }

  #leads(segmentId: number, text: string, model: string | null): Leading {
    const { way } = this.#setting;
    const adapted = way === 'memory' ? null : this.#steps.modelFor(model);
    const similar = way === 'steps' ? [] : this.#confirmed.nearest(text, segmentId);
    return { ...(adapted === null ? {} : { adapted }), ...(similar.length === 0 ? {} : { similar }) };
  }

  /** What the model says of a segment with and without what was learned, for the guard. Later requests overtake it. */
  async #try(segment: Segment): Promise<void> {
    const { db, closing } = this.#project, { engine } = this.#deps;
    const pair = pairOf(segment), { from, to } = projectMeta(db);
    // What a step has learned is no test of it.
    if (pair === null || !this.#isReady || (this.#usesSteps && this.#steps.state.stepOf(segment.id) !== null)) return;
    const model = await chooseModel(engine, { from, to });
    const led = this.#leads(segment.id, pair.source, model);
    if (led.adapted === undefined && led.similar === undefined) return;
    const trial = await tryLeading(engine, { pair, from, to, model, led }, closing);
    closing.throwIfAborted();
    const setting = this.#setting;
    storeAdaptation(db, { ...setting, trials: [...setting.trials, trial] });
    this.#announce();
  }

  #learnSoon(): void {
    this.#inBackground(pause(LEARN_AFTER_MS, undefined, { signal: this.#project.closing, ref: false }).then(() => this.#learnDue()));
  }

  /** A round where one is due; not while the project is translated, which a round would slow down. */
  async #learnDue(): Promise<void> {
    if (!this.#usesSteps || !this.#isReady || this.#project.runningJob !== null || this.#deps.engine.steps === undefined) return;
    await this.#steps.open();
    if (this.#steps.isDue && this.#steps.status(false).state !== 'learning') await this.#steps.learn({ rest: false });
  }

  #mayBeLearned(): JournalPair[] {
    const { unlearned } = this.#setting;
    const left = new Set(segmentsByIds(this.#project.db, [...unlearned.keys()]).filter(({ id, version }) => unlearned.get(id) === version).map(({ id }) => id));
    return this.#confirmed.newest(MOST_LEARNED).filter(({ id }) => !left.has(id));
  }

  #forget(segmentIds: readonly number[]): void {
    const unknown = this.#confirmed.unknownOf(segmentIds);
    if (unknown !== undefined) throw new StudioError('NOT_FOUND', `Nothing was learned from segment ${unknown}.`, { advice: 'See the list of what was learned.', data: { segmentId: unknown } });
    const setting = this.#setting;
    storeAdaptation(this.#project.db, { ...setting, forgotten: this.#withVersions(setting.forgotten, segmentIds) });
  }

  /** The first step that goes; the segments of the steps that were named are not learned again, those of steps that build on them are. */
  #takeBackFrom(steps: 'newest' | 'all' | number): number {
    const { kept } = this.#steps.state;
    const named = steps === 'all' ? kept : kept.filter(({ step }) => step === (steps === 'newest' ? kept.at(-1)?.step : steps));
    const [first] = named;
    if (first === undefined) throw new StudioError('NOT_FOUND', typeof steps === 'number' ? `There is no step ${steps} that could be taken back.` : 'No step was made yet.', { advice: 'See the list of what was learned.' });
    const setting = this.#setting;
    storeAdaptation(this.#project.db, { ...setting, unlearned: this.#withVersions(setting.unlearned, named.flatMap(({ pairs }) => pairs.map(({ id }) => id))) });
    return first.step;
  }

  #withVersions(known: ReadonlyMap<number, number>, segmentIds: readonly number[]): Map<number, number> {
    return new Map([...known, ...segmentsByIds(this.#project.db, segmentIds).map(({ id, version }) => [id, version] as const)]);
  }

  #announce(): void {
    if (!this.#project.closing.aborted) this.#deps.changed(this.#project, this.status());
  }

  #inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => { if (!this.#project.closing.aborted) this.#deps.log(`Adaptation: ${toStudioError(error).message}`); });
  }
}
