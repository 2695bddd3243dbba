/** From the settings of a training to its optimizer, its learning rate and its session. */
import { adam } from '../optimizers/adam.ts';
import { warmUpThenConstant, warmUpThenCosine, warmUpThenInverseRoot, type LearningRate } from '../optimizers/learning-rate.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { sgd } from '../optimizers/sgd.ts';
import { initialParameters } from '../parameters.ts';
import type { TrainingOptions } from '../session/training-session.ts';
import type { TrainableModel } from '../trainable-model.ts';
import type { TrainSettings } from './train-settings.ts';

/** As transformers and recurrent models are trained with few, large steps: Vaswani et al. 2017, section 5.3. */
const BETA2 = 0.98;
/** What the cosine ends at, of its peak. */
const LAST_RATE = 0.05;

function optimizerOf({ optimizer, momentum, weightDecay }: Pick<TrainSettings, 'optimizer' | 'momentum' | 'weightDecay'>): Optimizer {
  if (optimizer === 'sgd') return sgd({ momentum });
  return adam({ beta2: BETA2, weightDecay: optimizer === 'adamw' ? weightDecay : 0 });
}

export function learningRateOf({ schedule, rate, warmUp, steps }: Pick<TrainSettings, 'schedule' | 'rate' | 'warmUp' | 'steps'>): LearningRate {
  if (schedule === 'inverse-root') return warmUpThenInverseRoot({ peak: rate, warmUp });
  if (schedule === 'cosine') return warmUpThenCosine({ peak: rate, warmUp, steps, last: rate * LAST_RATE });
  return warmUpThenConstant({ peak: rate, warmUp });
}

/** All that a session of this training is opened with but where it runs. */
export function sessionOptionsOf(model: TrainableModel, settings: TrainSettings): Omit<TrainingOptions, 'threads' | 'device'> {
  const { average, accumulate, clipNorm, seed } = settings;
  return {
    parameters: initialParameters(model, seed), optimizer: optimizerOf(settings), clipNorm, seed,
    ...(average === 0 ? {} : { averageDecay: average }), accumulate: accumulate > 1,
  };
}
