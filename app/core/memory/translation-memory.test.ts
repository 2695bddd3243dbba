import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TranslationMemory } from './translation-memory.ts';
import { distancesFrom, editDistance, memoryWords } from './word-distance.ts';

const memoryOf = (...sources: readonly string[]): TranslationMemory => {
  const memory = new TranslationMemory();
  memory.add('m.tmx', sources.map((source) => ({ source, target: `= ${source}` })));
  return memory;
};
const percents = (memory: TranslationMemory, text: string, least = 1): [string, number][] => memory.find(text, { least, most: 20 }).map(({ source, match }) => [source, match]);

describe('words of a text', () => {
  it('are words and signs without regard to case, and single characters where nobody writes spaces', () => {
    expect(memoryWords('The Pump (3.5 kW)  stops.')).toEqual(['the', 'pump', '(', '3', '.', '5', 'kw', ')', 'stops', '.']);
    expect(memoryWords('今日はABC')).toEqual(['今', '日', 'は', 'abc']);
  });
});

describe('the distance of two sequences', () => {
  it('is the least number of insertions, deletions and replacements', () => {
    const of = (one: string, other: string): number => editDistance(Int32Array.from(one, (sign) => sign.charCodeAt(0)), Int32Array.from(other, (sign) => sign.charCodeAt(0)));
    // Wagner and Fischer's textbook pairs.
    expect([of('kitten', 'sitting'), of('sunday', 'saturday'), of('', 'abc'), of('abc', ''), of('same', 'same')]).toEqual([3, 3, 3, 3, 0]);
  });
});

describe('the distances of many sequences from one', () => {
  it('are those of the whole table as far as they count (property)', () => {
    // Up to twice the 32 words whose steps fit into one number, and exactly those.
    const words = fc.oneof(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 64 }), fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 32, maxLength: 32 })).map((list) => Int32Array.from(list));
    fc.assert(fc.property(words, fc.array(words, { maxLength: 5 }), fc.nat(64), (one, others, most) => {
      const distanceTo = distancesFrom(one, 6);
      const near = (distance: number): number | string => (distance > most ? 'further' : distance);
      expect(others.map((other) => near(distanceTo(other, most)))).toEqual(others.map((other) => near(editDistance(one, other))));
    }), { numRuns: 300 });
  });

  it('count words that no other sequence has', () => {
    for (const length of [3, 32, 33, 50]) {
      const known = Int32Array.from({ length }, (_, i) => i), unknown = known.map((word) => (word < 2 ? -1 : word));
      expect(distancesFrom(unknown, length)(known, length)).toBe(2);
    }
  });
});

