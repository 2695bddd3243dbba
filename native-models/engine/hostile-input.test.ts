/** Texts that nobody writes and every folder has: whatever comes in, a translation comes out, with what it must not lose. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlSigns } from './control-signs.ts';
import { keptNumbers } from './kept-numbers.ts';
import type { Engine, Translation } from './engine.ts';
import { createOnnxEngine } from './onnx-engine.ts';
import { defaultStudent } from '../weights/testing/default-students.ts';
import { writeTinyModel } from './testing/tiny-model-folder.ts';
import { verbatimRuns } from './verbatim-runs.ts';

const long = (alphabet: string, count: number): string => Array.from({ length: count }, (_, i) => alphabet.charAt((i * i * 7 + i * 13 + (i >> 3)) % alphabet.length)).join('');
const LETTERS = 'abcdefghijklmnopqrstuvwxyz', BASE64 = `${LETTERS}${LETTERS.toUpperCase()}0123456789+/`;

/** Each with what must stand in its translation, letter by letter. */
const HOSTILE: readonly (readonly [name: string, text: string, kept: readonly string[]])[] = [
  ['a letter held down', 'a'.repeat(3000), ['a'.repeat(3000)]],
  ['200 kB without a space', 'a'.repeat(200_000), ['a'.repeat(200_000)]],
  ['50 kB of letters', long(LETTERS, 50_000), [long(LETTERS, 50_000)]],
  ['an encoded file in a sentence', `The file ${long(BASE64, 5000)} is here.`, [long(BASE64, 5000)]],
  ['an address of 5,000 characters', `See https://example.com/${long(`${LETTERS}/?=&`, 5000)}x for more.`, [`https://example.com/${long(`${LETTERS}/?=&`, 5000)}x`]],
  ['a number of 3,000 digits', `The number ${'1234567890'.repeat(300)} is large.`, ['1234567890'.repeat(300)]],
  ['words joined by hyphens', 'word-'.repeat(1000), ['word-'.repeat(1000)]],
  ['markup without spaces', '<b>text</b>'.repeat(300), ['<b>text</b>'.repeat(300)]],
  ['lines to fill in', 'Name: ____________________ Date: ..........', ['____________________', '..........']],
  ['laughter', 'He said hahahahahahahahahahaha and left.', ['hahahahahahahahahahaha']],
  ['emoji of many parts', 'Good morning 👨‍👩‍👧‍👦 everybody 👍🏽!', ['👨‍👩‍👧‍👦', '👍🏽']],
  ['emoji alone', '👨‍👩‍👧‍👦👍🏽🇵🇹'.repeat(100), ['👨‍👩‍👧‍👦👍🏽🇵🇹'.repeat(100)]],
  ['marks of direction', '\u202eThis text is reversed\u202c and \u2066isolated\u2069 here.', ['\u202e', '\u202c', '\u2066', '\u2069']],
  ['a sign of direction before each letter', '\u202ea'.repeat(2000), ['\u202ea'.repeat(2000)]],
  ['control characters in words and between them', 'The\u001b[1mred\u001b[0m ca\u0007t is \u0000 on the\u009b table.\u0001', ['\u001b[1m', '\u001b[0m', '\u0007', '\u0000', '\u009b', '\u0001']],
  ['what is no character', 'The cat\ufffe is \ud800 on\uffff the ta\udc00ble\ufffd.', ['\ufffe', '\ud800', '\uffff', '\udc00', '\ufffd']],
  ['many control characters and few words', `The cat${' \u0001'.repeat(2000)} is here.`, [' \u0001'.repeat(2000)]],
  ['halves of characters', 'ab\ud800'.repeat(300), ['ab\ud800'.repeat(300)]],
  ['control characters', 'a\u0001'.repeat(1500), ['a\u0001'.repeat(1500)]],
  ['unseen signs alone', '\u200b'.repeat(3000), ['\u200b'.repeat(3000)]],
  ['signs alone', '%&/()='.repeat(500), ['%&/()='.repeat(500)]],
  ['white space', `${' '.repeat(50_000)}a`, [' '.repeat(50_000)]],
  ['a table of numbers', Array.from({ length: 200 }, (_, i) => `${i} ${i * 37}.${i % 90} ${i % 100}%`).join(' '), ['199 7363.19 99%']],
  ['a hundred marks on a letter', `e${'\u0301\u0302\u0303'.repeat(100)}`, [`\u0303`]],
  ['another script', 'Привет, как дела сегодня?', ['Привет, как дела сегодня?']],
  ['Chinese', long('的一是不了人我在有他这中大来上国', 3000), []],
  ['scripts of all kinds', 'Hello мир 世界 שלום مرحبا '.repeat(20), []],
  ['brackets', `${'('.repeat(2000)}a${')'.repeat(2000)}`, ['('.repeat(2000)]],
];

