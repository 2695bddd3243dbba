/** The learning itself: updates over the examples from wherever the run had come, with checkpoints, a log and early stopping. */
import { EngineError } from '../../engine/engine-error.ts';
import { batchesOf, type TrainingExample } from '../corpus/batches.ts';
import { adam } from '../optimizers/adam.ts';
import type { Parameter, ParameterStore } from '../parameters.ts';
import type { RunDirectory } from '../runs/run-directory.ts';
import { openTrainingSession, type TrainingSession } from '../session/training-session.ts';
import type { Batch } from '../trainable-model.ts';
import { rateOf, type FinetuneSettings } from './finetune-settings.ts';
import { batchRuleOf, RunMeasures } from './run-measures.ts';
import { candidatesOf, withCandidates } from './sampled-softmax.ts';
import type { Learner, TunableModel } from './tunable-model.ts';
import type { LearningProgress, MeasuredPass } from './finetune-job.ts';

export interface LearningInput {
  readonly model: TunableModel;
  readonly training: readonly TrainingExample[];
  /** Decide when it is enough, and how much is kept; none of a corpus of a few pairs. */
  readonly validation: readonly TrainingExample[];
  /** Never learned: tell how far the model moves from the old one. */
  readonly general: readonly TrainingExample[];
  /** Called at the beginning and after each pass; what it gives is logged with the losses. */
  translate?(learned: ParameterStore, update: number): Promise<Readonly<Record<string, number>>>;
  readonly settings: FinetuneSettings;
  readonly run: RunDirectory;
  readonly threads: number;
}

export type LearningOutcome =
  | { readonly outcome: 'learned'; readonly parameters: ReadonlyMap<string, Parameter>; readonly updates: number; /** of it is to be kept */ readonly share: number; readonly curve: readonly MeasuredPass[] }
  /** A checkpoint is stored; the same call goes on from it. */
  | { readonly outcome: 'cancelled' }
  /** Losses that are no numbers; the last good checkpoint is kept. */
  | { readonly outcome: 'diverged'; readonly update: number };

/** Updates made in one run of the graph: few, so that a cancelled run ends within seconds. */
const UPDATES_A_RUN = 4;
const UPDATES_A_CHECKPOINT = 40;
/** So many updates that could not be applied end the run. */
const MOST_REFUSED = 3;

export async function learn(input: LearningInput, { signal, report }: { signal?: AbortSignal; report?: (progress: LearningProgress) => void }): Promise<LearningOutcome> {
  const { model, settings, threads } = input;
  const candidates = candidatesOf(settings, model.targetVocabulary);
  const learner = model.learner(settings, candidates);
  const session = await openTrainingSession(learner.model, { parameters: learner.start, optimizer: adam({ beta2: 0.98, weightDecay: settings.pull }), clipNorm: 1, seed: settings.seed, threads });
  try {
    return await new LearningRun(input, learner, session, candidates).go(signal, report);
  } finally {
    await session.close();
  }
}

class LearningRun {
  readonly #input: LearningInput;
  readonly #learner: Learner;
  readonly #session: TrainingSession;
  readonly #perEpoch: readonly (readonly number[][])[];
  readonly #updates: number;
  readonly #candidates: number | null;
  readonly #measures: RunMeasures;
  /** Updates made or refused so far. */
  #position = 0;
  #bestLoss = Infinity;
  /** Where the validation pairs were last measured, and were better than ever. */
  #measuredAt = -1;
  #refused = 0;

  constructor(input: LearningInput, learner: Learner, session: TrainingSession, candidates: number | null) {
    this.#input = input;
    this.#learner = learner;
    this.#candidates = candidates;
    this.#session = session;
    const { settings, training, validation, general } = input;
    this.#measures = new RunMeasures({ session, learner, batch: (examples, position) => this.#batch(examples, position), validation, general, settings });
    this.#perEpoch = Array.from({ length: settings.epochs }, (_, epoch) => batchesOf(training, batchRuleOf(settings), epoch));
    this.#updates = this.#perEpoch.reduce((sum, batches) => sum + batches.length, 0);
  }

