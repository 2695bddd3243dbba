import { expect, test } from 'vitest';
import type { SegmentState } from '../../../contract/shapes/segment.ts';
import type { ReadonlyRuns } from '../../../contract/shapes/text.ts';
import { xliff12 } from './xliff12.ts';

const options = { from: 'en', to: 'pt' };
const document = (body: string, attributes = 'target-language="pt"'): string =>
  `<?xml version="1.0"?>\n<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">\n<file original="a" source-language="en" ${attributes} datatype="plaintext"><body>\n${body}\n</body></file></xliff>`;
const read = async (source: string) => (await xliff12.read(Buffer.from(source), options)).units;
const write = async (source: string, targets: Record<string, ReadonlyRuns>, more: { states?: Record<string, SegmentState>; setLanguage?: boolean } = {}): Promise<string> =>
  Buffer.from(await xliff12.write(Buffer.from(source), new Map(Object.entries(targets)), { ...options, setLanguage: more.setLanguage ?? false, ...(more.states ? { states: new Map(Object.entries(more.states)) } : {}) })).toString('utf8');

test('a trans-unit is read with its codes, note and target', async () => {
  const units = await read(document(`<trans-unit id="7" approved="yes"><source>Press <g id="1" ctype="bold">Start</g><x id="2" ctype="lb"/>or <bpt id="3">&lt;i&gt;</bpt>stop<ept id="3">&lt;/i&gt;</ept>.</source>
    <target state="translated">Prima <g id="1" ctype="bold">Iniciar</g></target><note>Button</note><note annotates="target">not for the translator</note></trans-unit>`));
  expect(units).toEqual([{
    id: '1/7', role: 'trans-unit', segmented: true, note: 'Button', state: 'reviewed',
    source: ['Press ', { tag: 1, kind: 'open' }, 'Start', { tag: 1, kind: 'close' }, { tag: 2, kind: 'empty' }, 'or ', { tag: 3, kind: 'open' }, 'stop', { tag: 3, kind: 'close' }, '.'],
    target: ['Prima ', { tag: 1, kind: 'open' }, 'Iniciar', { tag: 1, kind: 'close' }],
    tags: [
      { tag: 1, label: 'b', open: '<g id="1" ctype="bold">', close: '</g>', canDelete: true, canCopy: true },
      { tag: 2, label: 'br', open: '<x id="2" ctype="lb"/>', equivalent: '\n', canDelete: false, canCopy: true },
      { tag: 3, label: 'i', open: '<i>', close: '</i>', canDelete: true, canCopy: false },
    ],
  }]);
});

test('a new target goes after the source, indented as it is, and nothing else changes', async () => {
  const before = document('  <trans-unit id="1">\r\n    <source xml:lang="en">A <ph id="1">%s</ph> &amp; b</source>\r\n    <note>n</note>\r\n  </trans-unit>');
  const after = await write(before, { '1/1': [{ tag: 1, kind: 'empty' }, ' < ç'] }, { states: { '1/1': 'translated' } });
  expect(after).toBe(before.replace('</source>', '</source>\r\n    <target xml:lang="pt" state="translated"><ph id="1">%s</ph> &lt; ç</target>'));
});

test('an existing or empty target is filled in place and keeps its attributes', async () => {
  const before = document('<trans-unit id="1"><source>A</source><target xml:lang="pt-BR" resname="r" state=\'needs-translation\' state-qualifier="leveraged-tm">x</target></trans-unit><trans-unit id="2"><source>B</source><target/></trans-unit>');
  const after = await write(before, { '1/1': ['Á'], '1/2': ['Bê'] }, { states: { '1/1': 'reviewed', '1/2': 'rejected' } });
  expect(after).toBe(document('<trans-unit id="1" approved="yes"><source>A</source><target xml:lang="pt-BR" resname="r" state=\'signed-off\'>Á</target></trans-unit><trans-unit id="2"><source>B</source><target state="needs-translation" state-qualifier="rejected-inaccurate">Bê</target></trans-unit>'));
  expect((await read(after)).map(({ state }) => state)).toEqual(['reviewed', 'rejected']);
});

