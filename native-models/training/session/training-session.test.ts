import { describe, expect, test } from 'vitest';
import { float32, int64 } from '../../onnx/tensors.ts';
import { gradientErrors } from '../autodiff/testing/numeric-gradients.ts';
import { adam } from '../optimizers/adam.ts';
import { sgd } from '../optimizers/sgd.ts';
import type { ParameterStore } from '../parameters.ts';
import { initialParameters, normal } from '../parameters.ts';
import { seededRandom } from '../seeded-random.ts';
import type { Batch, TrainableModel } from '../trainable-model.ts';
import { attentionGru, pairBatch } from './testing/attention-gru.ts';
import type { TrainingOptions, TrainingSession } from './training-session.ts';
import { openTrainingSession } from './training-session.ts';

const digits = { sourceVocabulary: 12, targetVocabulary: 12, smoothing: 0, dropout: 0 };

/** Digit strings to be copied, as ids from 2 to 11. */
function copies(count: number, longest: number, random: { below(limit: number): number }): Batch {
  return pairBatch(
    Array.from({ length: count }, () => {
      const string = Array.from({ length: 1 + random.below(longest) }, () => 2 + random.below(10));
      return { source: string, target: string };
    }),
  );
}

async function withSession<T>(model: TrainableModel, options: Partial<TrainingOptions>, use: (session: TrainingSession) => Promise<T>): Promise<T> {
  const session = await openTrainingSession(model, { parameters: initialParameters(model, 3), optimizer: adam(), seed: 3, threads: 1, ...options });
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

/** One matrix: y = x W, the loss is the sum of weight * y². */
const quadratic: TrainableModel = {
  parameters: [{ name: 'w', dims: [2, 1], initial: normal(1) }, { name: 'fixed', dims: [1], initial: normal(1), frozen: true }],
  inputs: [{ name: 'x', type: 'float32', dims: ['N', 2] }, { name: 'weight', type: 'float32', dims: ['N', 1] }],
  loss(g, { parameter, input }) {
    const y = g.node('Mul', [g.node('MatMul', [input('x'), parameter('w')]), parameter('fixed')]);
    const keepdims = { attributes: { keepdims: { kind: 'int' as const, value: 0 } } };
    return { sum: g.node('ReduceSum', [g.node('Mul', [g.node('Mul', [y, y]), input('weight')])], keepdims), count: g.node('ReduceSum', [input('weight')], keepdims) };
  },
};
const start: ParameterStore = new Map([['w', { dims: [2, 1], data: Float32Array.of(1, -2) }], ['fixed', { dims: [1], data: Float32Array.of(1) }]]);
const points = (...rows: (readonly [number, number])[]): Batch => ({
  x: { type: 'float32', dims: [rows.length, 2], data: Float32Array.from(rows.flat()) },
  weight: { type: 'float32', dims: [rows.length, 1], data: new Float32Array(rows.length).fill(1) },
});
const weightsOf = (session: TrainingSession): number[] => [...(session.parameters().get('w')?.data ?? [])];

describe('a training session', () => {
  test('computes the gradients of a whole encoder-decoder', async () => {
    const model = attentionGru({ sourceVocabulary: 7, targetVocabulary: 8, embedding: 3, hidden: 4, smoothing: 0.1, dropout: 0 });
    const batch = pairBatch([{ source: [2, 5, 3], target: [4, 2] }, { source: [6], target: [3, 7, 2] }]);
    const random = seededRandom(1);
    const errors = await gradientErrors(
      {
        inputs: model.parameters.map(({ dims }) => ({ dims, element: () => 0.5 * random.normal() })),
        step: 0.05,
        build(g, values) {
          const names = model.parameters.map(({ name }) => name);
          const input = (name: string): string => {
            const tensor = batch[name];
            if (tensor === undefined) throw new RangeError(name);
            return g.constant(tensor.type === 'float32' ? float32(tensor.dims, tensor.data) : int64(tensor.dims, Array.from(tensor.data, Number)));
          };
          return model.loss(g, { parameter: (name) => values[names.indexOf(name)] ?? '', input, mask: () => null, dropout: (_, x) => x }).sum;
        },
      },
      random,
    );
    expect(errors).toHaveLength(model.parameters.length);
    for (const [index, error] of errors.entries()) expect(error, model.parameters[index]?.name ?? '').toBeLessThan(1e-3);
  });

  test('learns to copy digit strings that it has not seen', async () => {
    const model = attentionGru({ ...digits, embedding: 32, hidden: 64 });
    const random = seededRandom(8);
    await withSession(model, { parameters: initialParameters(model, 1) }, async (session) => {
      const unseen = copies(200, 8, seededRandom(9));
      const before = await session.evaluate([unseen]);
      expect(before.loss).toBeCloseTo(Math.log(12), 0);
      for (let run = 0; run < 30; run++) await session.steps(Array.from({ length: 10 }, () => ({ batch: copies(32, 8, random), rate: 3e-3 })));
      expect(session.step).toBe(300);
      expect((await session.evaluate([unseen])).loss).toBeLessThan(0.05);
    });
  });

  test('makes the same steps in one run as in many, and goes on from a snapshot bit by bit, dropout included', async () => {
    const model = attentionGru({ ...digits, embedding: 8, hidden: 8, dropout: 0.3 });
    const random = seededRandom(4);
    const steps = Array.from({ length: 4 }, () => ({ batch: copies(5, 6, random), rate: 1e-2 }));
    const options = { averageDecay: 0.9 };
    const together = await withSession(model, options, async (session) => {
      await session.steps(steps);
      return session.snapshot();
    });
    const half = await withSession(model, options, async (session) => {
      for (const step of steps.slice(0, 2)) await session.steps([step]);
      return session.snapshot();
    });
    const resumed = await withSession(model, { ...options, parameters: initialParameters(model, 99) }, async (session) => {
      session.restore(half);
      await session.steps(steps.slice(2));
      return session.snapshot();
    });
    expect(resumed.step).toBe(4);
    expect(resumed).toEqual(together);
  });

  test('tells the mean loss and follows its gradient: SGD on a quadratic, by hand', async () => {
    await withSession(quadratic, { parameters: start, optimizer: sgd(), clipNorm: null }, async (session) => {
      // y = 1·1 - 2·0 = 1 and 1·1 - 2·1 = -1; d/dw mean(y²) = (2y₁x₁ + 2y₂x₂) / 2 = ([1, 0] + -[1, 1]) = [0, -1].
      const [report] = await session.steps([{ batch: points([1, 0], [1, 1]), rate: 0.5 }]);
      expect(report).toEqual({ loss: 1, tokens: 2, gradientNorm: 1, applied: true });
      expect(weightsOf(session)).toEqual([1, -1.5]);
      expect([...(session.parameters().get('fixed')?.data ?? [])]).toEqual([1]);
    });
  });

  test('scales gradients down to the norm that is allowed', async () => {
    await withSession(quadratic, { parameters: start, optimizer: sgd(), clipNorm: 0.5 }, async (session) => {
      // y = 3·1 + 4·-2 = -5: the gradient 2 y x = [-30, -40] has the norm 50 and becomes [-0.3, -0.4].
      const [report] = await session.steps([{ batch: points([3, 4]), rate: 1 }]);
      expect(report?.gradientNorm).toBeCloseTo(50, 3);
      const [first = 0, second = 0] = weightsOf(session);
      expect(first).toBeCloseTo(1.3, 5);
      expect(second).toBeCloseTo(-1.6, 5);
    });
  });

  test('gathers gradients over batches: as one batch of all of them', async () => {
    const all = points([1, 0], [1, 1], [0.5, -1]);
    const parts = [points([1, 0]), points([1, 1], [0.5, -1])];
    const whole = await withSession(quadratic, { parameters: start }, async (session) => {
      await session.steps([{ batch: all, rate: 0.1 }, { batch: all, rate: 0.1 }]);
      return weightsOf(session);
    });
    await withSession(quadratic, { parameters: start, accumulate: true }, async (session) => {
      const [first = parts[0], second = parts[1]] = parts;
      if (first === undefined || second === undefined) throw new RangeError('two parts');
      const round = [{ batch: first, rate: 0, update: false }, { batch: second, rate: 0.1 }];
      await session.steps([...round, ...round]);
      expect(session.step).toBe(2);
      for (const [index, value] of weightsOf(session).entries()) expect(value).toBeCloseTo(whole[index] ?? Number.NaN, 5);
    });
  });

  test('gathers gradients of sentences of other lengths, too: two halves are the whole, within rounding', async () => {
    const model = attentionGru({ ...digits, embedding: 8, hidden: 8 });
    const string = (length: number) => Array.from({ length }, (_, index) => 2 + (index % 10));
    const pairs = [3, 1, 9, 5, 2, 7].map((length) => ({ source: string(length), target: string(length).toReversed() }));
    const options = { optimizer: sgd({ momentum: 0.9 }), clipNorm: null, accumulate: true };
    const after = (batches: readonly Batch[]): Promise<number[]> =>
      withSession(model, options, async (session) => {
        for (let step = 0; step < 3; step++) await session.steps(batches.map((batch, index) => ({ batch, rate: 0.5, update: index === batches.length - 1 })));
        return [...session.parameters().values()].flatMap(({ data }) => [...data]);
      });
    const [whole, halves] = [await after([pairBatch(pairs)]), await after([pairBatch(pairs.slice(0, 3)), pairBatch(pairs.slice(3))])];
    expect(Math.max(...whole.map((value, index) => Math.abs(value - (halves[index] ?? Number.NaN))))).toBeLessThan(1e-5);
    const first = [...initialParameters(model, 3).values()].flatMap(({ data }) => [...data]);
    expect(Math.max(...whole.map((value, index) => Math.abs(value - (first[index] ?? Number.NaN))))).toBeGreaterThan(0.01);
  });

  test('leaves the state as it was where the loss is no number, says so, and goes on', async () => {
    for (const accumulate of [false, true]) {
      await withSession(quadratic, { parameters: start, accumulate }, async (session) => {
        const [good] = await session.steps([{ batch: points([1, 0]), rate: 0.1 }]);
        const before = session.snapshot();
        const reports = await session.steps([{ batch: points([Number.NaN, 1]), rate: 0.1 }, { batch: points([3e38, 3e38]), rate: 0.1 }]);
        expect([good, ...reports].map((report) => report?.applied)).toEqual([true, false, false]);
        expect(session.snapshot()).toEqual(before);
        const [next] = await session.steps([{ batch: points([1, 0]), rate: 0.1 }]);
        expect(next?.applied).toBe(true);
        expect(session.step).toBe(2);
      });
    }
  });

  test('keeps the moving average of the parameters', async () => {
    await withSession(quadratic, { parameters: start, optimizer: sgd(), clipNorm: null, averageDecay: 0.75 }, async (session) => {
      await session.steps([{ batch: points([1, 0], [1, 1]), rate: 0.5 }]);
      // The first step keeps (1 + 1) / (10 + 1) = 2/11, less than 0.75: 2/11 · [1, -2] + 9/11 · [1, -1.5]
      const averages = (): number[] => [...(session.averages().get('w')?.data ?? [])];
      expect(averages()).toEqual([1, expect.closeTo(-17.5 / 11, 6)]);
      // With a rate of 0 the weights stay, and the average comes nearer with 3/12, 4/13, ..., and 0.75 from the 26th step on.
      await session.steps(Array.from({ length: 29 }, () => ({ batch: points([1, 0]), rate: 0 })));
      let left = 1 / 11;
      for (let step = 2; step <= 30; step++) left *= Math.min(0.75, (1 + step) / (10 + step));
      expect(averages()[1]).toBeCloseTo(-1.5 - left, 6);
      // Evaluated is the average, where that is asked for: y² of the point [0, 1] is its second weight's square.
      const second = -1.5 - left;
      expect((await session.evaluate([points([0, 1])], { averaged: true })).loss).toBeCloseTo(second * second, 5);
      expect((await session.evaluate([points([0, 1])])).loss).toBeCloseTo(2.25, 5);
    });
  });

  test('refuses batches and parameters that do not fit the model', async () => {
    await withSession(quadratic, { parameters: start }, async (session) => {
      await expect(session.steps([{ batch: {}, rate: 1 }])).rejects.toThrow('The batch has no x');
      const mixed = { x: { type: 'float32' as const, dims: [1, 2], data: Float32Array.of(1, 1) }, weight: { type: 'float32' as const, dims: [2, 1], data: Float32Array.of(1, 1) } };
      await expect(session.steps([{ batch: mixed, rate: 1 }])).rejects.toThrow('N is 1 and, in weight, 2');
      await expect(session.steps([{ batch: points([1, 1]), rate: 1, update: false }])).rejects.toThrow('accumulates');
    });
    await expect(openTrainingSession(quadratic, { parameters: new Map(), optimizer: adam(), seed: 1, threads: 1 })).rejects.toThrow('The parameter w is missing');
  });
});
