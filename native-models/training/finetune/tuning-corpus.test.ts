import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { toyCorpus, writeToyStudent } from './testing/toy-student.ts';
import { openTunableStudent } from './tunable-student.ts';
import type { TunableModel } from './tunable-model.ts';
import { readTuningCorpus } from './tuning-corpus.ts';

const LONG = 'red cat sees blue dog '.repeat(20).trim();

describe('a corpus that a model learns from', () => {
  let home = '';
  let model: TunableModel;
  const read = (name: string, lines: readonly string[]) => {
    const file = path.join(home, `${name}.tsv`);
    writeFileSync(file, lines.join('\n'));
    return readTuningCorpus(file, { task: 'translate', from: 'en', to: 'pt' }, model, 50);
  };

  beforeAll(async () => {
    home = mkdtempSync(path.join(tmpdir(), 'bitext-tuning-'));
    model = await openTunableStudent((await writeToyStudent(home)).model);
  });

  it('has every pair on one side only, the same side whatever else there is', async () => {
    const lines = [...new Set(toyCorpus().split('\n'))];
    const { training, validation, heldOut, report } = await read('whole', lines);
    expect([training.length + validation.pairs.length + heldOut.length, validation.examples.length, report.dropped]).toEqual([lines.length, validation.pairs.length, []]);
    const half = await read('half', lines.slice(0, lines.length / 2));
    const measured = new Set(heldOut.map(({ source }) => source));
    expect(half.heldOut.filter(({ source }) => !measured.has(source))).toEqual([]);
  });

  it('names the lines that have too many tokens', async () => {
    const lines = Array.from({ length: 40 }, (_, index) => (index % 4 === 1 ? `${LONG} ${index}\t${LONG} ${index}` : `red cat ${index}\tvermelho gato ${index}`));
    const { training, validation, heldOut, report } = await read('long', lines);
    const dropped = report.dropped.find(({ reason }) => reason === 'too-many-tokens');
    // Those held out are translated, not learned.
    const measuredOnly = heldOut.filter(({ source }) => source.startsWith(LONG)).length;
    expect([dropped?.count, report.kept, training.length + validation.pairs.length + heldOut.length]).toEqual([10 - measuredOnly, 40 - (dropped?.count ?? 0), report.kept]);
    expect(dropped?.lines.every((line) => line % 4 === 2)).toBe(true);
  });

  it('says so where nothing is left', async () => {
    const lines = Array.from({ length: 30 }, (_, index) => `${LONG} ${index}\t${LONG} ${index}`);
    await expect(read('nothing', lines)).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringMatching(/no pair to learn from\. \d+ lines left out: has more tokens/) });
    await expect(read('columns', ['one column', 'another'])).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('2 lines left out: has fewer columns than the task needs (lines 1, 2).') });
  });
});
