import type { Optimizer } from './optimizer.ts';
import { plus, times } from './optimizer.ts';

/** Stochastic gradient descent; with momentum μ: v = μ v + g, w -= rate v (Sutskever et al. 2013, as PyTorch has it). */
export function sgd({ momentum = 0 }: { readonly momentum?: number } = {}): Optimizer {
  return {
    moments: momentum === 0 ? [] : ['velocity'],
    shared: () => [],
    update(g, { parameter, gradient, scale, rate, moments: [velocity] }) {
      const scaled = times(g, gradient, scale);
      const direction = velocity === undefined ? scaled : plus(g, times(g, velocity, momentum), scaled);
      return { parameter: g.node('Sub', [parameter, times(g, direction, rate)]), moments: velocity === undefined ? [] : [direction] };
    },
  };
}
