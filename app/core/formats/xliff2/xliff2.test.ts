import { expect, test } from 'vitest';
import type { SegmentState } from '../../../contract/shapes/segment.ts';
import type { ReadonlyRuns } from '../../../contract/shapes/text.ts';
import { xliff2 } from './xliff2.ts';

const options = { from: 'en', to: 'pt' };
const document = (unit: string, attributes = ' trgLang="pt"'): string =>
  `<?xml version="1.0"?>\n<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="en"${attributes}>\n <file id="f">\n${unit}\n </file>\n</xliff>\n`;
const segment = (content: string): string => document(`  <unit id="u">\n   <segment>\n    ${content}\n   </segment>\n  </unit>`);
const read = async (source: string) => (await xliff2.read(Buffer.from(source), options)).units;
const write = async (source: string, targets: Record<string, ReadonlyRuns>, more: { states?: Record<string, SegmentState>; setLanguage?: boolean } = {}): Promise<string> =>
  Buffer.from(await xliff2.write(Buffer.from(source), new Map(Object.entries(targets)), { ...options, setLanguage: more.setLanguage ?? false, ...(more.states ? { states: new Map(Object.entries(more.states)) } : {}) })).toString('utf8');
const open = (tag: number) => ({ tag, kind: 'open' as const }), close = (tag: number) => ({ tag, kind: 'close' as const }), empty = (tag: number) => ({ tag, kind: 'empty' as const });

test('codes show their original data and carry their permissions', async () => {
  const units = await read(document(`<unit id="u" type="z:p"><notes><note>Mind the gap</note><note appliesTo="target">no</note></notes>
    <originalData><data id="d1">&lt;b&gt;</data><data id="d2">&lt;/b&gt;</data><data id="d3">&lt;br/&gt;</data></originalData>
    <segment id="s" state="final"><source><pc id="1" dataRefStart="d1" dataRefEnd="d2">Bold</pc><ph id="2" dataRef="d3" subType="xlf:lb" type="fmt" canDelete="no" canCopy="no"/><sc id="3" disp="[i]"/>it<ec startRef="3"/> <mrk id="m" type="term">term</mrk><cp hex="0007"/></source><target>Negrito</target></segment>
    <ignorable><source> </source></ignorable><segment><source>Next</source></segment></unit>`));
  expect(units).toEqual([
    {
      id: '1/u#s', role: 'z:p', segmented: true, note: 'Mind the gap', state: 'reviewed', target: ['Negrito'],
      source: [open(1), 'Bold', close(1), empty(2), open(3), 'it', close(3), ' ', open(4), 'term', close(4), empty(5)],
      tags: [
        { tag: 1, label: 'b', open: '<b>', close: '</b>', canDelete: true, canCopy: true },
        { tag: 2, label: 'br', open: '<br/>', equivalent: '\n', canDelete: false, canCopy: false },
        { tag: 3, label: 'i', open: '[i]', close: '<ec startRef="3"/>', canDelete: true, canCopy: true },
        { tag: 4, label: 'term', open: '<mrk id="m" type="term">', close: '</mrk>', canDelete: true, canCopy: false },
        { tag: 5, label: 'cp', open: '<cp hex="0007"/>', canDelete: false, canCopy: true },
      ],
    },
    { id: '1/u#3', role: 'z:p', segmented: true, note: 'Mind the gap', source: ['Next'], tags: [] },
  ]);
});

test('a new target goes after the source, with the state on the segment and the language on the root', async () => {
  const before = document('  <unit id="u">\n   <segment id="s">\n    <source>A <ph id="1"/> &amp; b</source>\n   </segment>\n  </unit>', '');
  expect(await write(before, { '1/u#s': [empty(1), ' < ç'] }, { states: { '1/u#s': 'translated' } }))
    .toBe(before.replace('srcLang="en"', 'srcLang="en" trgLang="pt"').replace('<segment id="s">', '<segment id="s" state="translated">').replace('</source>', '</source>\n    <target><ph id="1"/> &lt; ç</target>'));
});

