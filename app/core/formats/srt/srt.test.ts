import { describe, expect, test } from 'vitest';
import type { ReadonlyRuns } from '../../../contract/shapes/text.ts';
import type { DocumentFormat } from '../format.ts';
import { answer, brokenTags, coverage, documentsOf, failure, hasDocuments, identityDifferences, OPTIONS, pseudoDifferences, showUnits, writesNothingUnasked } from '../testing/invariants.ts';
import { splitLines } from './line-split.ts';
import { srt, vtt } from './srt.ts';

const units = async (text: string, format: DocumentFormat = srt): Promise<string[]> => showUnits((await format.read(Buffer.from(text), OPTIONS)).units);
const write = async (text: string, targets: Record<string, ReadonlyRuns>, format: DocumentFormat = srt, language?: string): Promise<string> =>
  Buffer.from(await format.write(Buffer.from(text), new Map(Object.entries(targets)), language === undefined ? OPTIONS : { ...OPTIONS, to: language, setLanguage: true })).toString();
const open = (tag: number) => ({ tag, kind: 'open' }) as const;
const close = (tag: number) => ({ tag, kind: 'close' }) as const;
const empty = (tag: number) => ({ tag, kind: 'empty' }) as const;

const FILM = '\ufeff1\r\n00:00:01,000 --> 00:00:03,500  X1:40 X2:600\r\n{\\an8}<i>In a world\r\nwithout water,</i>\r\n\r\n2\r\n00:00:04,000 --> 00:00:05,000\r\n- Who <b>are</b> you?\r\n- No one.\r\n\r\n3\r\n00:00:06,000 --> 00:00:07,000\r\n♪\r\n\r\n4\r\n00:00:08,000 --> 00:00:09,000\r\n2026\r\n5\r\n00:00:10,000 --> 00:00:11,000\r\nThe end';
const PAGE = 'WEBVTT - Film\nLanguage: en\n\nSTYLE\n::cue { color: red }\n\nNOTE no\ntranslation here\n\nintro\n00:01.000 --> 00:02.000 align:start\n<v Ann>Fish &amp; <c.loud>chips</c>\nfor <00:01.500>you\n\n00:03.000 --> 00:04.000\n&lt;x>\n';

describe('SubRip', () => {
  test('a cue is a unit of one text, its markup is tags, speakers keep their lines', async () => {
    expect(await units(FILM)).toEqual(['[subtitle] In a world without water,', '[subtitle] Who <1>are</1> you?<2/>No one.', '[subtitle] 2026', '[subtitle] The end']);
    const { units: found } = await srt.read(Buffer.from(FILM), OPTIONS);
    expect(found.map(({ id, segmented }) => [id, segmented])).toEqual([['line-3', true], ['line-8', true], ['line-17', true], ['line-20', true]]);
    expect(found[1]?.tags.map(({ label, equivalent }) => [label, equivalent])).toEqual([['b', undefined], ['br', '\n']]);
  });
  test('times, numbers, settings, line ends and the missing final newline stay', async () => {
    expect(await write(FILM, { 'line-3': ['Num mundo sem água,'], 'line-8': ['Quem ', open(1), 'é', close(1), ' você?', empty(2), 'Ninguém.'], 'line-20': ['Fim'] })).toBe(FILM
      .replace('In a world\r\nwithout water,', 'Num mundo sem água,').replace('- Who <b>are</b> you?\r\n- No one.', '- Quem <b>é</b> você?\r\n- Ninguém.').replace('The end', 'Fim'));
  });
  test('two lines stay two, a line that became too long becomes two', async () => {
    const text = '1\n00:00:01,000 --> 00:00:02,000\nOne two three four,\nfive six seven eight.\n\n2\n00:00:03,000 --> 00:00:04,000\nShort line\n';
    expect(await write(text, { 'line-3': ['Um dois três quatro cinco, seis sete oito nove'], 'line-8': ['Uma linha que já não é curta, porque a tradução é mais longa'] })).toBe(
      '1\n00:00:01,000 --> 00:00:02,000\nUm dois três quatro cinco,\nseis sete oito nove\n\n2\n00:00:03,000 --> 00:00:04,000\nUma linha que já não é curta,\nporque a tradução é mais longa\n');
  });
  test('a moved line break never leaves a blank line, which would end the cue', async () => {
    expect(await write('1\n00:00:01,000 --> 00:00:02,000\n- A b\n- C d\n', { 'line-3': [empty(1), 'E f'] })).toBe('1\n00:00:01,000 --> 00:00:02,000\n- - E f\n');
  });
  test('Japanese lines are joined and parted without spaces', async () => {
    const text = '1\n00:00:01,000 --> 00:00:02,000\n地力の搾取と浪費が\n現われるのである。\n';
    expect(await units(text)).toEqual(['[subtitle] 地力の搾取と浪費が現われるのである。']);
    expect(await write(text, { 'line-3': ['これは翻訳された字幕の文であり、二行に分けられる。'] })).toBe('1\n00:00:01,000 --> 00:00:02,000\nこれは翻訳された字幕の文であり、\n二行に分けられる。\n');
  });
  test('refuses times, typed markup and broken tag sets', async () => {
    const bytes = Buffer.from(FILM);
    expect(await failure(() => srt.write(bytes, new Map([['line-20', ['a --> b']]]), OPTIONS))).toMatchObject({ code: 'INVALID_INPUT', data: { unit: 'line-20' } });
    expect(await brokenTags(srt, bytes, 'line-20', ['<b>Fim'])).toEqual({ code: 'TAGS_BROKEN', unit: 'line-20' });
    expect(await brokenTags(srt, bytes, 'line-8', [close(1), 'x', open(1), empty(2)])).toEqual({ code: 'TAGS_BROKEN', unit: 'line-8' });
    expect(await brokenTags(srt, bytes, 'line-8', [open(1), 'x'])).toEqual({ code: 'TAGS_BROKEN', unit: 'line-8' });
  });
  test('is told by its first cue', () => {
    expect(srt.sniff(Buffer.from(FILM), 'film.txt')).toBeGreaterThan(0.5);
    expect(srt.sniff(Buffer.from(FILM, 'utf16le'), 'film.txt')).toBeGreaterThan(0.5);
    expect(srt.sniff(Buffer.from('1\nOne\n'), 'list.txt')).toBe(0);
  });
});

