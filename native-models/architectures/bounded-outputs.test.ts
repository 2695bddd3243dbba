/** What the outputs of a student begin with, and what they may not repeat, against the plain reference. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FREE_TOKEN } from '../runtime/compiled-model.ts';
import { SMALL_STUDENT, seededRandom } from '../weights/testing/synthetic-student.ts';
import type { SeededStudentFolder } from './testing/seeded-student-folder.ts';
import { seededStudentFolder } from './testing/seeded-student-folder.ts';

// A low bias for the end of sentence: the outputs are long and run in circles.
const STUDENT = { ...SMALL_STUDENT, seed: 23, endBias: -1 };
const random = seededRandom(41);
const ids = (length: number): number[] => Array.from({ length }, () => 1 + Math.floor(random() * (STUDENT.vocabulary - 1)));
const SOURCES = [[...ids(6), 0], [...ids(3), 0], [...ids(9), 0], [...ids(4), 0]];
/** None, a short one, one longer than its source. */
const PREFIXES = [[], ids(2), ids(7), ids(8)];
const limitOf = (row: number): number => {
  const source = SOURCES[row]?.length ?? 0;
  const prefix = PREFIXES[row]?.length ?? 0;
  return Math.max(Math.floor(2.5 * source), prefix === 0 ? 0 : prefix + source);
};

let folder: SeededStudentFolder;
beforeAll(async () => {
  folder = await seededStudentFolder(STUDENT);
});
afterAll(() => folder.remove());

describe.each([
  ['float32', false],
  ['int8', true],
] as const)('in %s, shortlist %s', (precision, shortlist) => {
  const digits = precision === 'int8' ? 1 : 3;
  const candidates = (row: number): number[] | null => (shortlist ? [...new Set([...folder.candidatesOf(SOURCES[row] ?? []), ...(PREFIXES[row] ?? [])])] : null);

  test('outputs begin with their prefixes and go on as the reference does, in one batch as alone', async () => {
    const model = await folder.open(precision, shortlist);
    const reference = folder.reference(precision);
    const { outputs } = await model.run(SOURCES, { alignment: true, scores: true, prefixes: PREFIXES });
    for (const [row, source] of SOURCES.entries()) {
      const prefix = PREFIXES[row] ?? [];
      const expected = reference.translate(source, limitOf(row), candidates(row), { prefix });
      const output = outputs[row];
      expect({ ids: [...(output?.ids ?? [])], truncated: output?.truncated }).toEqual({ ids: expected.ids, truncated: expected.truncated });
      expect(expected.ids.slice(0, prefix.length)).toEqual(prefix);
      expect(output?.score).toBeCloseTo(
        expected.logProbabilities.reduce((sum, value) => sum + value, 0),
        digits,
      );
      const attention = expected.attention.flat();
      expect(output?.attention?.length).toBe(attention.length);
      for (const [at, weight] of attention.entries()) expect(output?.attention?.[at]).toBeCloseTo(weight, digits + 1);
      const alone = (await model.run([source], { alignment: true, scores: true, prefixes: [prefix] })).outputs[0];
      expect([...(alone?.ids ?? [])]).toEqual(expected.ids);
    }
  });

  test('a free token in a prefix is decoded; with a beam, what is forced behind it has a say', async () => {
    const model = await folder.open(precision, shortlist);
    const reference = folder.reference(precision);
    const source = SOURCES[0] ?? [];
    const [before = 0, behind = 0] = ids(2);
    const prefix = [before, FREE_TOKEN, behind];
    const allowed = shortlist ? [...new Set([...folder.candidatesOf(source), before, behind])] : null;
    const all = (allowed ?? Array.from({ length: STUDENT.vocabulary }, (_, id) => id)).filter((id) => id > 0);
    const sum = (values: readonly number[]): number => values.slice(0, 3).reduce((total, value) => total + value, 0);
    const scored = all.map((id) => ({ id, score: sum(reference.translate(source, 3, allowed, { prefix: [before, id, behind] }).logProbabilities) })).sort((a, b) => b.score - a.score);
    const wide = (await model.run([source], { alignment: false, scores: true, prefixes: [prefix], beam: 32, maxTargetTokens: 1 })).outputs[0];
    const open = (wide?.hypotheses ?? []).filter(({ truncated }) => truncated).sort((a, b) => b.score - a.score);
    expect([...(open[0]?.ids ?? [])]).toEqual([before, scored[0]?.id, behind]);
    expect(open[0]?.score).toBeCloseTo(scored[0]?.score ?? 0, digits);
    const greedy = (await model.run([source], { alignment: false, scores: true, prefixes: [prefix] })).outputs[0];
    const best = reference.translate(source, 2, allowed, { prefix: [before] }).ids[1];
    expect([...(greedy?.ids ?? [])].slice(0, 3)).toEqual([before, best, behind]);
  });

  test('beam search keeps to the prefixes', async () => {
    const model = await folder.open(precision, shortlist);
    const reference = folder.reference(precision);
    const { outputs } = await model.run(SOURCES, { alignment: false, scores: true, prefixes: PREFIXES, beam: 3 });
    for (const [row, source] of SOURCES.entries()) {
      const prefix = PREFIXES[row] ?? [];
      const expected = reference.search(source, 3, limitOf(row), candidates(row), { prefix });
      const hypotheses = outputs[row]?.hypotheses ?? [];
      expect(hypotheses.length).toBeGreaterThan(0);
      for (const hypothesis of hypotheses) expect([...hypothesis.ids.subarray(0, prefix.length)]).toEqual(prefix);
      const ended = hypotheses.filter(({ truncated }) => !truncated);
      expect(ended.map((hypothesis) => [...hypothesis.ids])).toEqual(expected.map((hypothesis) => hypothesis.ids));
      for (const [rank, { score }] of expected.entries()) expect(ended[rank]?.score).toBeCloseTo(score, digits);
    }
  });

  test('no two tokens are said twice, greedily or by a beam, where that is asked for', async () => {
    const model = await folder.open(precision, shortlist);
    const reference = folder.reference(precision);
    const free = (await model.run(SOURCES, { alignment: false, scores: false, prefixes: PREFIXES })).outputs;
    expect(free.filter((output) => repeats(output.ids, 2)).length).toBeGreaterThan(1);
    for (const beam of [1, 3]) {
      const { outputs } = await model.run(SOURCES, { alignment: false, scores: true, prefixes: PREFIXES, noRepeatNgram: 2, beam });
      for (const [row, source] of SOURCES.entries()) {
        const bounds = { prefix: PREFIXES[row] ?? [], noRepeatNgram: 2 };
        const limit = limitOf(row);
        const output = [...(outputs[row]?.ids ?? [])];
        expect(repeats(output, 2)).toBe(false);
        if (beam === 1) expect(output).toEqual(reference.translate(source, limit, candidates(row), bounds).ids);
        else {
          const ended = (outputs[row]?.hypotheses ?? []).filter(({ truncated }) => !truncated);
          expect(ended.map((hypothesis) => [...hypothesis.ids])).toEqual(reference.search(source, 3, limit, candidates(row), bounds).map((found) => found.ids));
        }
      }
    }
  });
});

