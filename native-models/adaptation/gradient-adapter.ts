/**
 * Adaptation by gradient steps: confirmed pairs are learned in small steps, each together with some that were learned before
 * (experience replay: Rolnick et al. 2019), and kept only while held-out pairs do not get worse. What is learned lies beside
 * the old weights, so that it can be listed and taken back. Measured beside the memory of similar pairs, which gains more
 * and costs less (docs/engine-adaptation.md): that is what the studio uses.
 */
import { adam } from '../training/optimizers/adam.ts';
import type { TrainingExample } from '../training/corpus/batches.ts';
import type { StudentFolder } from '../training/finetune/student-folder.ts';
import { writeStudentFolder } from '../training/finetune/student-folder.ts';
import { initialParameters } from '../training/parameters.ts';
import { seededRandom, type SeededRandom } from '../training/seeded-random.ts';
import { openTrainingSession, type TrainingSession, type TrainingSnapshot } from '../training/session/training-session.ts';
import { calibrateStudent } from '../training/student/calibrate-student.ts';
import { quantizeStudent } from '../training/student/quantize-student.ts';
import { studentBatch } from '../training/student/student-batch.ts';
import { trainableStudent, weightsWithChange } from '../training/student/trainable-student.ts';
import type { Batch } from '../training/trainable-model.ts';
import { extendShortlist } from '../weights/write-lexical-shortlist.ts';

export interface GradientSettings {
  readonly rate: number;
  /** Confirmed pairs of a step, and others that were confirmed before them. */
  readonly fresh: number;
  readonly replayed: number;
  /** Every so many pairs one is held out and never learned. */
  readonly heldOutEvery: number;
  /** A step that makes the held-out or the general examples so much worse, in nats a token, is taken back. */
  readonly tolerance: number;
  readonly seed: number;
}

export const DEFAULT_GRADIENT: GradientSettings = { rate: 1e-4, fresh: 8, replayed: 24, heldOutEvery: 12, tolerance: 0.02, seed: 1 };

/** What one step learned; the newest can be taken back. */
export interface LearnedStep {
  readonly step: number;
  /** Numbers of the pairs, in the order of their confirmation from 0, that were new to it. */
  readonly pairs: readonly number[];
  readonly milliseconds: number;
  readonly outcome: 'kept' | 'taken back';
}

/** Longer examples are not learned: a step must stay short. */
const MOST_TOKENS = 120;
/** Snapshots hold a copy of all that is learned and of the moments of Adam: 100 MB for a student. */
const MOST_SNAPSHOTS = 2;

export class GradientAdapter {
  readonly steps: LearnedStep[] = [];
  readonly #student: StudentFolder;
  readonly #settings: GradientSettings;
  readonly #session: TrainingSession;
  readonly #general: readonly TrainingExample[];
  readonly #threads: number;
  readonly #random: SeededRandom;
  readonly #learned: TrainingExample[] = [];
  readonly #heldOut: TrainingExample[] = [];
  #waiting: { readonly number: number; readonly example: TrainingExample }[] = [];
  readonly #snapshots: TrainingSnapshot[] = [];
  #confirmed = 0;
  #lastLoss: number | null = null;

  private constructor(student: StudentFolder, session: TrainingSession, { settings, general, threads }: { settings: GradientSettings; general: readonly TrainingExample[]; threads: number }) {
    this.#student = student;
    this.#session = session;
    this.#settings = settings;
    this.#general = general;
    this.#threads = threads;
    this.#random = seededRandom(settings.seed, 1);
  }

  /** `general`: sentences with the old model's own translations, which it is to go on making. */
  static async open(student: StudentFolder, { settings = DEFAULT_GRADIENT, general, threads }: { readonly settings?: GradientSettings; readonly general: readonly TrainingExample[]; readonly threads: number }): Promise<GradientAdapter> {
    const model = trainableStudent(student.architecture, { rank: 'full', freezeEmbeddings: true, candidates: null, labelSmoothing: 0, dropout: 0 });
    const start = new Map([...initialParameters(model, settings.seed), ...student.parameters]);
    const session = await openTrainingSession(model, { parameters: start, optimizer: adam({ beta2: 0.98 }), clipNorm: 1, seed: settings.seed, threads });
    return new GradientAdapter(student, session, { settings, general, threads });
  }

  /** Takes a confirmed pair; makes a step when enough have come together, and gives it. */
  async confirm(example: TrainingExample): Promise<LearnedStep | null> {
    const number = this.#confirmed++;
    if (Math.max(example.source.length, example.target.length) > MOST_TOKENS) return null;
    if (number % this.#settings.heldOutEvery === this.#settings.heldOutEvery - 1) {
      this.#heldOut.push(example);
      this.#lastLoss = null;
      return null;
    }
    this.#waiting.push({ number, example });
    return this.#waiting.length < this.#settings.fresh ? null : this.#step();
  }

  /** Takes the newest step back that was kept; false when there is none that can be. */
  undo(): boolean {
    const snapshot = this.#snapshots.pop();
    const last = this.steps.findLastIndex(({ outcome }) => outcome === 'kept');
    const step = this.steps[last];
    if (snapshot === undefined || step === undefined) return false;
    this.#session.restore(snapshot);
    // Not replayed either: its pairs are the last that came.
    this.#learned.splice(this.#learned.length - step.pairs.length);
    this.steps[last] = { ...step, outcome: 'taken back' };
    this.#lastLoss = null;
    return true;
  }

  /** Writes the student as it is now, in int8 again. */
  async write(folder: string): Promise<void> {
    const { architecture, tensors, parameters, shortlist } = this.#student;
    const weights = weightsWithChange(this.#session.parameters(), architecture, 1);
    const calibration = await calibrateStudent(architecture, weights, [...this.#learned, ...this.#general], this.#threads);
    await writeStudentFolder(this.#student, folder, quantizeStudent(tensors, parameters, weights, calibration), shortlist === null ? null : extendShortlist(shortlist, this.#learned));
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  async #step(): Promise<LearnedStep> {
    const fresh = this.#waiting;
    this.#waiting = [];
    const { rate, replayed, tolerance } = this.#settings;
    const replay = Array.from({ length: Math.min(replayed, this.#learned.length) }, () => this.#learned[this.#random.below(this.#learned.length)]).flatMap((example) => example ?? []);
    const before = this.#session.snapshot();
    const old = this.#lastLoss ?? (await this.#guardLoss());
    const since = performance.now();
    await this.#session.steps([{ batch: this.#batch([...fresh.map(({ example }) => example), ...replay]), rate }]);
    const milliseconds = performance.now() - since;
    const now = await this.#guardLoss();
    const isKept = !(now > old + tolerance) && Number.isFinite(now);
    if (isKept) {
      this.#snapshots.push(before);
      this.#learned.push(...fresh.map(({ example }) => example));
    } else this.#session.restore(before);
    if (this.#snapshots.length > MOST_SNAPSHOTS) this.#snapshots.shift();
    this.#lastLoss = isKept ? now : old;
    const step: LearnedStep = { step: this.steps.length + 1, pairs: fresh.map(({ number }) => number), milliseconds, outcome: isKept ? 'kept' : 'taken back' };
    this.steps.push(step);
    return step;
  }

  async #guardLoss(): Promise<number> {
    const batches = [this.#heldOut, this.#general].filter((examples) => examples.length > 0).map((examples) => this.#batch(examples));
    return (await this.#session.evaluate(batches)).loss;
  }

  #batch(examples: readonly TrainingExample[]): Batch {
    return studentBatch(examples, this.#student.architecture.dim).tensors;
  }
}