test('states: a sub-state goes with its state, and rejected has one of its own', async () => {
  const before = document('<unit id="u"><segment state="translated" subState="my:x"><source>A</source><target order="1">B</target></segment></unit>');
  const rejected = await write(before, { '1/u#1': ['B'] }, { states: { '1/u#1': 'rejected' } });
  expect(rejected).toBe(before.replace('state="translated" subState="my:x"', 'state="initial" subState="bitext:rejected"'));
  expect((await read(rejected))[0]?.state).toBe('rejected');
  expect(await write(rejected, { '1/u#1': ['C'] }, { states: { '1/u#1': 'reviewed' } })).toBe(before.replace('translated" subState="my:x"', 'reviewed"').replace('>B<', '>C<'));
  expect(await write(before, { '1/u#1': ['C'] }, { states: { '1/u#1': 'translated' } })).toBe(before.replace('>B<', '>C<'));
});

test('layout white space is not text, unless the document preserves it', async () => {
  const source = segment('<source>\n      One\n      <ph id="1"/>\n      two  three \n    </source>');
  expect((await read(source))[0]?.source).toEqual(['One ', empty(1), ' two  three']);
  expect((await read(source.replace('<file', '<file xml:space="preserve"')))[0]?.source).toEqual(['\n      One\n      ', empty(1), '\n      two  three \n    ']);
  const broken = await write(source, { '1/u#1': ['Um\ndois', empty(1)] });
  expect(broken).toContain('<target xml:space="preserve">Um\ndois<ph id="1"/></target>');
  expect((await read(broken))[0]?.target).toEqual(['Um\ndois', empty(1)]);
});

test('copies get ids of their own: copyOf without original data, the same data with it', async () => {
  const before = document('<unit id="u"><originalData><data id="d">x</data></originalData><segment><source>A<ph id="1"/><ph id="2" dataRef="d"/><pc id="1-2">b</pc><sc id="4"/>c<ec startRef="4"/></source></segment></unit>');
  const target = [empty(1), empty(1), empty(2), empty(2), open(3), 'a', close(3), open(3), 'b', close(3), open(4), 'c', close(4), open(4), 'd', close(4)];
  const after = await write(before, { '1/u#1': target });
  expect(after).toContain('<target><ph id="1"/><ph id="1-2c" copyOf="1"/><ph id="2" dataRef="d"/><ph id="2-2" dataRef="d"/><pc id="1-2">a</pc><pc id="1-2-2" copyOf="1-2">b</pc><sc id="4"/>c<ec startRef="4"/><sc id="4-2" copyOf="4"/>d<ec startRef="4-2"/></target>');
  expect((await read(after))[0]?.target).toEqual(target);
});

test('spans that cross are written as pairs of markers', async () => {
  const before = segment('<source><pc id="1" dispStart="[" dispEnd="]" canCopy="no">a</pc> <mrk id="m" type="term" ref="#x">b</mrk></source>');
  const turned = await write(before, { '1/u#1': [open(2), 'b', open(1), 'a', close(2), close(1)] });
  expect(turned).toContain('<target><sm id="m" type="term" ref="#x"/>b<pc id="1" dispStart="[" dispEnd="]" canCopy="no">a<em startRef="m"/></pc></target>');
  const after = await write(before, { '1/u#1': [open(1), 'a', open(2), 'b', close(1), 'c', close(2)] });
  expect(after).toContain('<target><sc id="1" canCopy="no" disp="[" canOverlap="yes"/>a<mrk id="m" type="term" ref="#x">b<ec startRef="1" disp="]" canCopy="no"/>c</mrk></target>');
  await expect(write(before.replace('<pc id="1"', '<pc id="1" canOverlap="no"'), { '1/u#1': [open(1), 'a', open(2), 'b', close(1), 'c', close(2)] })).rejects.toMatchObject({ code: 'TAGS_BROKEN' });
});

