/** Some steps of a training on a device: what their losses are, and how fast they go. */
import type { EngineDevice } from '../../engine/engine.ts';
import type { TrainingExample } from '../corpus/batches.ts';
import { openTrainingSession } from '../session/training-session.ts';
import { modelFamily, type VocabularySizes } from '../trainer/model-families.ts';
import { sessionOptionsOf } from '../trainer/optimization.ts';
import type { TrainSettings } from '../trainer/train-settings.ts';

/** Survives structured clone. */
export interface StepTrial {
  readonly device: EngineDevice;
  readonly settings: TrainSettings;
  readonly sizes: VocabularySizes;
  /** A step each. */
  readonly batches: readonly (readonly TrainingExample[])[];
}

export interface StepTrialResult {
  /** Of each batch, a token's, from the initial parameters on. */
  readonly losses: readonly number[];
  /** Target tokens. */
  readonly tokensPerSecond: number;
}

/** The fastest of so many runs counts; the one before them compiles what the device needs. */
const ROUNDS = 3;
/** A run of so many seconds is long enough to be the measurement alone. */
const LONG_SECONDS = 2;

/** Errors: DEVICE_UNAVAILABLE. */
export async function tryStepsOn({ device, settings, sizes, batches }: StepTrial, threads: number): Promise<StepTrialResult> {
  const family = modelFamily(settings, sizes);
  const session = await openTrainingSession(family.trainable, { ...sessionOptionsOf(family.trainable, settings), accumulate: false, threads, device });
  try {
    const steps = batches.map((examples) => ({ batch: family.batch(examples), rate: settings.rate }));
    const first = await session.steps(steps);
    const tokens = first.reduce((sum, each) => sum + each.tokens, 0);
    let seconds = Infinity;
    for (let round = 0; round < ROUNDS && (round === 0 || seconds < LONG_SECONDS); round++) {
      const since = performance.now();
      await session.steps(steps);
      seconds = Math.min(seconds, (performance.now() - since) / 1000);
    }
    return { losses: first.map(({ loss }) => loss), tokensPerSecond: tokens / seconds };
  } finally {
    await session.close();
  }
}