test('an extra candidate may be chosen where the shortlist lacks it', async () => {
  const model = await folder.open('int8', true);
  const [source = []] = SOURCES;
  const listed = folder.candidatesOf(source);
  const extra = Array.from({ length: STUDENT.vocabulary }, (_, id) => id).filter((id) => !listed.includes(id));
  const { outputs } = await model.run([source], { alignment: false, scores: false, extraCandidates: [extra] });
  const everything = await (await folder.open('int8', false)).run([source], { alignment: false, scores: false });
  expect([...(outputs[0]?.ids ?? [])]).toEqual([...(everything.outputs[0]?.ids ?? [])]);
  expect(outputs[0]?.ids.some((id) => extra.includes(id))).toBe(true);
});

test('prefixes that no output can begin with are refused', async () => {
  const model = await folder.open('float32', false);
  const run = (prefix: readonly number[]) => model.run([[5, 0]], { alignment: false, scores: false, prefixes: [prefix] });
  await expect(run([3, 0])).rejects.toMatchObject({ code: 'INVALID_INPUT', message: "An output can't begin with token id 0." });
  await expect(run([STUDENT.vocabulary])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(run(new Array<number>(1024).fill(3))).rejects.toMatchObject({ code: 'INVALID_INPUT', advice: 'Split the text.' });
});

function repeats(output: ArrayLike<number>, size: number): boolean {
  const said = new Set<string>();
  for (let at = 0; at + size <= output.length; at++) {
    const group = Array.from({ length: size }, (_, place) => output[at + place]).join();
    if (said.has(group)) return true;
    said.add(group);
  }
  return false;
}
