import { expect, test } from 'vitest';
import type { SegmentState } from '../../../contract/shapes/segment.ts';
import type { ReadonlyRuns } from '../../../contract/shapes/text.ts';
import { po } from './po.ts';

const HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n';
const options = { from: 'en', to: 'pt-BR' };
const read = async (source: string, to = 'pt-BR') => (await po.read(Buffer.from(source), { from: 'en', to })).units;
const write = async (source: string | Uint8Array, targets: Record<string, ReadonlyRuns>, more: { states?: Record<string, SegmentState>; setLanguage?: boolean; to?: string } = {}): Promise<string> =>
  Buffer.from(await po.write(Buffer.from(source), new Map(Object.entries(targets)), { from: 'en', to: more.to ?? 'pt-BR', setLanguage: more.setLanguage ?? false, ...(more.states ? { states: new Map(Object.entries(more.states)) } : {}) })).toString('utf8');
const empty = (tag: number) => ({ tag, kind: 'empty' as const });

test('an entry is read with its comments, context, state and placeholders', async () => {
  const units = await read(`${HEADER}# Ask Ana\n#. Title of a window\n#: main.c:12\n#, fuzzy, c-format\n#| msgid "Old"\nmsgctxt "menu"\nmsgid ""\n"Open %s in %2$-5d\\t\\"now\\" 100%%\\n"\nmsgstr "Abrir %s em %2$-5d\\n"\n`);
  expect(units).toEqual([{
    id: '2', role: 'msgid', segmented: true, state: 'draft', note: 'Context: menu\nAsk Ana\nTitle of a window',
    source: ['Open ', empty(1), ' in ', empty(2), '\t"now" 100', empty(3)], target: ['Abrir ', empty(1), ' em ', empty(2)],
    tags: [
      { tag: 1, label: 's', open: '%s', canDelete: false, canCopy: false }, { tag: 2, label: '5d', open: '%2$-5d', canDelete: false, canCopy: false }, { tag: 3, label: 'arg', open: '%%', canDelete: false, canCopy: false },
    ],
  }]);
});

test('a translation keeps the escapes, the line breaks at the edges and the rest of the file', async () => {
  const before = `${HEADER}#: a.c:1\nmsgid "\\nTab\\t\\"q\\" \\\\ %d\\n"\nmsgstr ""\n\n#~ msgid "gone"\n#~ msgstr "ido"\n`;
  expect(await write(before, { 2: ['Tabulação\t"q" \\ \u001b', empty(1)] })).toBe(before.replace('msgstr ""\n\n#~', 'msgstr ""\n"\\n"\n"Tabulação\\t\\"q\\" \\\\ \\033%d\\n"\n\n#~'));
});

test('placeholders follow the flags of the message', async () => {
  const sources = async (flags: string, message: string) => (await read(`${HEADER}${flags}msgid "${message}"\nmsgstr ""\n`))[0]?.tags.map(({ open }) => open);
  expect(await sources('#, python-format\n', '%(name)s has %(count)05.1f of %%')).toEqual(['%(name)s', '%(count)05.1f', '%%']);
  expect(await sources('#, python-brace-format\n', '{} {0} {user.name!r:>10} {{no}} %s')).toEqual(['{}', '{0}', '{user.name!r:>10}', '{{', '}}']);
  expect(await sources('#, c-format\n', '%lld %*s %.2f%% %<PRIu64> {0}')).toEqual(['%lld', '%*s', '%.2f', '%%', '%<PRIu64>']);
  expect(await sources('#, no-c-format\n', '100% sure %s')).toEqual([]);
  expect(await sources('', '100% sure, 50 %d’s %s %(n)s {name} {not this}')).toEqual(['%d', '%s', '%(n)s', '{name}']);
});

