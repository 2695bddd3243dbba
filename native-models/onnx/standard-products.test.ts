import { expect, it } from 'vitest';
import { openSession } from '../runtime/session.ts';
import { adam } from '../training/optimizers/adam.ts';
import { trainingGraph } from '../training/session/training-graph.ts';
import { attentionGru } from '../training/session/testing/attention-gru.ts';
import { CONTRIB, float, GraphBuilder, int } from './graph-builder.ts';
import { encodeModel, type GraphDefinition, type ModelDefinition } from './model-proto.ts';
import { withStandardProducts } from './standard-products.ts';

const numbers = (dims: readonly number[], factor: number) => ({ type: 'float32' as const, dims, data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, index) => Math.sin(factor * (index + 1))) });

async function resultOf(model: ModelDefinition, feeds: Record<string, ReturnType<typeof numbers>>): Promise<{ dims: readonly number[]; data: number[] }> {
  const session = await openSession(encodeModel(model), { threads: 1, device: 'cpu' });
  const { y } = await session.run(feeds, ['y']);
  await session.close();
  return { dims: y?.dims ?? [], data: Array.from(y?.data ?? [], Number) };
}

/** Types of all nodes, those of bodies included. */
const typesOf = ({ nodes }: GraphDefinition): string[] => nodes.flatMap(({ type, attributes }) => [type, ...Object.values(attributes).flatMap((value) => (value.kind === 'graph' ? typesOf(value.value) : []))]);

it.each([
  [[2, 3], [4, 3], { transB: 1 }], [[3, 2], [3, 4], { transA: 1, alpha: 0.5 }], [[3, 2], [4, 3], { transA: 1, transB: 1 }],
  [[2, 5, 3], [4, 3], { transB: 1 }], [[2, 3, 5], [2, 4, 3], { transA: 1, transB: 1, alpha: 2 }], [[2, 2, 5, 3], [2, 2, 3, 4], {}],
] as const)('%j times %j with %j is the same without FusedMatMul', async (left, right, { transA = 0, transB = 0, alpha = 1 }: { transA?: number; transB?: number; alpha?: number }) => {
  const g = new GraphBuilder('product');
  const product = g.node('FusedMatMul', [g.input('a', 'float32', [...left]), g.input('b', 'float32', [...right])], { domain: CONTRIB, attributes: { transA: int(transA), transB: int(transB), alpha: float(alpha) } });
  g.namedOutput('y', g.node('Sum', [product, product, product]), 'float32');
  const model = g.model('test');
  const standard = withStandardProducts(model);
  expect(typesOf(standard.graph).filter((type) => type === 'FusedMatMul' || type === 'Sum')).toEqual([]);
  const feeds = { a: numbers(left, 0.7), b: numbers(right, 1.3) };
  const [expected, found] = [await resultOf(model, feeds), await resultOf(standard, feeds)];
  expect(found).toEqual({ dims: expected.dims, data: expected.data.map((value) => expect.closeTo(value, 5)) });
});

it('finds the products of a training graph wherever they are', () => {
  const { model } = trainingGraph(attentionGru({ sourceVocabulary: 7, targetVocabulary: 8, embedding: 3, hidden: 4, smoothing: 0.1, dropout: 0 }), { optimizer: adam(), clipNorm: 1, averageDecay: null, accumulate: false });
  const count = (of: ModelDefinition): number => typesOf(of.graph).filter((type) => type === 'FusedMatMul').length;
  expect(count(model)).toBeGreaterThan(3);
  expect(count(withStandardProducts(model))).toBe(0);
});
