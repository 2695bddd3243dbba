import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../engine/engine-error.ts';
import { seededRandom } from '../seeded-random.ts';
import { batchesOf, encodePairs, type TrainingExample } from './batches.ts';
import { describeDropped } from './corpus-report.ts';
import { splitHeldOut } from './held-out.ts';
import { readCorpus } from './read-corpus.ts';

const data = process.env['BITEXT_TEST_DATA'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const rust = path.join(data, 'parallel', 'comprehensive-rust.en-pt-BR.tsv');

function corpusFile(content: string | Uint8Array): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'bitext-corpus-')), 'corpus.tsv');
  writeFileSync(file, content);
  return file;
}

describe('reading a corpus', () => {
  it('keeps what can be trained on and says what it left out, by line', async () => {
    const long = 'word '.repeat(10_000);
    const lines = ['Good morning\tBom dia', '', 'only one column', 'Nothing here\t', '\tSem fonte', 'a\u0000b\tc', `${long}\t${long}`, 'Good morning\tBom dia', 'Yes\tUma frase que nada tem a ver com uma palavra tão curta', 'Two\r\tDois\r'];
    const corpus = await readCorpus(corpusFile(Buffer.concat([Buffer.from(lines.join('\n')), Buffer.from('\nbad\t'), Buffer.of(0xff, 0xfe), Buffer.from('\nlast\tfim')])));
    expect(corpus.pairs).toEqual([{ source: 'Good morning', target: 'Bom dia' }, { source: 'Two', target: 'Dois' }, { source: 'last', target: 'fim' }]);
    expect(corpus.report).toEqual({
      read: 11, kept: 3,
      dropped: [
        { reason: 'control-characters', count: 1, lines: [6] }, { reason: 'duplicate', count: 1, lines: [8] }, { reason: 'empty-source', count: 1, lines: [5] },
        { reason: 'empty-target', count: 1, lines: [4] }, { reason: 'lengths-differ', count: 1, lines: [9] }, { reason: 'not-utf8', count: 1, lines: [11] },
        { reason: 'too-long', count: 1, lines: [7] }, { reason: 'wrong-columns', count: 1, lines: [3] },
      ],
    });
    expect(describeDropped(corpus.report)[3]).toBe('1 line left out: has no target text (line 4).');
  });

  it('joins the columns of a question and its context', async () => {
    const corpus = await readCorpus(corpusFile('1\tWho wrote it?\tA book by Ana.\tAna\n'), { columns: { source: [1, 2], target: 3 }, limits: { maxRatio: Infinity } });
    expect(corpus.pairs).toEqual([{ source: 'Who wrote it? | A book by Ana.', target: 'Ana' }]);
  });

  it('gives the same hash to the same pairs, whatever lies between them', async () => {
    const [one, two, other] = await Promise.all(['a b\tc d\n', '\n\na b\tc d\nbroken\n', 'a b\tc e\n'].map(async (text) => (await readCorpus(corpusFile(text))).hash));
    expect([one === two, one === other]).toEqual([true, false]);
  });

  it('reads a line of ten million characters without keeping it', async () => {
    const corpus = await readCorpus(corpusFile(`${'x'.repeat(10_000_000)}\ty\na\tb\n`));
    expect([corpus.pairs, corpus.report.dropped]).toEqual([[{ source: 'a', target: 'b' }], [{ reason: 'too-long', count: 1, lines: [1] }]]);
  });

  it('says that a file is not there', async () => {
    await expect(readCorpus('/nowhere/corpus.tsv')).rejects.toMatchObject({ code: 'INVALID_INPUT', advice: 'Give a text file with tab-separated columns.' });
  });
});

describe('holding out', () => {
  it('refuses one pair', () => {
    expect(() => splitHeldOut([{ source: 'a', target: 'b' }])).toThrow(EngineError);
  });

  it('refuses one pair to train on, and takes two; holds out no more than it is told to', () => {
    const pairs = Array.from({ length: 100 }, (_, index) => ({ source: `sentence ${index}`, target: 'x' }));
    const { training, heldOut } = splitHeldOut(pairs);
    const few = [...training.slice(0, 2), ...heldOut.slice(0, 1)];
    expect(splitHeldOut(few)).toEqual({ training: few.slice(0, 2), heldOut: few.slice(2) });
    expect(() => splitHeldOut(few.slice(1))).toThrow(EngineError);
    expect(splitHeldOut(pairs, { modulus: 7, remainder: 3, most: 3 })).toEqual({ training, heldOut: heldOut.slice(0, 3) });
  });

  it('never lets a source be on both sides', () => {
    const pairs = Array.from({ length: 700 }, (_, i) => ({ source: `sentence ${i % 350}`, target: `frase ${i}` }));
    const { training, heldOut } = splitHeldOut(pairs);
    const trained = new Set(training.map(({ source }) => source));
    expect([training.length + heldOut.length, heldOut.filter(({ source }) => trained.has(source))]).toEqual([700, []]);
  });
});