test('what the document forbids is refused with the unit', async () => {
  const source = segment('<source><ph id="1" canReorder="firstNo" canDelete="no" canCopy="no"/>a<ph id="2" canReorder="no" canCopy="no"/><pc id="3">b</pc></source>');
  for (const target of [
    ['no tags'], [empty(1), empty(1), 'copied'], [empty(2), empty(1), 'out of order'], [empty(1), open(3), 'half'], [empty(1), empty(7)],
  ]) await expect(write(source, { '1/u#1': target })).rejects.toMatchObject({ code: 'TAGS_BROKEN', data: { unit: '1/u#1' } });
  await expect(write(source, { '1/u#1': [empty(1), 'the rest may go'] })).resolves.toContain('<target><ph id="1" canReorder="firstNo" canDelete="no" canCopy="no"/>the rest may go</target>');
});

test('what is not for translation is left out, or is one sign', async () => {
  const units = await read(document('<group id="g" translate="no"><unit id="a"><segment><source>no</source></segment></unit><unit id="b" translate="yes"><segment><source>yes <mrk id="m" translate="no">Bitext</mrk></source></segment></unit></group><unit id="c"><segment><source> <ph id="1"/></source></segment><ignorable><source>no text</source></ignorable></unit>'));
  expect(units.map(({ id, source, tags }) => ({ id, source, tags }))).toEqual([{ id: '1/b#1', source: ['yes ', empty(1)], tags: [{ tag: 1, label: 'mrk', open: '<mrk id="m" translate="no">Bitext</mrk>', canDelete: false, canCopy: false }] }]);
});

test('pairs that begin in one segment and end in another stay halves', async () => {
  const before = document('<unit id="u"><segment id="1"><source><sc id="1"/>One.</source></segment><segment id="2"><source>Two.<ec startRef="1"/></source></segment></unit>');
  const units = await read(before);
  expect(units.map(({ source }) => source)).toEqual([[open(1), 'One.'], ['Two.', close(1)]]);
  const after = await write(before, { '1/u#1': ['Um.', open(1)], '1/u#2': ['Dois.', close(1)] });
  expect(after).toContain('<target>Um.<sc id="1"/></target>');
  expect(after).toContain('<target>Dois.<ec startRef="1"/></target>');
});

test('the language is set when asked for', async () => {
  const before = document('<unit id="u"><segment><source>A</source><target xml:lang="fr">B</target></segment></unit>', ' trgLang="fr"');
  expect(await write(before, {}, { setLanguage: true })).toBe(before.replaceAll('"fr"', '"pt"'));
});

test('the version tells which reader a file is for', () => {
  const sniff = (root: string): number => xliff2.sniff(Buffer.from(`<?xml version="1.0"?><!-- x -->${root}`), 'a.xlf');
  expect([sniff('<xliff version="2.1" xmlns="urn:oasis:names:tc:xliff:document:2.0">'), sniff('<x:xliff xmlns:x="urn:oasis:names:tc:xliff:document:2.2" version="2.2">'), sniff('<xliff version="1.2" xmlns:its="x" its:version="2.0">'), sniff('<xliff\nversion="2.0">'), sniff('<html>')]).toEqual([1, 1, 0, 1, 0]);
});

test('hostile and broken files are refused at once', async () => {
  const codes = await Promise.all([
    document(`${'<group id="g">'.repeat(50_000)}${'</group>'.repeat(50_000)}`), segment('<source>&b;</source>').replace('?>', '?><!DOCTYPE x [<!ENTITY b SYSTEM "file:///etc/passwd">]>'),
    segment('<source>a</target>'), '<xliff version="2.0"/>', segment(`<source>${' '.repeat(1_000_000)}a${'\n '.repeat(300_000)}</source>`),
  ].map((source) => xliff2.read(Buffer.from(source), options).then(() => 'read', (error: { code: string }) => error.code)));
  expect(codes).toEqual(['FORMAT_LIMIT', 'FORMAT_LIMIT', 'FORMAT_BROKEN', 'FORMAT_BROKEN', 'FORMAT_LIMIT']);
});
