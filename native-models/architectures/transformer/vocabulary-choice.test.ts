import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import { encodeModel } from '../../onnx/model-proto.ts';
import type { GraphSession } from '../../runtime/session.ts';
import { openSession } from '../../runtime/session.ts';
import { seededRandom } from '../../weights/testing/synthetic-student.ts';
import type { Linear } from './definition.ts';
import { quantizeBlocks, quantizeColumns } from './int8-weights.ts';
import { VocabularyChoice } from './vocabulary-choice.ts';

const DIM = 6;
/** Three tiles, the last one not full. */
const VOCABULARY = 40_000;
const COUNT = 5;
const FORBIDDEN = -1e30;

const random = seededRandom(77);
const whole = (most: number): number => Math.round((random() * 2 - 1) * most);
/** Multiples of 1/8 whose largest is 127/8: 8 bit columns hold them exactly. */
const weight = Float32Array.from({ length: VOCABULARY * DIM }, (_, index) => (index % DIM === 0 ? 127 : whole(126)) / 8);
const bias = Float32Array.from({ length: VOCABULARY }, () => whole(400) / 16);
const layer: Linear = { name: 'output', inputs: DIM, outputs: VOCABULARY, weight, layout: 'out-in', bias };
/** Rows whose values are whole 127ths of the largest one. */
const HIDDEN = [
  [127, -3, 40, 7, -90, 2],
  [0.127, 0.001, -0.002, 0.1, 0.05, -0.12],
  [-12700, 5000, 100, 0, 0, 9900],
  [0, 0, 0, 0, 0, 0],
];
const logitsOf = (row: readonly number[]): number[] =>
  Array.from({ length: VOCABULARY }, (_, token) => row.reduce((sum, value, input) => sum + value * (weight[token * DIM + input] ?? NaN), bias[token] ?? NaN));
const best = (values: readonly number[]): number[] =>
  [...values.keys()].toSorted((a, b) => (values[b] ?? 0) - (values[a] ?? 0)).slice(0, COUNT);
const logOfSum = (values: readonly number[]): number => {
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
};

async function choiceOf(output: Linear): Promise<GraphSession> {
  const g = new GraphBuilder('choice');
  const hidden = g.input('hidden', 'float32', ['R', DIM]);
  const count = g.input('count', 'int64', [1]);
  const row = g.input('row', 'int64', []);
  const rows = g.input('bias', 'float32', ['N', VOCABULARY]);
  const renormalize = g.input('renormalize', 'bool', []);
  const found = new VocabularyChoice(g, output, count, { rows, renormalize }).best(g, hidden, row);
  g.namedOutput('tokens', found.tokens, 'int64', ['R', 'C']);
  g.namedOutput('logProbabilities', found.logProbabilities, 'float32', ['R', 'C']);
  return openSession(encodeModel(g.model('test')), { threads: 1, device: 'cpu' });
}

async function run(session: GraphSession, hidden: readonly (readonly number[])[], forbidden: readonly number[], renormalize: boolean) {
  const rows = new Float32Array(2 * VOCABULARY);
  for (const token of forbidden) rows[VOCABULARY + token] = FORBIDDEN;
  const { tokens, logProbabilities } = await session.run(
    {
      hidden: { type: 'float32', dims: [hidden.length, DIM], data: Float32Array.from(hidden.flat()) },
      count: { type: 'int64', dims: [1], data: BigInt64Array.of(BigInt(COUNT)) },
      row: { type: 'int64', dims: [], data: BigInt64Array.of(1n) },
      bias: { type: 'float32', dims: [2, VOCABULARY], data: rows },
      renormalize: { type: 'bool', dims: [], data: Uint8Array.of(Number(renormalize)) },
    },
    ['tokens', 'logProbabilities'],
  );
  const perRow = (values: readonly number[]): number[][] => hidden.map((_, row) => values.slice(row * COUNT, (row + 1) * COUNT));
  return {
    tokens: perRow(Array.from(tokens?.data ?? [], Number)),
    logProbabilities: perRow(Array.from(logProbabilities?.data ?? [], Number)),
  };
}

describe.each([
  ['float32', layer],
  ['8 bit by blocks', { ...layer, quantized: quantizeBlocks(layer) }],
  ['8 bit by columns, in tiles', { ...layer, quantized: quantizeColumns(layer) }],
])('the best tokens with weights in %s', (_, output) => {
  let session: GraphSession;
  beforeAll(async () => {
    session = await choiceOf(output);
  });
  afterAll(() => session.close());

  test('are those of all logits, with their log-probabilities', async () => {
    const found = await run(session, HIDDEN, [], true);
    for (const [row, hidden] of HIDDEN.entries()) {
      const logits = logitsOf(hidden);
      expect(found.tokens[row]?.map((token) => logits[token])).toEqual(best(logits).map((token) => logits[token]));
      const expected = best(logits).map((token) => (logits[token] ?? NaN) - logOfSum(logits));
      const largest = Math.max(1, ...best(logits).map((token) => Math.abs(logits[token] ?? NaN)));
      for (const [rank, value] of expected.entries()) expect(Math.abs(value - (found.logProbabilities[row]?.[rank] ?? NaN)) / largest).toBeLessThan(1e-5);
    }
  });

  test.each([true, false])('leave out what is forbidden; probabilities made afterwards: %s', async (renormalize) => {
    const [row = []] = HIDDEN.slice(1, 2);
    const logits = logitsOf(row);
    const forbidden = best(logits).slice(0, 3);
    const allowed = logits.map((value, token) => (forbidden.includes(token) ? FORBIDDEN : value));
    const sum = logOfSum(renormalize ? allowed : logits);
    const found = await run(session, [row], forbidden, renormalize);
    expect(found.tokens[0]?.map((token) => allowed[token])).toEqual(best(allowed).map((token) => allowed[token]));
    for (const [rank, token] of best(allowed).entries()) expect(found.logProbabilities[0]?.[rank]).toBeCloseTo((allowed[token] ?? NaN) - sum, 4);
  });
});

test('a row gets the same beside a neighbour a thousand times as large', async () => {
  const session = await choiceOf({ ...layer, quantized: quantizeColumns(layer) });
  const row = HIDDEN[1] ?? [];
  const [alone, beside] = [await run(session, [row, row], [], true), await run(session, [row, [9e5, 1, -3e5, 0, 2, 7]], [], true)];
  expect(beside.tokens[0]).toEqual(alone.tokens[0]);
  expect(beside.logProbabilities[0]).toEqual(alone.logProbabilities[0]);
  await session.close();
});