describe('WebVTT', () => {
  test('cue text only: header, styles and notes are left alone; references are characters', async () => {
    expect(await units(PAGE, vtt)).toEqual(['[subtitle] Fish & <1>chips</1> for <2/>you', '[subtitle] <x>']);
  });
  test('writes references, keeps cue names and settings, declares the language', async () => {
    expect(await write(PAGE, { 'line-12': [open(1), 'Batatas', close(1), ' < & > só para ', empty(2), 'você aqui'], 'line-16': ['a --> b'] }, vtt, 'pt-BR')).toBe(PAGE
      .replace('Language: en', 'Language: pt-BR').replace('Fish &amp; <c.loud>chips</c>\nfor <00:01.500>you', '<c.loud>Batatas</c> &lt; &amp; &gt;\nsó para <00:01.500>você aqui').replace('&lt;x>', 'a --&gt; b'));
  });
  test('is told by its first line', () => {
    expect(vtt.sniff(Buffer.from(PAGE), 'x')).toBeGreaterThan(0.5);
    expect(vtt.sniff(Buffer.from('WEBVTTX'), 'x')).toBe(0);
  });
});

test('lines are parted at pauses, and not after an article', () => {
  const split = (text: string, lines = 2): string => splitLines([{ text, shown: true }], '|', lines, 40);
  expect(split('He opened the old door and saw the sea')).toBe('He opened the old door|and saw the sea');
  expect(split('Wait, I have never seen such a thing before')).toBe('Wait, I have never seen|such a thing before');
  expect(split('Too short')).toBe('Too short');
  expect(split('alpha bravo charlie delta echo foxtrot golf hotel india', 3)).toBe('alpha bravo charlie|delta echo foxtrot|golf hotel india');
});

test.each([
  ['a cue of 100,000 lines', `1\n00:00:01,000 --> 00:00:02,000\n${'a b\n'.repeat(100_000)}`, 'read'],
  ['50,000 cues', '1\n00:00:01,000 --> 00:00:02,000\na\n\n'.repeat(50_000), 'read'],
  ['a line of 10 MB', `1\n00:00:01,000 --> 00:00:02,000\n${'word '.repeat(2_000_000)}`, 'FORMAT_LIMIT'],
  ['unclosed tags', `1\n00:00:01,000 --> 00:00:02,000\n${'<b {\\a '.repeat(100_000)}`, 'read'],
  ['NUL', '1\n00:00:01,000 --> 00:00:02,000\na\0b', 'read'],
])('hostile: %s', async (_name, text, outcome) => {
  expect((await answer(srt, text)).outcome).toBe(outcome);
});

describe.skipIf(!hasDocuments)('documents of the test data', () => {
  test.each(documentsOf('srt').map((document) => [document.name, document] as const))('%s', async (_name, document) => {
    expect(await writesNothingUnasked(srt, document)).toBe(true);
    expect(await identityDifferences(srt, document)).toEqual([]);
    expect(await pseudoDifferences(srt, document)).toEqual([]);
  });
  test('finds what another framework finds, with no more codes', async () => {
    const { share, codes, theirCodes, files } = await coverage(srt, ['srt']);
    expect([files, share, codes <= theirCodes]).toEqual([1, 1, true]);
  });
});
