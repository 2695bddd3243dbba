/**
 * What a model learned in steps for one project: rounds of learning in the background, and the weights that suggestions are
 * made with. It lies in the workspace, in a folder for each project and model; lost, it is learned again.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { appendEntry, readJournal, type JournalPair } from '../../../native-models/adaptation/steps/step-journal.ts';
import { LearnedState } from '../../../native-models/adaptation/steps/learned-state.ts';
import type { LearnProgress } from '../../../native-models/adaptation/steps/step-learning.ts';
import { DEFAULT_STEPS } from '../../../native-models/adaptation/steps/step-settings.ts';
import { adaptedId, newestWeights } from '../../../native-models/adaptation/steps/step-store.ts';
import type { Engine, ModelDescription } from '../../../native-models/engine/engine.ts';
import type { AdaptationStatus } from '../../contract/shapes/adaptation.ts';
import { StudioError, toStudioError } from '../../contract/errors.ts';
import { chooseModel } from '../jobs/choose-model.ts';
import { fromEngine } from '../jobs/engine-errors.ts';

export interface ProjectStepsDeps {
  readonly engine: Engine;
  readonly workspace: string;
  /** The project's file. */
  readonly path: string;
  readonly pair: { readonly from: string; readonly to: string };
  readonly closing: AbortSignal;
  /** Confirmed pairs that steps may be made of, in the order of their confirmation. */
  confirmed(): JournalPair[];
  /** Lets the engine open a model ahead of its first suggestion. */
  warm(model: string): Promise<void>;
  changed(): void;
}

/** A model with weights that learned for a project. */
export interface AdaptedModel {
  readonly folder: string;
  readonly id: string;
}

type StepStatus = AdaptationStatus['steps'];

export class ProjectSteps {
  readonly #deps: ProjectStepsDeps;
  #base: ModelDescription | null = null;
  #state = new LearnedState();
  #inUse: { readonly step: number; readonly folder: string } | null = null;
  #round: Promise<void> | null = null;
  #stop = new AbortController();
  #message: string | null = null;

  constructor(deps: ProjectStepsDeps) {
    this.#deps = deps;
  }

  get state(): LearnedState {
    return this.#state;
  }

