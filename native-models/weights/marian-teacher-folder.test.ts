/** The Marian teacher of the shared test data against what native Marian gave for it (its README describes the files). */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MarianHypothesis, MarianSearchOptions } from '../decoding/search/marian-beams.ts';
import { searchAsMarian } from '../decoding/search/marian-beams.ts';
import type { MarianTeacher } from './marian-teacher-folder.ts';
import { openMarianTeacher } from './marian-teacher-folder.ts';

const FOLDER = path.join(process.env['BITEXT_TEST_DATA'] ?? path.join(import.meta.dirname, '../../../shared/data'), 'models/marian-npz');
const lines = (name: string): string[] => readFileSync(path.join(FOLDER, name), 'utf8').trimEnd().split('\n');

describe.skipIf(!existsSync(FOLDER))('the Marian teacher of the shared test data', () => {
  let teacher: MarianTeacher;
  let sources: number[][] = [];
  beforeAll(async () => {
    teacher = await openMarianTeacher(FOLDER, { alignment: true });
    sources = lines('pieces.txt').map((line) => teacher.source.encode(line.split(' ')));
  });
  afterAll(() => teacher.decoder.close());

  /** All lines in batches of 16. */
  async function search(options: Partial<MarianSearchOptions>): Promise<MarianHypothesis[][]> {
    const found: MarianHypothesis[][] = [];
    for (let from = 0; from < sources.length; from += 16)
      found.push(...(await searchAsMarian(teacher.decoder, sources.slice(from, from + 16), { ...teacher.search, ...options })));
    return found;
  }
  const textOf = (hypothesis: MarianHypothesis | undefined): string => teacher.target.decode(hypothesis?.tokens ?? []).join(' ');

  test('beam 1: every line, and where each token looked', async () => {
    const found = await search({ beamSize: 1 });
    expect(found.map(([best]) => textOf(best))).toEqual(lines('beam1.txt'));
    for (const [index, line] of lines('beam1.soft-alignment').entries()) {
      const expected = (line.split(' ||| ')[1] ?? '').split(' ').map((row) => row.split(',').map(Number));
      const actual = found[index]?.[0]?.attention ?? [];
      expect(actual.map((row) => row.length)).toEqual(expected.map((row) => row.length));
      const differences = expected.flatMap((row, at) => row.map((value, column) => Math.abs(value - (actual[at]?.[column] ?? NaN))));
      expect(Math.max(...differences)).toBeLessThan(1e-4);
    }
  });

  test('beam 4: the whole n-best list, the score of each word and of the whole', async () => {
    const found = await search({ beamSize: 4, normalize: 1 });
    const rows = lines('beam4.nbest').map((line) => line.split(' ||| '));
    const actual = found.flatMap((list, index) => list.map((hypothesis) => ({ index, hypothesis })));
    expect(actual.map(({ index, hypothesis }) => `${index} ${textOf(hypothesis)}`)).toEqual(rows.map(([index, text = '']) => `${index} ${text.trim()}`));
    for (const [rank, [, , words = '', path_ = '', score]] of rows.entries()) {
      const { hypothesis } = actual[rank] ?? {};
      const expected = words.replace('WordScores= ', '').trim().split(' ').map(Number);
      expect(hypothesis?.wordScores).toHaveLength(expected.length);
      for (const [at, value] of expected.entries()) expect(Math.abs((hypothesis?.wordScores[at] ?? NaN) - value)).toBeLessThan(1e-3);
      expect(Math.abs((hypothesis?.pathScore ?? NaN) - Number(path_.replace('F0= ', '')))).toBeLessThan(1e-3);
      expect(Math.abs((hypothesis?.score ?? NaN) - Number(score))).toBeLessThan(1e-3);
    }
  });

  test('the settings of decoder.yml: every line and every link', async () => {
    const found = await search({});
    const expected = lines('beam6.hard-alignment').map((line) => line.split(' ||| ').map((part) => part.trim()));
    const linksOf = (attention: readonly Float32Array[]): string =>
      attention
        .map((row, target): [number, number] => [row.indexOf(Math.max(...row)), target])
        .sort(([a, b], [c, d]) => a - c || b - d)
        .map((pair) => pair.join('-'))
        .join(' ');
    expect(found.map(([best]) => [textOf(best), linksOf(best?.attention ?? [])])).toEqual(expected);
  });
});
