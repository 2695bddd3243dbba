import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import { encodeModel } from '../../onnx/model-proto.ts';
import { openSession } from '../../runtime/session.ts';
import { adam } from './adam.ts';
import { warmUpThenCosine, warmUpThenInverseRoot } from './learning-rate.ts';
import type { Optimizer } from './optimizer.ts';
import { sgd } from './sgd.ts';

/** The parameter after each of some steps with the same gradients. */
async function trajectory(optimizer: Optimizer, settings: { start: number; gradients: readonly number[]; scale: number; rate: number }): Promise<number[]> {
  const g = new GraphBuilder('optimizer');
  const scalars = ['parameter', 'gradient', 'scale', 'rate', 'step', ...optimizer.moments];
  for (const name of scalars) g.input(name, 'float32', []);
  const shared = optimizer.shared(g, 'step', 'rate');
  const update = optimizer.update(g, { parameter: 'parameter', gradient: 'gradient', scale: 'scale', rate: 'rate', moments: optimizer.moments, shared });
  g.namedOutput('new', update.parameter, 'float32');
  for (const [index, name] of optimizer.moments.entries()) g.namedOutput(`new-${name}`, update.moments[index] ?? '', 'float32');
  const session = await openSession(encodeModel(g.model('test')), { threads: 1, device: 'cpu' });
  const state = new Map<string, number>([['parameter', settings.start], ...optimizer.moments.map((name) => [name, 0] as const)]);
  const path: number[] = [];
  for (const [index, gradient] of settings.gradients.entries()) {
    const values = { ...Object.fromEntries(state), gradient, scale: settings.scale, rate: settings.rate, step: index + 1 };
    const feeds = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { type: 'float32' as const, dims: [], data: Float32Array.of(value) }]));
    const run = await session.run(feeds, session.outputs.map(({ name }) => name));
    for (const name of state.keys()) state.set(name, Number(run[name === 'parameter' ? 'new' : `new-${name}`]?.data[0]));
    path.push(state.get('parameter') ?? Number.NaN);
  }
  await session.close();
  return path;
}

const settings = { start: 1, gradients: [4, -2, 1], scale: 0.5, rate: 0.1 };

describe('optimizers', () => {
  test('SGD', async () => {
    expect(await trajectory(sgd(), settings)).toEqual([0.8, 0.9, 0.85].map((value) => expect.closeTo(value, 6)));
  });

  test('SGD with momentum', async () => {
    // v: 2, 0.9·2 - 1 = 0.8, 0.9·0.8 + 0.5 = 1.22
    expect(await trajectory(sgd({ momentum: 0.9 }), settings)).toEqual([0.8, 0.72, 0.598].map((value) => expect.closeTo(value, 6)));
  });

  for (const weightDecay of [0, 0.3]) {
    test(`Adam as its paper writes it, decay ${weightDecay}`, async () => {
      const [beta1, beta2, epsilon] = [0.8, 0.95, 0.1];
      let [w, m, v] = [settings.start, 0, 0];
      const expected = settings.gradients.map((gradient, index) => {
        const g = gradient * settings.scale;
        m = beta1 * m + (1 - beta1) * g;
        v = beta2 * v + (1 - beta2) * g * g;
        const [mean, square] = [m / (1 - beta1 ** (index + 1)), v / (1 - beta2 ** (index + 1))];
        w = w - settings.rate * weightDecay * w - (settings.rate * mean) / (Math.sqrt(square) + epsilon);
        return w;
      });
      const path = await trajectory(adam({ beta1, beta2, epsilon, weightDecay }), settings);
      expect(path).toEqual(expected.map((value) => expect.closeTo(value, 5)));
    });
  }

  test('Adam goes by its rate in the first steps, to the last places: gradients that stay the same have moments that are they', async () => {
    const rate = 2 ** -10;
    const path = await trajectory(adam(), { start: 0, gradients: new Array<number>(12).fill(3), scale: 1, rate });
    for (const [index, value] of path.entries()) expect(Math.abs(value / (-rate * (index + 1)) - 1)).toBeLessThan(5e-7);
  });
});

describe('learning rates', () => {
  test('rise and then fall with the root', () => {
    const rate = warmUpThenInverseRoot({ peak: 2, warmUp: 4 });
    expect([1, 2, 4, 16, 64].map(rate)).toEqual([0.5, 1, 2, 1, 0.5]);
  });

  test('rise and then fall as a cosine', () => {
    const rate = warmUpThenCosine({ peak: 2, warmUp: 2, steps: 10, last: 1 });
    expect([1, 2, 6, 10, 12].map(rate)).toEqual([1, 2, 1.5, 1, 1].map((value) => expect.closeTo(value, 12)));
  });
});