async function translate(engine: Engine, texts: readonly string[]): Promise<Translation[]> {
  const found: Translation[] = [];
  await engine.translate({ from: 'en', to: 'pt', texts, priority: 'batch', alignment: true }, { onBatch: ({ indices, translations }) => indices.forEach((index, i) => { const each = translations[i]; if (each !== undefined) found[index] = each; }) });
  return found;
}

function expectSound(source: string, { text, links, flags }: Translation): void {
  for (const { source: from, target: to } of links) expect([from[0] >= 0, from[1] <= source.length, to[0] >= 0, to[1] <= text.length]).toEqual([true, true, true, true]);
  for (const [start, end] of verbatimRuns(source)) {
    // What is left of it without the signs around it is a run of its own, or ordinary.
    const core = source.slice(start, end).replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
    if (verbatimRuns(core).some(([from, to]) => to - from === core.length)) expect(text).toContain(core);
  }
  const signsOf = (whole: string): string => controlSigns(whole).map(([start, end]) => whole.slice(start, end).replace(/\s/g, '')).join('').split('').sort().join('');
  expect(signsOf(text)).toBe(signsOf(source));
  expect(keptNumbers(source, text) === 'kept' || flags.length > 0).toBe(true);
}

describe('a tiny seeded model', () => {
  let folder: string, engine: Engine;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'bitext-hostile-'));
    writeTinyModel(path.join(folder, 'models'), 'tiny', 'enpt');
    engine = createOnnxEngine({ modelDirs: [path.join(folder, 'models')], cacheDir: path.join(folder, 'graphs'), threads: 1 });
  });
  afterAll(async () => {
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('gives something sound for any string, in any company (property)', async () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom('the cat ', ' dog', '\n', '\t', '\u00ad', '\u200b', '\u200d', '\ufeff', '\u202e', '\ud800', '\udc00', '\u001b[1m', '\u0007', '\u0000', '\uffff', '▁', '👨‍👩‍👧', '🇵🇹', '{x}', '&', '_', '%s', '.', '12.5 ', 'https://a.example/b '),
      fc.tuple(fc.constantFrom('a', 'ab', '-', '.', '1', '_', 'é', '\u0301', '中', '👍'), fc.integer({ min: 1, max: 200 })).map(([unit, times]) => unit.repeat(times)),
    );
    await fc.assert(fc.asyncProperty(fc.array(fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')), { minLength: 1, maxLength: 6 }), async (texts) => {
      const found = await translate(engine, texts);
      expect(found).toHaveLength(texts.length);
      texts.forEach((text, i) => { const each = found[i]; if (each !== undefined) expectSound(text, each); });
    }), { numRuns: 60 });
  });
});

const student = defaultStudent('enpt');

describe.skipIf(student === null)('the default model, which must be installed', () => {
  const cacheDir = mkdtempSync(path.join(tmpdir(), 'bitext-hostile-graphs-'));
  const engine = createOnnxEngine({ modelDirs: [student ?? ''], cacheDir, threads: 1 });
  afterAll(async () => {
    await engine.close();
    rmSync(cacheDir, { recursive: true, force: true, maxRetries: 5 });
  });

  it('keeps what it must of every one of them', async () => {
    const found = await translate(engine, HOSTILE.map(([, text]) => text));
    for (const [i, [name, text, kept]] of HOSTILE.entries()) {
      const each = found[i];
      if (each === undefined) throw new Error(`there is no translation of ${name}`);
      expectSound(text, each);
      for (const part of kept) expect(each.text.includes(part), name).toBe(true);
      // What could not be translated is told, where it has words.
      if (each.text === text && (text.match(/(?<!\p{L})\p{Ll}{2,}/gu)?.length ?? 0) >= 3) expect(each.flags, name).toContain('target-is-source');
    }
  });

  it('reads words in spite of signs that nobody sees in them', async () => {
    const seen = 'This sentence has wide spaces everywhere.';
    const [plain, hyphens, spaces, marks] = await translate(engine, [seen, 'This sen\u00adten\u00adce has wide spa\u00adces every\u00adwhere.', [...seen].join('\u200b').replaceAll('\u200b \u200b', ' '), `\ufeff${seen.replaceAll('e', 'e\u2060')}`]);
    expect([hyphens?.text, spaces?.text, marks?.text]).toEqual([plain?.text, plain?.text, `\ufeff${plain?.text ?? ''}`]);
  });
});