  /** The model with what it learned, in place of `base`; null: it learned nothing, or is another. */
  modelFor(base: string | null): AdaptedModel | null {
    if (this.#base === null || this.#inUse === null || base !== this.#base.id) return null;
    return { folder: this.#inUse.folder, id: adaptedId(base, this.#inUse.step) };
  }

  get isAnyInUse(): boolean {
    return this.#inUse !== null;
  }

  isInUse(step: number): boolean {
    return step <= (this.#inUse?.step ?? 0);
  }

  /** Finds the model and what it learned. Never rejects but for the closing of the project. */
  async open(): Promise<void> {
    try {
      const base = await this.#chooseBase();
      if (base.id !== this.#base?.id) this.#inUse = null;
      this.#base = base;
      await this.#readJournal();
      if (this.#round === null) this.#message = null;
    } catch (error) {
      this.#deps.closing.throwIfAborted();
      this.#base = null;
      this.#message = toStudioError(error).message;
    }
  }

  /** Takes the newest weights into use when the engine has opened them. */
  async takeWeights(): Promise<void> {
    if (this.#base === null) return;
    const newest = await newestWeights(this.#folder(this.#base), this.#state.kept.map(({ step }) => step));
    if (newest === null || newest.step === this.#inUse?.step) return;
    await this.#deps.warm(newest.folder);
    this.#inUse = newest;
  }

  status(isOff: boolean): StepStatus {
    const count = (fate: string): number => this.#state.steps.filter((step) => step.fate === fate).length;
    const state = isOff ? 'off' : this.#round !== null ? 'learning' : this.#message === null ? 'idle' : 'failed';
    const inUse = this.#state.kept.filter(({ step }) => this.isInUse(step)).length;
    return { state, kept: count('kept'), takenBack: count('taken-back'), undone: count('undone'), waiting: isOff ? 0 : this.waiting().length, fresh: DEFAULT_STEPS.fresh, inUse, message: isOff ? null : this.#message };
  }

  waiting(): JournalPair[] {
    return this.#state.waiting(this.#deps.confirmed());
  }

  /** Whether a round would bring something: enough segments wait, or weights are missing. */
  get isDue(): boolean {
    return this.#base !== null && (this.waiting().length >= DEFAULT_STEPS.fresh || (this.#inUse?.step ?? 0) !== this.#state.head);
  }

  /**
   * One round of learning, behind the one that runs. `rest`: the last few are learned, too. What fails is kept as a message
   * and thrown. Rejects with the reason when it is cancelled.
   */
  async learn({ rest, signal, report }: { readonly rest: boolean; readonly signal?: AbortSignal; readonly report?: (progress: LearnProgress) => void }): Promise<void> {
    while (this.#round !== null) await this.#round;
    const base = this.#base, { steps } = this.#deps.engine;
    if (base === null) throw new StudioError('MODEL_UNSUPPORTED', this.#message ?? 'There is no model that could learn.', { advice: 'Adapt by the memory, which needs no learning.' });
    if (steps === undefined) throw new StudioError('MODEL_UNSUPPORTED', 'This engine does not learn.', { advice: 'Use the engine that comes with the studio.' });
    const { closing } = this.#deps;
    const stop = AbortSignal.any([closing, this.#stop.signal, ...(signal === undefined ? [] : [signal])]);
    const { id, name, from, to, folder } = base;
    this.#message = null;
    const round = steps.learn({ modelFolder: folder, model: { id, name, from, to }, folder: this.#folder(base), confirmed: this.#deps.confirmed(), rest }, { signal: stop, ...(report === undefined ? {} : { report }) })
      .then(() => this.#reload())
      .catch(async (error: unknown) => {
        if (!stop.aborted) this.#message = fromEngine(error).message;
        if (!closing.aborted) await this.#reload();
        throw error;
      });
    this.#round = round.catch(() => undefined).finally(() => {
      this.#round = null;
      if (!closing.aborted) this.#deps.changed();
    });
    this.#deps.changed();
    try {
      await round;
    } catch (error) {
      stop.throwIfAborted();
      throw fromEngine(error);
    }
  }

  /** Takes back a step and those that build on it; their numbers. The weights of before are in use when it resolves, or older ones until they are made again. */
  async takeBack(from: number): Promise<number[]> {
    const base = this.#base;
    if (base === null) return [];
    this.#stop.abort(new StudioError('CANCELLED', 'What is learned is changed.'));
    await this.#round;
    this.#stop = new AbortController();
    const undone = this.#state.kept.map(({ step }) => step).filter((step) => step >= from);
    await appendEntry(this.#folder(base), { kind: 'undone', from });
    await this.#reload();
    return undone;
  }

  async #reload(): Promise<void> {
    await this.#readJournal();
    await this.takeWeights();
  }

  /** Weights that hold a step that was taken back are not in use any more. */
  async #readJournal(): Promise<void> {
    if (this.#base === null) return;
    this.#state = LearnedState.of(await readJournal(this.#folder(this.#base)));
    const inUse = this.#inUse?.step;
    if (inUse !== undefined && !this.#state.kept.some(({ step }) => step === inUse)) this.#inUse = null;
  }

  async #chooseBase(): Promise<ModelDescription> {
    const { engine, pair } = this.#deps;
    const id = await chooseModel(engine, pair);
    const base = (await engine.models()).models.find((model) => model.id === id);
    if (base?.architecture !== 'marian-student') throw new StudioError('MODEL_UNSUPPORTED', id === null ? 'There is no model for the languages of the project.' : `The model ${id} can\u2019t learn in steps; only students can.`);
    return base;
  }

  #folder({ id }: ModelDescription): string {
    const project = createHash('sha256').update(this.#deps.path).digest('hex').slice(0, 32);
    return join(this.#deps.workspace, 'adapted', project, encodeURIComponent(id));
  }
}
