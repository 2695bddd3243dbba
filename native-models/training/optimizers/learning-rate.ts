/** Learning rates by step; steps count from 1. */
export type LearningRate = (step: number) => number;

export interface WarmUp {
  readonly peak: number;
  /** Steps over which the rate rises from 0 to the peak. */
  readonly warmUp: number;
}

/** Linear rise, then the peak times √(warmUp / step): Vaswani et al. 2017, section 5.3, with the peak named. */
export function warmUpThenInverseRoot({ peak, warmUp }: WarmUp): LearningRate {
  return (step) => peak * Math.min(step / Math.max(1, warmUp), Math.sqrt(Math.max(1, warmUp) / step));
}

/** Linear rise, then the peak. */
export const warmUpThenConstant = ({ peak, warmUp }: WarmUp): LearningRate => (step) => peak * Math.min(1, step / Math.max(1, warmUp));

/** Linear rise, then half a cosine down to `last` at `steps` (Loshchilov and Hutter 2017, without restarts). */
export function warmUpThenCosine({ peak, warmUp, steps, last = 0 }: WarmUp & { readonly steps: number; readonly last?: number }): LearningRate {
  return (step) => {
    if (step < warmUp) return (peak * step) / warmUp;
    const done = Math.min(1, (step - warmUp) / Math.max(1, steps - warmUp));
    return last + (peak - last) * 0.5 * (1 + Math.cos(Math.PI * done));
  };
}
