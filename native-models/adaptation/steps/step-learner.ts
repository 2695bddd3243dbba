/**
 * A model that learns one small step at a time (Adam; all weights but the embeddings). On one machine the same steps in the
 * same order give the same weights, bit by bit: what a process that was killed had learned is learned again.
 */
import type { TrainingExample } from '../../training/corpus/batches.ts';
import { DEFAULT_FINETUNE } from '../../training/finetune/finetune-settings.ts';
import type { Learner, TunableModel } from '../../training/finetune/tunable-model.ts';
import { adam } from '../../training/optimizers/adam.ts';
import type { ParameterStore } from '../../training/parameters.ts';
import { openTrainingSession, type TrainingSession, type TrainingSnapshot } from '../../training/session/training-session.ts';
import type { StepSettings } from './step-settings.ts';

/** Sums of floats depend on how many threads share them. */
const THREADS = 1;

export class StepLearner {
  readonly #learner: Learner;
  readonly #session: TrainingSession;
  readonly #rate: number;

  private constructor(learner: Learner, session: TrainingSession, rate: number) {
    this.#learner = learner;
    this.#session = session;
    this.#rate = rate;
  }

  /** Errors: MODEL_UNSUPPORTED for a model that can't be trained. */
  static async open(model: TunableModel, { rate, seed }: StepSettings): Promise<StepLearner> {
    const learner = model.learner({ ...DEFAULT_FINETUNE, rank: 'full', freezeEmbeddings: true, labelSmoothing: 0, dropout: 0, distilled: 1, seed }, null);
    const session = await openTrainingSession(learner.model, { parameters: learner.start, optimizer: adam({ beta2: 0.98 }), clipNorm: 1, seed, threads: THREADS });
    return new StepLearner(learner, session, rate);
  }

  /** One update; false: the loss was no number, and nothing was changed. */
  async learn(examples: readonly TrainingExample[]): Promise<boolean> {
    const [report] = await this.#session.steps([{ batch: this.#learner.batch(examples), rate: this.#rate }]);
    return report?.applied === true;
  }

  /** Mean of a target token; null of no examples. */
  async loss(examples: readonly TrainingExample[]): Promise<number | null> {
    return examples.length === 0 ? null : (await this.#session.evaluate([this.#learner.batch(examples)])).loss;
  }

  snapshot(): TrainingSnapshot {
    return this.#session.snapshot();
  }

  restore(snapshot: TrainingSnapshot): void {
    this.#session.restore(snapshot);
  }

  /** A copy of what is learned, with the weights that it began with. */
  parameters(): ParameterStore {
    return this.#session.parameters();
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}
