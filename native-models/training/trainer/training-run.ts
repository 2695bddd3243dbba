/** The loop of a training: steps, measurements, checkpoints, early stopping. From the last checkpoint it goes on bit by bit. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { EngineDevice } from '../../engine/engine.ts';
import { EngineError } from '../../engine/engine-error.ts';
import { batchesOf, type BatchRule } from '../corpus/batches.ts';
import type { SentencePair } from '../corpus/read-corpus.ts';
import type { Parameter } from '../parameters.ts';
import { writeWhole } from '../runs/checkpoint-file.ts';
import type { RunDirectory } from '../runs/run-directory.ts';
import { openTrainingSession, type TrainingSession, type TrainingStep } from '../session/training-session.ts';
import { CheckpointTranslator, type ModelScores } from './checkpoint-translator.ts';
import type { ModelFamily } from './model-families.ts';
import { learningRateOf, sessionOptionsOf } from './optimization.ts';
import type { TrainSettings } from './train-settings.ts';
import type { EncodedTexts } from './training-data.ts';
import type { Vocabularies } from './vocabularies.ts';

export type TrainingRunProgress =
  | { readonly stage: 'learning'; readonly step: number; readonly steps: number; readonly epoch: number; readonly loss: number; readonly tokensPerSecond: number; readonly secondsLeft: number }
  | { readonly stage: 'measured'; readonly step: number; readonly heldOutLoss: number; readonly scores: ModelScores | null; readonly sample: { readonly source: string; readonly output: string; readonly reference: string } | null };

export interface TrainingRunInput {
  readonly family: ModelFamily;
  readonly texts: EncodedTexts;
  readonly vocabularies: Vocabularies;
  /** Held-out pairs that are translated at each measurement. */
  readonly measured: readonly SentencePair[];
  readonly settings: TrainSettings;
  readonly run: RunDirectory;
  readonly threads: number;
  /** Where steps are computed; the cpu when absent. Translations on the way are the cpu's. */
  readonly device?: EngineDevice;
}

export type TrainingRunOutcome =
  /** `parameters`: those that measured best, or their moving average. */
  | { readonly outcome: 'trained'; readonly parameters: ReadonlyMap<string, Parameter>; readonly steps: number; readonly bestStep: number; readonly heldOutLoss: number }
  /** A checkpoint is stored; the same call goes on from it. */
  | { readonly outcome: 'cancelled'; readonly steps: number }
  /** Losses that are no numbers; the last good checkpoint is kept. */
  | { readonly outcome: 'diverged'; readonly steps: number };

/** Steps made in one run of the graph: few, so that a cancelled run ends within seconds. */
const STEPS_A_RUN = 8;
const MOST_ROWS = 128;
/** So many steps in a row that could not be applied end the run. */
const MOST_REFUSED = 3;
const SAMPLES = 3;

/** How the examples of a pass are packed into batches. */
export const batchRuleOf = ({ batchTokens, seed }: Pick<TrainSettings, 'batchTokens' | 'seed'>): BatchRule => ({ targetTokens: batchTokens, maxRows: MOST_ROWS, seed });

/** Rejects with what a failing disk or graph says; an aborted signal gives the outcome `cancelled`. */
export async function runTraining(input: TrainingRunInput, { signal, report }: { signal?: AbortSignal; report?: (progress: TrainingRunProgress) => void } = {}): Promise<TrainingRunOutcome> {
  const { family, settings, threads, device = 'cpu' } = input;
  const session = await openTrainingSession(family.trainable, { ...sessionOptionsOf(family.trainable, settings), threads, device });
  try {
    return await new TrainingRun(input, session, signal, report).go();
  } finally {
    await session.close();
  }
}

class TrainingRun {
  readonly #input: TrainingRunInput;
  readonly #session: TrainingSession;
  readonly #signal: AbortSignal | undefined;
  readonly #report: ((progress: TrainingRunProgress) => void) | undefined;
  readonly #rate: (step: number) => number;
  #epoch = 0;
  /** Batches of this pass that were seen. */
  #seen = 0;
  /** Steps made or refused. */
  #position = 0;
  #measuredAt = 0;
  #bestLoss = Infinity;
  #bestStep = 0;
  #misses = 0;
  #refused = 0;

  constructor(input: TrainingRunInput, session: TrainingSession, signal: AbortSignal | undefined, report: ((progress: TrainingRunProgress) => void) | undefined) {
    this.#input = input;
    this.#session = session;
    this.#signal = signal;
    this.#report = report;
    this.#rate = learningRateOf(input.settings);
  }

