import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CompiledModel } from '../runtime/compiled-model.ts';
import { openMarianStudent } from '../runtime/open-marian-student.ts';
import { readMarianBinary } from '../weights/marian-binary.ts';
import { readStudentArchitecture } from '../weights/marian-config.ts';
import { MarianWeights } from '../weights/marian-weights.ts';
import type { SyntheticStudent } from '../weights/testing/synthetic-student.ts';
import { SMALL_STUDENT, seededRandom, studentFile, writeLexicalShortlist } from '../weights/testing/synthetic-student.ts';
import { ReferenceStudent } from './testing/reference-student.ts';

const random = seededRandom(3);
const randomIds = (length: number): number[] => [...Array.from({ length }, () => 1 + Math.floor(random() * (SMALL_STUDENT.vocabulary - 1))), 0];
/** Ragged on purpose, from nothing but EOS to an outlier. */
const SOURCES = [[0], randomIds(1), randomIds(2), randomIds(3), randomIds(5), randomIds(5), randomIds(8), randomIds(11), randomIds(40)];
const LISTS = Array.from({ length: SMALL_STUDENT.vocabulary }, () => Array.from({ length: 6 }, () => Math.floor(random() * SMALL_STUDENT.vocabulary)));
const FIRST = 4;

function candidatesOf(source: readonly number[]): number[] {
  return [...new Set([...Array.from({ length: FIRST }, (_, id) => id), ...source.flatMap((id) => LISTS[id] ?? [])])];
}

const STUDENTS: readonly [string, SyntheticStudent][] = [
  ['one vocabulary', SMALL_STUDENT],
  ['a vocabulary a side, one decoder layer', { ...SMALL_STUDENT, seed: 11, sharedEmbeddings: false, decoderLayers: 1, heads: 2, endBias: 1 }],
];

describe.each(STUDENTS)('the graph of a student with %s', (_, student) => {
  const bytes = studentFile(student);
  const tensors = readMarianBinary(bytes, 'model.bin');
  const architecture = readStudentArchitecture(tensors, 'model.bin');
  let folder = '';
  const opened: CompiledModel[] = [];

  async function open(precision: 'int8' | 'float32', shortlist: boolean): Promise<CompiledModel> {
    const model = await openMarianStudent({ folder, cacheDir: path.join(folder, 'cache'), precision, threads: 1, device: 'cpu', shortlist });
    opened.push(model);
    return model;
  }

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'student-'));
    await writeFile(path.join(folder, 'model.xxyy.bin'), bytes);
    await writeFile(path.join(folder, 'vocab.xxyy.spm'), 'not read here');
    await writeFile(path.join(folder, 'lex.xxyy.bin'), writeLexicalShortlist(FIRST, LISTS));
  });
  afterAll(async () => {
    for (const model of opened) await model.close();
    await rm(folder, { recursive: true });
  });

  describe.each([
    ['float32', false],
    ['float32', true],
    ['int8', false],
    ['int8', true],
  ] as const)('in %s, shortlist %s', (precision, shortlist) => {
    const reference = new ReferenceStudent(new MarianWeights(tensors, 'model.bin'), architecture, precision === 'int8');
    // int8 rounds at slightly other places than the reference, which computes in double precision.
    const digits = precision === 'int8' ? 2 : 4;

    test('yields the ids, scores and attention of the reference, in one batch', async () => {
      const model = await open(precision, shortlist);
      const { outputs } = await model.run(SOURCES, { alignment: true, scores: true });
      for (const [index, source] of SOURCES.entries()) {
        const expected = reference.translate(source, Math.floor(2.5 * source.length), shortlist ? candidatesOf(source) : null);
        const output = outputs[index];
        expect({ ids: [...(output?.ids ?? [])], truncated: output?.truncated, sourceLength: output?.sourceLength }).toEqual({
          ids: expected.ids,
          truncated: expected.truncated,
          sourceLength: source.length,
        });
        expect(output?.score).toBeCloseTo(
          expected.logProbabilities.reduce((sum, value) => sum + value, 0),
          digits - 1,
        );
        const attention = expected.attention.flat();
        expect(output?.attention?.length).toBe(attention.length);
        for (const [at, value] of attention.entries()) expect(output?.attention?.[at]).toBeCloseTo(value, digits);
      }
    });

    test('beam search finds the hypotheses of the reference', async () => {
      const model = await open(precision, shortlist);
      const beam = 3;
      let ended = 0;
      const { outputs } = await model.run(SOURCES, { alignment: true, scores: true, beam });
      for (const [index, source] of SOURCES.entries()) {
        const limit = Math.floor(2.5 * source.length);
        const expected = reference.search(source, beam, limit, shortlist ? candidatesOf(source) : null);
        ended += expected.length;
        const found = (outputs[index]?.hypotheses ?? []).filter(({ truncated }) => !truncated);
        expect(found.map(({ ids }) => [...ids])).toEqual(expected.map(({ ids }) => ids));
        for (const [rank, { score, normalizedScore }] of expected.entries()) {
          expect(found[rank]?.score).toBeCloseTo(score, digits - 1);
          expect(found[rank]?.normalizedScore).toBeCloseTo(normalizedScore, digits - 1);
        }
        for (const { ids, attention, truncated } of outputs[index]?.hypotheses ?? [])
          expect(attention?.length).toBe((ids.length + (truncated ? 0 : 1)) * source.length);
      }
      expect(ended).toBeGreaterThan(4);
    });

    test('a sentence alone becomes what it becomes among others', async () => {
      const model = await open(precision, shortlist);
      const together = (await model.run(SOURCES, { alignment: false, scores: false })).outputs;
      const alone = [];
      for (const source of SOURCES) alone.push(...(await model.run([source], { alignment: false, scores: false })).outputs);
      expect(alone).toEqual(together);
    });
  });

  test('the caller may bound the output; what is not asked for is null', async () => {
    const model = await open('float32', false);
    const long = SOURCES.at(-1) ?? [];
    const { outputs } = await model.run([long], { alignment: false, scores: false, maxTargetTokens: 3 });
    expect(outputs).toEqual([{ ids: expect.any(Int32Array), score: null, tokenScores: null, attention: null, sourceLength: long.length, truncated: true }]);
    expect(outputs[0]?.ids.length).toBe(3);
    expect(await model.run([], { alignment: false, scores: false })).toEqual({ outputs: [] });
  });

  test('ids that the model does not have are refused', async () => {
    const model = await open('float32', false);
    const run = (source: readonly number[]) => model.run([source], { alignment: false, scores: false });
    await expect(run([5])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(run([96, 0])).rejects.toMatchObject({ code: 'INVALID_INPUT', message: 'Token id 96 is outside the vocabulary of 96.' });
    await expect(run([-1, 0])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(run([...new Array<number>(256).fill(3), 0])).rejects.toMatchObject({ code: 'INVALID_INPUT', advice: 'Split the text.' });
  });
});