  async go(signal: AbortSignal | undefined, report: ((progress: LearningProgress) => void) | undefined): Promise<LearningOutcome> {
    await this.#resume();
    if (this.#position === 0) await this.#measure();
    const since = performance.now();
    let tokens = 0;
    let first = 0;
    for (const [epoch, batches] of this.#perEpoch.entries()) {
      for (let at = Math.max(0, this.#position - first); at < batches.length; at += UPDATES_A_RUN) {
        if (signal?.aborted === true) {
          await this.#save();
          return { outcome: 'cancelled' };
        }
        const chosen = batches.slice(at, at + UPDATES_A_RUN);
        const reports = await this.#session.steps(chosen.map((indices, index) => ({ batch: this.#batch(indices.flatMap((each) => this.#input.training[each] ?? []), this.#position + index), rate: rateOf(this.#input.settings, this.#position + index + 1, this.#updates) })));
        this.#position += chosen.length;
        this.#refused = reports.every(({ applied }) => applied) ? 0 : this.#refused + reports.filter(({ applied }) => !applied).length;
        if (this.#refused >= MOST_REFUSED) {
          await this.#input.run.append({ kind: 'note', step: this.#position, text: 'The loss was no number; the last good checkpoint is kept.' });
          return { outcome: 'diverged', update: this.#position };
        }
        tokens += reports.reduce((sum, each) => sum + each.tokens, 0);
        const seconds = (performance.now() - since) / 1000;
        const loss = reports.reduce((sum, each) => sum + each.loss * each.tokens, 0) / reports.reduce((sum, each) => sum + each.tokens, 0);
        const tokensPerSecond = tokens / seconds;
        await this.#input.run.append({ kind: 'step', step: this.#position, epoch, loss, rate: rateOf(this.#input.settings, this.#position, this.#updates), tokensPerSecond });
        report?.({ update: this.#position, updates: this.#updates, epoch, loss, tokensPerSecond, secondsLeft: ((this.#updates - this.#position) * this.#input.settings.batchTokens * 0.9) / tokensPerSecond });
        if (this.#position % UPDATES_A_CHECKPOINT < UPDATES_A_RUN) await this.#save();
      }
      first += batches.length;
      if (this.#position === first && !(await this.#goesOn())) break;
    }
    const { share, tried } = await this.#measures.bestShare();
    for (const { share: each, heldOutLoss, generalLoss } of tried)
      await this.#input.run.append({ kind: 'measured', step: -1, scores: { share: each, ...(heldOutLoss === null ? {} : { heldOutLoss }), ...(generalLoss === null ? {} : { generalLoss }) } });
    return { outcome: 'learned', parameters: this.#session.parameters(), updates: this.#position, share, curve: await this.#curve() };
  }

  /** At the end of a pass: whether the validation pairs still got better; if not, back to where they were best. */
  async #goesOn(): Promise<boolean> {
    if (this.#measuredAt === this.#position) return true;
    const { run } = this.#input;
    // Measuring translates, and may be cancelled.
    await this.#save();
    const loss = await this.#measure();
    if (loss !== null && !(loss < this.#bestLoss)) {
      const best = await run.bestStep();
      if (best !== null) this.#session.restore({ step: best, tensors: (await run.load(best)).tensors });
      return false;
    }
    this.#bestLoss = loss ?? Infinity;
    this.#measuredAt = this.#position;
    await this.#save();
    await run.markBest(this.#position, loss === null ? {} : { heldOutLoss: loss });
    return true;
  }

  /** Logs the losses and scores of here; gives the loss of the validation pairs. */
  async #measure(): Promise<number | null> {
    const { run, translate } = this.#input;
    const heldOutLoss = await this.#measures.validationLoss();
    const generalLoss = await this.#measures.generalLoss();
    const scores = await translate?.(this.#session.parameters(), this.#position);
    await run.append({ kind: 'measured', step: this.#position, scores: { ...(heldOutLoss === null ? {} : { heldOutLoss }), ...(generalLoss === null ? {} : { generalLoss }), ...scores } });
    return heldOutLoss;
  }

  /** What was measured at each pass, of earlier parts of the run, too. */
  async #curve(): Promise<MeasuredPass[]> {
    const passes = (await this.#input.run.log()).flatMap(({ event }) => (event.kind === 'measured' && event.step >= 0 ? [{ update: event.step, scores: event.scores }] : []));
    return [...new Map(passes.map((pass) => [pass.update, pass])).values()].sort((a, b) => a.update - b.update);
  }

  async #resume(): Promise<void> {
    const checkpoint = await this.#input.run.latest();
    if (checkpoint === null) return;
    const { position, bestLoss, measuredAt, step } = checkpoint.state;
    if (typeof position !== 'number' || typeof step !== 'number') throw new EngineError('MODEL_BROKEN', 'The checkpoint of this run does not say how far it had come.', 'Choose a new folder for the run.');
    this.#session.restore({ step, tensors: checkpoint.tensors });
    this.#position = position;
    this.#measuredAt = typeof measuredAt === 'number' ? measuredAt : -1;
    this.#bestLoss = typeof bestLoss === 'number' ? bestLoss : Infinity;
    // Killed between the checkpoint and the note that it is the best.
    const { run } = this.#input;
    if (this.#measuredAt > 0 && (await run.bestStep()) !== this.#measuredAt) await run.markBest(this.#measuredAt, Number.isFinite(this.#bestLoss) ? { heldOutLoss: this.#bestLoss } : {});
  }

  async #save(): Promise<void> {
    const { step, tensors } = this.#session.snapshot();
    await this.#input.run.save(this.#position, { tensors, state: { step, position: this.#position, measuredAt: this.#measuredAt, ...(Number.isFinite(this.#bestLoss) ? { bestLoss: this.#bestLoss } : {}) } });
  }

  #batch(examples: readonly TrainingExample[], position: number): Batch {
    const { model, settings } = this.#input;
    const tensors = this.#learner.batch(examples);
    return this.#candidates === null ? tensors : withCandidates(tensors, examples, this.#candidates, model.targetVocabulary, settings.seed, position);
  }
}