  async go(): Promise<TrainingRunOutcome> {
    await this.#resume();
    const { settings, texts, run, device = 'cpu' } = this.#input;
    if (device !== 'cpu') await run.append({ kind: 'note', step: this.#position, text: `Steps are computed on ${device} from here on.` });
    const since = performance.now();
    const from = this.#position;
    let tokens = 0;
    while (this.#position < settings.steps && this.#misses < settings.patience) {
      const batches = batchesOf(texts.training, batchRuleOf(settings), this.#epoch);
      while (this.#seen < batches.length && this.#position < settings.steps && this.#misses < settings.patience) {
        if (this.#signal?.aborted === true) {
          if (this.#position > 0) await this.#save();
          return { outcome: 'cancelled', steps: this.#position };
        }
        const toMeasurement = settings.measureEvery - (this.#position % settings.measureEvery);
        const most = Math.min(Math.max(1, Math.floor(STEPS_A_RUN / settings.accumulate)), toMeasurement, settings.steps - this.#position);
        const chosen = batches.slice(this.#seen, this.#seen + most * settings.accumulate);
        const reports = await this.#session.steps(this.#steps(chosen));
        this.#position += Math.ceil(chosen.length / settings.accumulate);
        this.#seen += chosen.length;
        for (const { applied } of reports) this.#refused = applied ? 0 : this.#refused + 1;
        if (this.#refused >= MOST_REFUSED) {
          await run.append({ kind: 'note', step: this.#position, text: 'The loss was no number; the last good checkpoint is kept.' });
          return { outcome: 'diverged', steps: this.#position };
        }
        const count = reports.reduce((sum, each) => sum + each.tokens, 0);
        tokens += count;
        const seconds = (performance.now() - since) / 1000;
        const loss = reports.reduce((sum, each) => sum + each.loss * each.tokens, 0) / count;
        const tokensPerSecond = tokens / seconds;
        await run.append({ kind: 'step', step: this.#position, epoch: this.#epoch, loss, rate: this.#rate(this.#position), tokensPerSecond });
        this.#report?.({ stage: 'learning', step: this.#position, steps: settings.steps, epoch: this.#epoch, loss, tokensPerSecond, secondsLeft: ((settings.steps - this.#position) * seconds) / (this.#position - from) });
        if (this.#position % settings.measureEvery === 0 || this.#position === settings.steps) await this.#measure();
      }
      if (this.#seen >= batches.length) {
        this.#epoch++;
        this.#seen = 0;
      }
    }
    const best = await run.bestStep();
    if (best !== null) this.#session.restore({ step: best, tensors: (await run.load(best)).tensors });
    return { outcome: 'trained', parameters: this.#session.averages(), steps: this.#position, bestStep: best ?? this.#position, heldOutLoss: this.#bestLoss };
  }

  /** The last batches of a pass make a step together even where they are fewer. */
  #steps(batches: readonly (readonly number[])[]): TrainingStep[] {
    const { family, texts, settings: { accumulate } } = this.#input;
    return batches.map((indices, index) => ({
      batch: family.batch(indices.flatMap((each) => texts.training[each] ?? [])),
      rate: this.#rate(this.#position + Math.floor(index / accumulate) + 1),
      ...(accumulate === 1 ? {} : { update: (index + 1) % accumulate === 0 || index === batches.length - 1 }),
    }));
  }

  /** Loss of all held-out pairs, scores of some, samples and their attention; then a checkpoint. */
  async #measure(): Promise<void> {
    if (this.#measuredAt === this.#position) return;
    const { family, texts, settings, run, measured, vocabularies, threads } = this.#input;
    const batches = batchesOf(texts.heldOut, batchRuleOf(settings), 0);
    const { loss } = await this.#session.evaluate(batches.map((indices) => family.batch(indices.flatMap((each) => texts.heldOut[each] ?? []))), { averaged: true });
    let scores: ModelScores | null = null;
    let sample = null;
    if (measured.length > 0) {
      const translator = new CheckpointTranslator(await family.open(this.#session.averages(), threads), vocabularies);
      const found = await translator.measure(measured).finally(() => translator.close());
      scores = found.scores;
      const samples = measured.slice(0, SAMPLES).map(({ source, target: reference }, index) => ({ source, reference, output: found.translations[index]?.text ?? '', attention: found.translations[index]?.picture }));
      for (const { source, output, reference } of samples) await run.append({ kind: 'sample', step: this.#position, source, output, reference });
      await mkdir(path.join(run.folder, 'attention'), { recursive: true });
      await writeWhole(path.join(run.folder, 'attention', `step-${this.#position}.json`), [Buffer.from(JSON.stringify(samples))]);
      const [first] = samples;
      sample = first === undefined ? null : { source: first.source, output: first.output, reference: first.reference };
    }
    await run.append({ kind: 'measured', step: this.#position, scores: { heldOutLoss: loss, ...scores } });
    this.#measuredAt = this.#position;
    const better = loss < this.#bestLoss;
    this.#misses = better ? 0 : this.#misses + 1;
    if (better) {
      this.#bestLoss = loss;
      this.#bestStep = this.#position;
    }
    await this.#save();
    if (better) await run.markBest(this.#position, { heldOutLoss: loss, ...scores });
    this.#report?.({ stage: 'measured', step: this.#position, heldOutLoss: loss, scores, sample });
  }

  async #resume(): Promise<void> {
    const checkpoint = await this.#input.run.latest();
    if (checkpoint === null) return;
    const number = (name: string): number => {
      const value = checkpoint.state[name];
      if (typeof value !== 'number') throw new EngineError('MODEL_BROKEN', 'The checkpoint of this run does not say how far it had come.', 'Choose a new folder for the run.');
      return value;
    };
    this.#session.restore({ step: number('step'), tensors: checkpoint.tensors });
    [this.#position, this.#epoch, this.#seen, this.#measuredAt, this.#misses, this.#bestStep] = [number('position'), number('epoch'), number('seen'), number('measuredAt'), number('misses'), number('bestStep')];
    this.#bestLoss = checkpoint.state['bestLoss'] === null ? Infinity : number('bestLoss');
    // Killed between the checkpoint and the note that it is the best.
    if (this.#bestStep > 0 && (await this.#input.run.bestStep()) !== this.#bestStep) await this.#input.run.markBest(this.#bestStep, { heldOutLoss: this.#bestLoss });
  }

  async #save(): Promise<void> {
    const { step, tensors } = this.#session.snapshot();
    const state = { step, position: this.#position, epoch: this.#epoch, seen: this.#seen, measuredAt: this.#measuredAt, misses: this.#misses, bestStep: this.#bestStep, bestLoss: Number.isFinite(this.#bestLoss) ? this.#bestLoss : null };
    await this.#input.run.save(this.#position, { tensors, state });
  }
}