describe.skipIf(!existsSync(rust))('the corpus of shared/data/parallel', () => {
  it('splits as issue 5 counts: 2,927 to train on and 486 held out', async () => {
    const { pairs } = await readCorpus(rust, { limits: { maxRatio: Infinity, maxCharacters: Infinity } });
    const { training, heldOut } = splitHeldOut(pairs);
    expect([training.length, heldOut.length]).toEqual([2927, 486]);
  });
});

describe('batches', () => {
  const examples = Array.from({ length: 5000 }, (_, i): TrainingExample => ({ source: new Array<number>(1 + ((i * 7) % 31)).fill(1), target: new Array<number>(1 + ((i * 13) % 37)).fill(2) }));
  const rule = { targetTokens: 300, maxRows: 24, seed: 5 };

  it('hold every example once, within their limits', () => {
    const batches = batchesOf(examples, rule, 0);
    expect(batches.flat().sort((a, b) => a - b)).toEqual(examples.map((_, index) => index));
    expect(batches.filter((batch) => batch.length > 24 || batch.length * Math.max(...batch.map((index) => examples[index]?.target.length ?? 0)) > 300)).toEqual([]);
  });

  it('are the same for a seed and an epoch, and others for the next epoch', () => {
    expect(batchesOf(examples, rule, 3)).toEqual(batchesOf(examples, rule, 3));
    expect(batchesOf(examples, rule, 3)).not.toEqual(batchesOf(examples, rule, 4));
  });

  it('keep sources within their bound, too', () => {
    const texts = Array.from({ length: 12 }, (_, index) => ({ source: Array.from({ length: index % 3 === 0 ? 40 : 5 }, () => 1), target: [1, 0] }));
    const batches = batchesOf(texts, { ...rule, sourceTokens: 80 }, 0);
    expect(batches.flat().sort((a, b) => a - b)).toEqual([...texts.keys()]);
    for (const batch of batches) expect(batch.length * Math.max(...batch.map((index) => texts[index]?.source.length ?? 0))).toBeLessThanOrEqual(80);
  });

  it('are filled up to the limit itself, and no further by the first of the next', () => {
    const sized = (...sizes: [target: number, source: number][]): TrainingExample[] => sizes.map(([target, source]) => ({ source: Array<number>(source).fill(1), target: Array<number>(target).fill(1) }));
    expect(batchesOf(sized([5, 1], [5, 1], [5, 1], [5, 1]), { targetTokens: 20, maxRows: 9, seed: 1 }, 0)).toHaveLength(1);
    const opening = sized([1, 50], [2, 40], [3, 5], [3, 5]);
    const sources = batchesOf(opening, { targetTokens: 99, sourceTokens: 80, maxRows: 9, seed: 1 }, 0).map((batch) => batch.map((index) => opening[index]?.source.length));
    expect(sources.sort((a, b) => (b[0] ?? 0) - (a[0] ?? 0))).toEqual([[50], [40, 5], [5]]);
  });

  it('leave out what has too many tokens', () => {
    const tokenizer = { encode: (text: string) => Array.from(text, (letter) => letter.charCodeAt(0)), eosId: 0 };
    const { examples: kept, report } = encodePairs([{ source: 'ab', target: 'c' }, { source: 'abcd', target: 'e' }], tokenizer, tokenizer, 4);
    expect([kept, report]).toEqual([[{ source: [97, 98, 0], target: [99, 0] }], { read: 2, kept: 1, dropped: [{ reason: 'too-long', count: 1, lines: [2] }] }]);
  });
});

describe('seeded random numbers', () => {
  it('are uniform and normal as they should be, and differ by stream', () => {
    const random = seededRandom(7);
    const uniform = Array.from({ length: 20_000 }, () => random.next());
    const normal = Array.from({ length: 20_000 }, () => random.normal());
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean(uniform) - 0.5)).toBeLessThan(0.01);
    expect(Math.abs(mean(normal))).toBeLessThan(0.03);
    expect(Math.abs(mean(normal.map((value) => value * value)) - 1)).toBeLessThan(0.05);
    expect(seededRandom(7).next()).not.toBe(seededRandom(7, 1).next());
  });
});