describe('a translation memory', () => {
  it('counts the words that stay, of the longer text', () => {
    const memory = memoryOf('Press the red button now.');
    expect(percents(memory, 'Press the red button now.')).toEqual([['Press the red button now.', 100]]);
    expect(percents(memory, '  Press the red  button now. ')).toEqual([['Press the red button now.', 100]]);
    // Only the case differs: all words stay, but it is not the same text.
    expect(percents(memory, 'press the RED button now.')).toEqual([['Press the red button now.', 99]]);
    // One of six, two of six, one more of seven.
    expect(percents(memory, 'Press the green button now.')).toEqual([['Press the red button now.', 83]]);
    expect(percents(memory, 'Press the green lever now.')).toEqual([['Press the red button now.', 66]]);
    expect(percents(memory, 'Press the big red button now.')).toEqual([['Press the red button now.', 85]]);
  });

  it('has nothing below what is asked for', () => {
    const memory = memoryOf('Press the red button now.');
    expect([percents(memory, 'Press the green button now.', 83).length, percents(memory, 'Press the green button now.', 84).length]).toEqual([1, 0]);
    expect([percents(memory, 'press the red button now.', 100), percents(memory, 'Nothing like it', 1), percents(memory, '', 1), percents(new TranslationMemory(), 'a', 1)]).toEqual([[], [], [], []]);
  });

  it('has what is asked for to the last word: 14 of 25 are 56 percent, though 0.56 * 25 is more than 14', () => {
    const words = Array.from({ length: 25 }, (_, i) => `word${i}`);
    const memory = memoryOf(words.join(' '));
    // The eleven new words are the rarest, and looked up first.
    expect(percents(memory, words.map((word, i) => (i < 11 ? `new${i}` : word)).join(' '), 56)).toEqual([[words.join(' '), 56]]);
  });

  it('of one match that is asked for has the best, whatever comes first', () => {
    const memory = memoryOf('Press the big green lever.', 'Press the big red lever.', 'Press the red lever.', 'Press the big red button.');
    expect(memory.find('Press the big red lever now.', { least: 1, most: 1 })).toMatchObject([{ source: 'Press the big red lever.', match: 85 }]);
  });

  it('is filled some units at a time, the same as at once, until that is cancelled', async () => {
    const units = Array.from({ length: 1200 }, (_, i) => ({ source: `Unit ${i % 700}.`, target: `${i}` }));
    const atOnce = new TranslationMemory(), inSteps = new TranslationMemory(), stopped = new TranslationMemory();
    atOnce.add('m', units);
    await inSteps.addInSteps('m', units, new AbortController().signal);
    for (const text of ['Unit 3.', 'Unit 650.']) expect(inSteps.find(text, { least: 50, most: 9 })).toEqual(atOnce.find(text, { least: 50, most: 9 }));
    await expect(stopped.addInSteps('m', units, AbortSignal.abort(new Error('closed')))).rejects.toThrow('closed');
    expect([inSteps.size, stopped.size]).toEqual([1200, 500]);
  });

  it('prefers better ones, then the corpus that came first, then the newest; a target comes once', () => {
    const memory = new TranslationMemory();
    memory.add('first', [{ source: 'Good day.', target: 'Bom dia.' }, { source: 'Good day.', target: 'Boa tarde.' }, { source: 'Good day!', target: 'Bom dia!' }]);
    memory.add('second', [{ source: 'Good day.', target: 'Olá.' }, { source: 'Good day.', target: 'Bom dia.' }, { source: 'Good day.', target: ' ' }]);
    expect(memory.find('Good day.', { least: 50, most: 9 }).map(({ corpus, target, match }) => [corpus, target, match])).toEqual([['first', 'Boa tarde.', 100], ['first', 'Bom dia.', 100], ['second', 'Olá.', 100], ['first', 'Bom dia!', 66]]);
    expect(memory.find('Good day.', { least: 50, most: 1 })).toHaveLength(1);
    expect(memory.size).toBe(5);
  });

  it('misses no match that measuring every unit would find (property)', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', '.'), { minLength: 1, maxLength: 9 }).map((words) => words.join(' '));
    fc.assert(fc.property(fc.array(text, { maxLength: 30 }), text, fc.integer({ min: 1, max: 100 }), (sources, query, least) => {
      const ids = new Map('abcdef.'.split('').map((word, id): [string, number] => [word, id]));
      const numbers = (of: string): Int32Array => Int32Array.from(of.split(' '), (word) => ids.get(word) ?? -1);
      const measured = [...new Set(sources)].map((source): [string, number] => {
        const longer = Math.max(source.split(' ').length, query.split(' ').length);
        return [source, source === query ? 100 : Math.min(99, Math.floor((100 * (longer - editDistance(numbers(source), numbers(query)))) / longer))];
      });
      const byName = ([one]: [string, number], [other]: [string, number]): number => (one < other ? -1 : 1);
      const found = memoryOf(...sources).find(query, { least, most: 100 }).map(({ source, match }): [string, number] => [source, match]);
      expect(found.sort(byName)).toEqual(measured.filter(([, match]) => match >= least).sort(byName));
    }), { numRuns: 300 });
  });

  it('answers for texts of any length and kind', () => {
    const long = 'word '.repeat(50_000), memory = memoryOf('word', long);
    expect(memory.find(long, { least: 75, most: 1 })).toMatchObject([{ match: 100 }]);
    for (const text of ['x'.repeat(200_000), '\ud800', '\u200b\u202e', '...', '👍'.repeat(500)]) expect(memory.find(text, { least: 75, most: 1 })).toEqual([]);
  });
});

const FUZZY = join(process.env['BITEXT_TEST_DATA'] ?? resolve(import.meta.dirname, '../../../../shared/data'), 'fuzzy');
it.skipIf(!existsSync(FUZZY))('measures as SYSTRAN fuzzy-match does (needs fuzzy/ of the shared test data)', () => {
  const lines = (name: string): string[] => readFileSync(join(FUZZY, name), 'utf8').trim().split('\n');
  const memory = memoryOf(...lines('tm1').filter((line) => !line.includes('｟')));
  const cases = lines('test-tm1').filter((line) => line.startsWith('FUZZY')).map((line) => line.split('\t'));
  for (const [name, query = '', threshold, , most, ...expected] of cases) {
    // Its placeholders are tags: here no part of a text. Its limit of matches counts them.
    const wanted = expected.flatMap((share, i) => (i % 2 === 0 && !expected[i + 1]?.includes('｟') ? [[expected[i + 1]?.split('=')[1], Math.round(100 * Number(share))]] : []));
    const found = percents(memory, query, Math.round(100 * Number(threshold)));
    const least = Number(wanted.at(-1)?.[1] ?? 101);
    expect(found.filter(([, match]) => match > least || wanted.length < Number(most) - 1).sort(), name).toEqual(wanted.filter(([, match]) => Number(match) > least || wanted.length < Number(most) - 1).sort());
  }
  expect(cases.length).toBeGreaterThan(6);
});