test('equal placeholders are one tag as often as they appear', async () => {
  const source = `${HEADER}#, c-format\nmsgid "%s to %s"\nmsgstr ""\n`;
  expect((await read(source))[0]?.source).toEqual([empty(1), ' to ', empty(1)]);
  await expect(write(source, { 2: [empty(1), ' para'] })).rejects.toMatchObject({ code: 'TAGS_BROKEN', data: { unit: '2' } });
  await expect(write(source, { 2: [empty(1), empty(1), empty(1)] })).rejects.toMatchObject({ code: 'TAGS_BROKEN' });
  await expect(write(source, { 9: ['a'] })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

test('each plural form is a unit; missing forms are added', async () => {
  const before = `${HEADER}#, c-format\nmsgid "%d file"\nmsgid_plural "%d files"\nmsgstr[0] ""\nmsgstr[1] ""\n`;
  const units = await read(before);
  expect(units.map(({ id, source, note }) => ({ id, source, note }))).toEqual([
    { id: '2[0]', source: [empty(1), ' file'], note: 'Plural form 1 of 2' }, { id: '2[1]', source: [empty(1), ' files'], note: 'Plural form 2 of 2' },
  ]);
  expect(await write(before, { '2[0]': ['Um ficheiro'], '2[1]': [empty(1), ' ficheiros'] })).toBe(before.replace('msgstr[0] ""', 'msgstr[0] "Um ficheiro"').replace('msgstr[1] ""', 'msgstr[1] "%d ficheiros"'));
  const template = before.replace('nplurals=2; plural=(n != 1);', 'nplurals=INTEGER; plural=EXPRESSION;');
  expect((await read(template, 'ru')).map(({ id }) => id)).toEqual(['2[0]', '2[1]', '2[2]']);
  expect((await read(template, 'ja')).map(({ source }) => source)).toEqual([[empty(1), ' files']]);
  const japanese = await write(template, { '2[0]': [empty(1), ' ファイル'] }, { to: 'ja' });
  expect(japanese).toBe(template.replace('msgstr[0] ""\nmsgstr[1] ""\n', 'msgstr[0] "%d ファイル"\n'));
  const russian = await write(template, { '2[1]': [empty(1), ' файла'] }, { to: 'ru', setLanguage: true });
  expect(russian).toBe(template.replace('msgstr[1] ""', 'msgstr[1] "%d файла"\nmsgstr[2] ""').replace('nplurals=INTEGER; plural=EXPRESSION;', 'nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);').replace(';\\n"\n\n', ';\\n"\n"Language: ru\\n"\n\n'));
});

test('confirming takes fuzzy and the previous message away; a draft becomes fuzzy', async () => {
  const before = `${HEADER}#: a\n#, fuzzy, c-format\n#| msgid "A"\n#| msgstr "x"\nmsgid "B"\nmsgstr "Be"\n\n#, fuzzy\nmsgid "C"\nmsgstr "Ce"\n\nmsgid "D"\nmsgstr ""\n\n#, c-format\nmsgid "E"\nmsgstr ""\n`;
  const after = await write(before, { 2: ['Bê'], 3: ['Ce'], 4: ['Dê'], 5: ['É'] }, { states: { 2: 'translated', 3: 'reviewed', 4: 'draft', 5: 'draft' } });
  expect(after).toBe(`${HEADER}#: a\n#, c-format\nmsgid "B"\nmsgstr "Bê"\n\nmsgid "C"\nmsgstr "Ce"\n\n#, fuzzy\nmsgid "D"\nmsgstr "Dê"\n\n#, fuzzy, c-format\nmsgid "E"\nmsgstr "É"\n`);
  expect((await read(after)).map(({ state }) => state)).toEqual(['translated', 'translated', 'draft', 'draft']);
});

test('long strings are broken as the file breaks them', async () => {
  const words = 'palavra '.repeat(15).trim();
  const wrapped = `${HEADER}msgid ""\n"A long message that its tool has broken into lines of the usual width of the\\n"\n"terminal and then of"\n" the rest"\nmsgstr ""\n`;
  const lines = (await write(wrapped, { 2: [words] })).split('\n').slice(9, -1);
  expect(lines).toEqual(['msgstr ""', `"${'palavra '.repeat(9)}"`, `"${'palavra '.repeat(6).trim()}"`]);
  const unwrapped = `${HEADER}msgid "${'message '.repeat(20)}end"\nmsgstr ""\n`;
  expect(await write(unwrapped, { 2: [words] })).toBe(unwrapped.replace('end"\nmsgstr ""', `end"\nmsgstr "${words}"`));
  const narrow = `${HEADER}${Array.from({ length: 8 }, (_, i) => `msgid ""\n"Message ${i} is broken at fifty columns, as its "\n"author likes it."\nmsgstr ""\n\n`).join('')}`;
  expect((await write(narrow, { 2: [words] })).split('\n').slice(9, 13)).toEqual(['"palavra palavra palavra palavra palavra "', '"palavra palavra palavra palavra palavra "', '"palavra palavra palavra palavra palavra"', '']);
  const chinese = (await write(wrapped, { 2: ['漢字'.repeat(40)] })).split('\n').slice(9, -1);
  expect(chinese.map((line) => line.length)).toEqual([9, 40, 40, 6]);
});

test('the header names the language and a charset that can hold the text', async () => {
  const before = '# head\n#, fuzzy\nmsgid ""\nmsgstr ""\n"Language: \\n"\n"Content-Type: text/plain; charset=CHARSET\\n"\n\nmsgid "A"\nmsgstr ""\n';
  expect(await write(before, { 2: ['Á'] }, { setLanguage: true })).toBe('# head\nmsgid ""\nmsgstr ""\n"Language: pt_BR\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "A"\nmsgstr "Á"\n');
  expect(await write(before, { 2: ['A'] })).toBe(before.replace('"A"\nmsgstr ""', '"A"\nmsgstr "A"'));
  const portuguese = before.replace('Language: ', 'Language: pt_BR');
  expect(await write(portuguese, {}, { setLanguage: true, to: 'pt' })).toContain('"Language: pt_BR\\n"');
});

test('a catalogue keeps its charset, and refuses what that lacks', async () => {
  const source = Buffer.from(HEADER.replace('UTF-8', 'ISO-8859-1') + 'msgid "A"\nmsgstr ""\n', 'latin1');
  expect(Buffer.from(await po.write(source, new Map([['2', ['é']]]), { ...options, setLanguage: false })).toString('latin1')).toContain('msgstr "é"');
  await expect(po.write(source, new Map([['2', ['漢']]]), { ...options, setLanguage: false })).rejects.toMatchObject({ code: 'ENCODING_UNSUPPORTED' });
  const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('msgid "A"\nmsgstr ""\n', 'utf16le')]);
  expect(Buffer.from(await po.write(wide, new Map([['1', ['漢']]]), { ...options, setLanguage: false })).toString('utf16le')).toContain('msgstr "漢"');
});

test('what is not PO is refused with its line', async () => {
  for (const [source, line] of [
    ['msgid "a"\nmsgstr "b\n', 2], ['msgid "a"\nmsgstr b\n', 2], ['"a"\n', 1], ['msgid "a"\n\nmsgid "b"\nmsgstr ""\n', 3], ['hello\n', 1], ['msgstr "a"\n', 1], ['msgid "a" b\n', 1],
  ] as const) await expect(read(source)).rejects.toMatchObject({ code: 'FORMAT_BROKEN', data: { line } });
});

test('big and odd files are read at once', async () => {
  const long = 'a\\\\'.repeat(600_000);
  expect(await read(`msgid "${long}"\nmsgstr ""\n`).then(() => 'read', (error: { code: string }) => error.code)).toBe('FORMAT_LIMIT');
  expect(await read(`${'#, fuzzy\n'.repeat(100_000)}msgid "a"\nmsgstr ""\n`)).toHaveLength(1);
  expect(await read(`msgid "${'{'.repeat(400_000)}%${' '.repeat(400_000)}"\nmsgstr ""\n`)).toHaveLength(1);
  expect(await read('')).toEqual([]);
});

test('a fuzzy string that is confirmed as it stands gets the line breaks of its message', async () => {
  const before = `${HEADER}#, fuzzy\nmsgid "A"\nmsgstr "Á\\n"\n`;
  expect(await write(before, { 2: ['Á'] }, { states: { 2: 'translated' } })).toBe(`${HEADER}msgid "A"\nmsgstr "Á"\n`);
  expect(await write(before, { 2: ['Á'] }, { states: { 2: 'draft' } })).toBe(before);
});