test('segments are units of their own; what stands between them stays', async () => {
  const before = document('<trans-unit id="1"><source>One. Two.</source><seg-source><g id="9"><mrk mtype="seg" mid="a">One.</mrk>\u00a0<mrk mtype="seg" mid="b">T<x id="1"/>wo.</mrk></g></seg-source></trans-unit>');
  const units = await read(before);
  expect(units.map(({ id, source, segmented }) => ({ id, source, segmented }))).toEqual([
    { id: '1/1#a', source: ['One.'], segmented: true }, { id: '1/1#b', source: ['T', { tag: 1, kind: 'empty' }, 'wo.'], segmented: true },
  ]);
  const one = await write(before, { '1/1#b': [{ tag: 1, kind: 'empty' }, 'Dois.'] });
  expect(one).toContain('</seg-source><target state="needs-review-translation"><g id="9"><mrk mtype="seg" mid="a"></mrk>\u00a0<mrk mtype="seg" mid="b"><x id="1"/>Dois.</mrk></g></target></trans-unit>');
  expect((await read(one)).map(({ target }) => target)).toEqual([undefined, [{ tag: 1, kind: 'empty' }, 'Dois.']]);
  const both = await write(one, { '1/1#a': ['Um.'] }, { states: { '1/1#a': 'translated' } });
  expect(both).toBe(one.replace('mid="a"></mrk>\u00a0<mrk mtype="seg" mid="b"><x', 'mid="a">Um.</mrk>\u00a0<mrk mtype="seg" mid="b"><x'));
});

test('a target that is not cut as its source is stays one unit', async () => {
  const [unit, ...more] = await read(document('<trans-unit id="1"><source>One. Two.</source><seg-source><mrk mtype="seg" mid="1">One.</mrk> <mrk mtype="seg" mid="2">Two.</mrk></seg-source><target>Um e dois.</target></trans-unit>'));
  expect(more).toEqual([]);
  expect(unit).toMatchObject({ id: '1/1', source: ['One. Two.'], target: ['Um e dois.'], segmented: true });
});

test('ids that recur in other files or in one file stay apart', async () => {
  const unit = '<trans-unit id="1"><source>A</source></trans-unit>';
  const source = document(`${unit}<group>${unit}</group>`).replace('</file>', `</file><file original="b" source-language="en" datatype="plaintext"><body>${unit}</body></file>`);
  expect((await read(source)).map(({ id }) => id)).toEqual(['1/1', '1/1~2', '2/1']);
});

test('what is not for translation is left out: translate="no", empty texts, alternatives, binary units', async () => {
  const units = await read(document(`<group translate="no"><trans-unit id="1"><source>no</source></trans-unit><trans-unit id="2" translate="yes"><source>yes</source><alt-trans><source>x</source><target>y</target></alt-trans></trans-unit></group>
    <trans-unit id="3"><source> <x id="1"/> </source></trans-unit><bin-unit id="4" mime-type="image/png"><bin-source><external-file href="a"/></bin-source></bin-unit>`));
  expect(units.map(({ id, source, target }) => ({ id, source, target }))).toEqual([{ id: '1/2', source: ['yes'], target: undefined }]);
});

test('a code that only the target has survives, may be moved, and may go', async () => {
  const before = document('<trans-unit id="1"><source>Name</source><target>Nome<ph id="t">{0}</ph></target></trans-unit>');
  const [unit] = await read(before);
  expect(unit?.target).toEqual(['Nome', { tag: 1, kind: 'empty' }]);
  expect(await write(before, { '1/1': ['O ', { tag: 1, kind: 'empty' }, ' nome'] })).toContain('<target>O <ph id="t">{0}</ph> nome</target>');
  expect(await write(before, { '1/1': ['O nome'] })).toContain('<target>O nome</target>');
});

