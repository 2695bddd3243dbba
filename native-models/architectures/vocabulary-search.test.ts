import { afterAll, beforeAll, expect, test } from 'vitest';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { encodeModel } from '../onnx/model-proto.ts';
import { float32 } from '../onnx/tensors.ts';
import type { GraphSession } from '../runtime/session.ts';
import { openSession } from '../runtime/session.ts';
import { seededRandom } from '../weights/testing/synthetic-student.ts';
import { bestOfVocabulary, tilesOf } from './vocabulary-search.ts';

const DIM = 4;
/** Three tiles, the last one narrower and no multiple of a block. */
const VOCABULARY = 40_002;
const COUNT = 5;
const NONE = -1e9;

const random = seededRandom(5);
const weight = Float32Array.from({ length: DIM * VOCABULARY }, () => Math.round((random() * 2 - 1) * 64) / 16);
const HIDDEN = [
  [1, -0.5, 2, 0.25],
  [0, 0, 0, 3],
  [-2, 1.5, 0.125, -1],
  [0.5, 0.5, 0.5, 0.5],
];
const logProbabilitiesOf = (row: readonly number[]): number[] => {
  const logits = Array.from({ length: VOCABULARY }, (_, token) => row.reduce((sum, value, input) => sum + value * (weight[input * VOCABULARY + token] ?? NaN), 0));
  const most = logits.reduce((a, b) => Math.max(a, b));
  const sum = most + Math.log(logits.reduce((total, logit) => total + Math.exp(logit - most), 0));
  return logits.map((logit) => logit - sum);
};

let session: GraphSession;
beforeAll(async () => {
  const g = new GraphBuilder('search');
  const hidden = g.input('hidden', 'float32', ['n', DIM]);
  const live = g.input('live', 'bool', ['n']);
  const forced = g.input('forced', 'int64', ['n', 1]);
  const tiles = tilesOf(VOCABULARY).map(({ first, width }) => {
    const part = Float32Array.from({ length: DIM * width }, (_, at) => weight[Math.floor(at / width) * VOCABULARY + first + (at % width)] ?? NaN);
    return { first, width, logits: (b: GraphBuilder, input: string) => b.node('MatMul', [input, b.constant(float32([DIM, width], part))]) };
  });
  const found = bestOfVocabulary(g, tiles, (_, rows) => rows, { hidden, live, forced }, { count: COUNT, none: NONE });
  g.namedOutput('columns', found.columns, 'int64', ['n', COUNT]);
  g.namedOutput('logProbabilities', found.logProbabilities, 'float32', ['n', COUNT]);
  session = await openSession(encodeModel(g.model('test')), { threads: 1, device: 'cpu' });
});
afterAll(() => session.close());

async function search(live: readonly boolean[], forced: readonly number[]): Promise<{ columns: number[]; logProbabilities: number[] }[]> {
  const { columns, logProbabilities } = await session.run(
    {
      hidden: { type: 'float32', dims: [HIDDEN.length, DIM], data: Float32Array.from(HIDDEN.flat()) },
      live: { type: 'bool', dims: [HIDDEN.length], data: Uint8Array.from(live, Number) },
      forced: { type: 'int64', dims: [HIDDEN.length, 1], data: BigInt64Array.from(forced, BigInt) },
    },
    ['columns', 'logProbabilities'],
  );
  const [tokens, values] = [Array.from(columns?.data ?? [], Number), Array.from(logProbabilities?.data ?? [], Number)];
  return HIDDEN.map((_, row) => ({ columns: tokens.slice(row * COUNT, (row + 1) * COUNT), logProbabilities: values.slice(row * COUNT, (row + 1) * COUNT) }));
}

test('tiles cover the vocabulary once, in order', () => {
  expect(tilesOf(32_000)).toEqual([{ first: 0, width: 16_000 }, { first: 16_000, width: 16_000 }]);
  expect(tilesOf(96)).toEqual([{ first: 0, width: 96 }]);
  expect(tilesOf(VOCABULARY)).toEqual([{ first: 0, width: 13_376 }, { first: 13_376, width: 13_376 }, { first: 26_752, width: 13_250 }]);
});

test('the best columns of a row are those of all logits', async () => {
  const rows = await search([true, true, true, true], [-1, -1, -1, -1]);
  for (const [index, { columns, logProbabilities }] of rows.entries()) {
    const expected = logProbabilitiesOf(HIDDEN[index] ?? []);
    const best = expected.toSorted((a, b) => b - a).slice(0, COUNT);
    // Equal logits may come in any order: each column must have the log-probability that it is said to have.
    for (const [rank, column] of columns.entries()) {
      expect(logProbabilities[rank]).toBeCloseTo(best[rank] ?? NaN, 4);
      expect(expected[column]).toBeCloseTo(best[rank] ?? NaN, 4);
    }
    expect(new Set(columns).size).toBe(COUNT);
  }
});

test('a forced row has its column alone, in whichever tile it lies; rows that are no hypotheses have none', async () => {
  const rows = await search([true, false, true, true], [13_376, 7, 40_001, 0]);
  for (const [row, column] of [[0, 13_376], [2, 40_001], [3, 0]] as const) {
    expect(rows[row]?.columns[0]).toBe(column);
    expect(rows[row]?.logProbabilities[0]).toBeCloseTo(logProbabilitiesOf(HIDDEN[row] ?? [])[column] ?? NaN, 4);
    expect(rows[row]?.logProbabilities.slice(1)).toEqual(new Array(COUNT - 1).fill(NONE));
  }
  expect(rows[1]).toEqual({ columns: new Array(COUNT).fill(0), logProbabilities: new Array(COUNT).fill(NONE) });
});
