import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import { encodeModel } from '../../onnx/model-proto.ts';
import { float32, int64 } from '../../onnx/tensors.ts';
import { openSession } from '../../runtime/session.ts';
import { gradientErrors } from '../autodiff/testing/numeric-gradients.ts';
import { seededRandom } from '../seeded-random.ts';
import { crossEntropy } from './cross-entropy.ts';

const [N, E, V] = [4, 3, 5];
const targets = [2, 0, 4, 1];
const weights = [1, 0, 1, 0.5];

/** Of tokens with several targets each; that of a row may come twice. */
const several = { targets: [[2, 1], [0, 3], [4, 4], [1, 0]], shares: [[0.75, 0.25], [1, 0], [0.5, 0.5], [0.1, 0.9]] };
const single = { targets: targets.map((target) => [target]), shares: targets.map(() => [1]) };

/** -Σ q log p for each token, by the definition, in float64. */
function byDefinition(hidden: Float32Array, table: Float32Array, bias: Float32Array | null, smoothing: number, wanted: typeof single): number {
  let total = 0;
  for (let n = 0; n < N; n++) {
    const logits = Array.from({ length: V }, (_, v) => (bias?.[v] ?? 0) + Array.from({ length: E }, (__, e) => (hidden[n * E + e] ?? 0) * (table[v * E + e] ?? 0)).reduce((a, b) => a + b, 0));
    const normalizer = Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0));
    const loss = logits.reduce((sum, z, v) => sum - (z - normalizer) * ((1 - smoothing) * shareOf(wanted, n, v) + smoothing / V), 0);
    total += loss * (weights[n] ?? 0);
  }
  return total;
}

const shareOf = ({ targets: of, shares }: typeof single, n: number, v: number): number => (of[n] ?? []).reduce((sum, target, k) => sum + (target === v ? (shares[n]?.[k] ?? 0) : 0), 0);

describe('cross-entropy', () => {
  for (const [smoothing, withBias, wanted] of [[0, true, single], [0, false, single], [0.2, true, single], [0.2, false, single], [0, true, several], [0.2, false, several]] as const) {
    const name = `smoothing ${smoothing}, ${withBias ? 'with' : 'without'} bias, ${wanted === single ? 'one target' : 'two targets'}`;
    const build = (g: GraphBuilder, hidden: string, table: string, bias: string | null) =>
      crossEntropy(g, { hidden, table, vocabulary: V, bias, ...(wanted === single ? { targets: g.constant(int64([N], targets)) } : { targets: g.constant(int64([N, 2], wanted.targets.flat())), shares: g.constant(float32([N, 2], wanted.shares.flat())) }), weights: g.constant(float32([N], weights)), smoothing });

    test(`is what its definition says: ${name}`, async () => {
      const random = seededRandom(11);
      const values = (count: number, size = 1): Float32Array => Float32Array.from({ length: count }, () => size * random.normal());
      for (const size of [1, 30]) {
        const [hidden, table, bias] = [values(N * E, size), values(V * E), withBias ? values(V) : null];
        const g = new GraphBuilder('loss');
        const { sum, count } = build(g, g.constant(float32([N, E], hidden)), g.constant(float32([V, E], table)), bias === null ? null : g.constant(float32([V], bias)));
        g.namedOutput('sum', sum, 'float32');
        g.namedOutput('count', count, 'float32');
        const session = await openSession(encodeModel(g.model('test')), { threads: 1, device: 'cpu' });
        const run = await session.run({}, ['sum', 'count']);
        await session.close();
        const expected = byDefinition(hidden, table, bias, smoothing, wanted);
        expect(Math.abs(Number(run['sum']?.data[0]) - expected) / expected).toBeLessThan(1e-5);
        expect(run['count']?.data[0]).toBe(2.5);
      }
    });

    test(`has the right gradients: ${name}`, async () => {
      const inputs = [{ dims: [N, E] }, { dims: [V, E] }, ...(withBias ? [{ dims: [V] }] : [])];
      const errors = await gradientErrors({ inputs, build: (g, [hidden = '', table = '', bias]) => build(g, hidden, table, bias ?? null).sum }, seededRandom(5));
      for (const error of errors) expect(error).toBeLessThan(1e-3);
    });
  }
});