test('broken tag sets are refused with the unit', async () => {
  const source = document('<trans-unit id="1"><source><g id="1">a</g> <g id="2">b</g><x id="3"/></source></trans-unit>');
  const g = (tag: number, kind: 'open' | 'close') => ({ tag, kind });
  const x = { tag: 3, kind: 'empty' as const };
  for (const target of [
    ['a'], [g(1, 'open'), 'a', x], [g(1, 'close'), 'a', g(1, 'open'), x], [{ tag: 4, kind: 'empty' as const }, x],
    // Elements that cross can't be written.
    [g(1, 'open'), 'a', g(2, 'open'), 'b', g(1, 'close'), g(2, 'close'), x],
  ]) await expect(write(source, { '1/1': target })).rejects.toMatchObject({ code: 'TAGS_BROKEN', data: { unit: '1/1' } });
  await expect(write(source, { '9/9': ['a'] })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

test('the target language is declared when asked for', async () => {
  const before = document('<trans-unit id="1"><source>A</source><target xml:lang="fr">Á</target></trans-unit>', '');
  expect(await write(before, {}, { setLanguage: true })).toBe(before.replace('source-language="en"', 'source-language="en" target-language="pt"').replace('xml:lang="fr"', 'xml:lang="pt"'));
  const named = document('', 'target-language="pt-BR"');
  expect(await write(named, {}, { setLanguage: true })).toBe(named);
});

test('SDL: native tags, segment states and locks are read, and states are written where SDL looks for them', async () => {
  const before = `<xliff xmlns:sdl="http://sdl.com/FileTypes/SdlXliff/1.0" xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2"><file original="a" source-language="en" datatype="x" target-language="pt"><header><tag-defs xmlns="http://sdl.com/FileTypes/SdlXliff/1.0"><tag id="5"><bpt name="cf">&lt;cf bold="on"&gt;</bpt><ept name="cf">&lt;/cf&gt;</ept></tag></tag-defs></header><body><trans-unit id="u"><source><g id="5">A</g> B</source><seg-source><mrk mtype="seg" mid="1"><g id="5">A</g></mrk> <mrk mtype="seg" mid="2">B</mrk></seg-source><target><mrk mtype="seg" mid="1" /> <mrk mtype="seg" mid="2">Bê</mrk></target><sdl:seg-defs><sdl:seg id="1" origin="not-translated" /><sdl:seg id="2" conf="ApprovedTranslation" locked="true" /></sdl:seg-defs></trans-unit></body></file></xliff>`;
  const units = await read(before);
  expect(units.map(({ tags, target, state, locked }) => ({ tags, target, state, locked }))).toEqual([
    { tags: [{ tag: 1, label: 'cf', open: '<cf bold="on">', close: '</cf>', canDelete: true, canCopy: true }], target: undefined, state: undefined, locked: undefined },
    { tags: [], target: ['Bê'], state: 'reviewed', locked: true },
  ]);
  const after = await write(before, { '1/u#1': [{ tag: 1, kind: 'open' }, 'Á', { tag: 1, kind: 'close' }] }, { states: { '1/u#1': 'translated' } });
  expect(after).toBe(before.replace('<mrk mtype="seg" mid="1" />', '<mrk mtype="seg" mid="1"><g id="5">Á</g></mrk>').replace('<sdl:seg id="1" origin="not-translated" />', '<sdl:seg id="1" origin="interactive" conf="Translated" />'));
});

test('memoQ: the state of a unit is its mq:status', async () => {
  const before = document('<trans-unit id="1" xmlns:mq="MQXliff" mq:status="PartiallyEdited"><source>A</source><target>B</target></trans-unit>');
  expect((await read(before))[0]?.state).toBe('draft');
  expect(await write(before, { '1/1': ['C'] }, { states: { '1/1': 'translated' } })).toBe(before.replace('PartiallyEdited', 'ManuallyConfirmed').replace('>B<', '>C<'));
  const fresh = before.replace('PartiallyEdited', 'NotStarted').replace('>B<', '><');
  expect(await write(fresh, { '1/1': ['B'] }, { states: { '1/1': 'draft' } })).toBe(before);
});

test('marks: protected text must stay as it is, deleted text may go, others are spans', async () => {
  const before = document('<trans-unit id="1"><source>Ask <mrk mtype="protected">Bitext</mrk><mrk mtype="x-sdl-deleted">gone</mrk> for <mrk mtype="term">help</mrk></source></trans-unit>');
  const [unit] = await read(before);
  expect(unit?.source).toEqual(['Ask ', { tag: 1, kind: 'empty' }, { tag: 2, kind: 'empty' }, ' for ', { tag: 3, kind: 'open' }, 'help', { tag: 3, kind: 'close' }]);
  expect(unit?.tags.map(({ label, canDelete }) => ({ label, canDelete }))).toEqual([{ label: 'protected', canDelete: false }, { label: 'sdl-deleted', canDelete: true }, { label: 'term', canDelete: true }]);
  expect(await write(before, { '1/1': ['Peça ajuda ao ', { tag: 1, kind: 'empty' }] })).toContain('>Peça ajuda ao <mrk mtype="protected">Bitext</mrk></target>');
  await expect(write(before, { '1/1': ['Peça ajuda'] })).rejects.toMatchObject({ code: 'TAGS_BROKEN' });
});

test('Phrase: the state of a unit is m:confirmed, and its locks are kept', async () => {
  const before = document('<trans-unit id="1" xmlns:m="http://www.memsource.com/mxlf/2.0" m:confirmed="0" m:locked="true"><source>A</source><target>B</target></trans-unit>');
  expect((await read(before)).map(({ state, locked }) => ({ state, locked }))).toEqual([{ state: 'draft', locked: true }]);
  expect(await write(before, { '1/1': ['B'] }, { states: { '1/1': 'reviewed' } })).toBe(before.replace('confirmed="0"', 'confirmed="1"'));
});

test('a length limit is told to the translator', async () => {
  expect((await read(document('<trans-unit id="1" maxwidth="20" size-unit="char"><source>A</source><note>n</note></trans-unit>')))[0]?.note).toBe('n\nAt most 20 characters');
});

test('a target with marks of its own belongs to the whole trans-unit', async () => {
  const before = document('<trans-unit id="1"><source>One.</source><seg-source><mrk mtype="seg" mid="1">One.</mrk></seg-source><target><mrk mtype="seg" mid="x">Um.</mrk></target></trans-unit>');
  expect((await read(before)).map(({ id, target }) => ({ id, target }))).toEqual([{ id: '1/1#1', target: ['Um.'] }]);
  expect(await write(before, { '1/1#1': ['Dois.'] })).toContain('<target><mrk mtype="seg" mid="1">Dois.</mrk></target>');
});

test('a file keeps its encoding; characters it lacks become references', async () => {
  const before = Buffer.from(document('<trans-unit id="1"><source>caf\u00e9</source></trans-unit>').replace('version="1.0"?', 'version="1.0" encoding="windows-1252"?'), 'latin1');
  const after = Buffer.from(await xliff12.write(before, new Map([['1/1', ['caf\u00e9 \u6f22']]]), { ...options, setLanguage: false }));
  expect(after.toString('latin1')).toContain('>caf\u00e9 &#x6F22;</target>');
  const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(document('<trans-unit id="1"><source>A</source></trans-unit>'), 'utf16le')]);
  expect(xliff12.sniff(wide, 'a')).toBe(1);
  expect(Buffer.from(await xliff12.write(wide, new Map([['1/1', ['\u6f22']]]), { ...options, setLanguage: false })).toString('utf16le')).toContain('>\u6f22</target>');
});

test('hostile and broken files are refused at once', async () => {
  const nested = (n: number) => document(`${'<group>'.repeat(n)}<trans-unit id="1"><source>a</source></trans-unit>${'</group>'.repeat(n)}`);
  const laughs = document('<trans-unit id="1"><source>&b;</source></trans-unit>').replace('?>', '?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>');
  const external = document('<trans-unit id="1"><source>&b;</source></trans-unit>').replace('?>', '?><!DOCTYPE x [<!ENTITY b SYSTEM "file:///etc/passwd">]>');
  const codes = await Promise.all([nested(100_000), laughs, external, '<html/>', '', document('<trans-unit id="1"><source>a\u0000</source></trans-unit>'), document('<trans-unit id="1"><source>a</target></trans-unit>')]
    .map((source) => xliff12.read(Buffer.from(source), options).then(() => 'read', (error: { code: string }) => error.code)));
  expect(codes).toEqual(['FORMAT_LIMIT', 'FORMAT_LIMIT', 'FORMAT_LIMIT', 'FORMAT_BROKEN', 'FORMAT_BROKEN', 'FORMAT_BROKEN', 'FORMAT_BROKEN']);
});
