import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { Optimizer } from './optimizer.ts';
import { plus, scalar, times } from './optimizer.ts';

export interface AdamSettings {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  /** AdamW's decay of the weights, apart from the gradient (Loshchilov and Hutter 2019). */
  readonly weightDecay?: number;
}

/**
 * Adam (Kingma and Ba 2015) with corrected bias; with `weightDecay` it is AdamW.
 * w -= rate m̂ / (√v̂ + ε) is computed as a m / (√v + ε b) with b = √(1 - β2ᵗ) and a = rate b / (1 - β1ᵗ): both corrections are scalars.
 */
export function adam({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 }: AdamSettings = {}): Optimizer {
  return {
    moments: ['mean', 'square'],
    shared(g, step, rate) {
      const correction = (beta: number): string => oneMinusPower(g, beta, step);
      const root = g.node('Sqrt', [correction(beta2)]);
      const size = g.node('Div', [times(g, rate, root), correction(beta1)]);
      return [size, times(g, root, epsilon)];
    },
    update(g, { parameter, gradient, scale, rate, moments: [mean = '', square = ''], shared: [size = '', floor = ''] }) {
      const newMean = plus(g, times(g, mean, beta1), times(g, gradient, times(g, scale, 1 - beta1)));
      const squaredScale = times(g, times(g, scale, scale), 1 - beta2);
      const newSquare = plus(g, times(g, square, beta2), times(g, times(g, gradient, gradient), squaredScale));
      const change = g.node('Div', [times(g, newMean, size), plus(g, g.node('Sqrt', [newSquare]), floor)]);
      const kept = weightDecay === 0 ? parameter : times(g, parameter, g.node('Sub', [scalar(g, 1), times(g, rate, weightDecay)]));
      return { parameter: g.node('Sub', [kept, change]), moments: [newMean, newSquare] };
    },
  };
}

/**
 * 1 - βᵗ to the last places of float32. With z = t ln β / 2 it is -2 tanh z / (1 - tanh z); the plain difference keeps four or
 * five places of the first steps, for 0.999 is near 1.
 */
function oneMinusPower(g: GraphBuilder, beta: number, step: string): string {
  const half = g.node('Tanh', [times(g, step, Math.log(beta) / 2)]);
  return g.node('Div', [times(g, half, -2), g.node('Sub', [scalar(g, 1), half])]);
}
