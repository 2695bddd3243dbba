import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Segment } from '../../contract/shapes/segment.ts';
import type { TermEntry } from '../../../native-models/engine/engine.ts';
import { calmly, openTestStudio, type TestStudio } from '../testing/open-test-studio.ts';
import { UppercaseEngine } from '../testing/uppercase-engine.ts';

/** Keeps which terms it was asked to bind. */
class TermEngine extends UppercaseEngine {
  readonly bound: (readonly TermEntry[])[] = [];
  override translate(...[request, options]: Parameters<UppercaseEngine['translate']>): ReturnType<UppercaseEngine['translate']> {
    this.bound.push(request.terms ?? []);
    return super.translate(request, options);
  }
}

const TEXT = 'Open the pump.\n\nClose the valve.\n\nThe pump is new.\n\nOpen the pump.';
let engine: TermEngine;
let studio: TestStudio;
let projectId: number;
beforeEach(async () => {
  engine = new TermEngine();
  studio = openTestStudio(engine);
  projectId = (await studio.project({ 'a.txt': TEXT })).id;
});
afterEach(() => { studio.remove(); });

function termbase(name: string, content: string): string {
  writeFileSync(studio.at(name), content);
  return studio.at(name);
}
const bring = (...paths: string[]) => studio.handlers['terms.import']({ projectId, paths }, calmly());
const rows = async (): Promise<Segment[]> => studio.handlers['segments.rows']({ projectId, ids: (await studio.handlers['segments.find']({ projectId, filter: {} })).ids });
const codes = async (): Promise<string[][]> => (await rows()).map(({ findings }) => findings.map(({ code }) => code));
async function save(number: number, target: string, state: 'draft' | 'translated' = 'draft'): Promise<Segment> {
  const row = (await rows())[number - 1];
  if (row === undefined) throw new Error(`no segment ${number}`);
  return (await studio.handlers['segment.save']({ projectId, segmentId: row.id, version: row.version, target: [target], state })).segment;
}
/** The check of the segments runs in the background; it says so when it has found something. */
const rechecked = async (work: () => unknown): Promise<void> => {
  const before = studio.events.length;
  await work();
  await expect.poll(() => studio.events.slice(before).filter(({ name }) => name === 'segments.changed').length).toBeGreaterThan(0);
};

describe('the termbases of a project', () => {
  test('are copies in its file, replaced when their file is read again, and there when it is opened again', async () => {
    const table = termbase('shop.tsv', 'pump\tbomba\nvalve\tválvula\n\tlost\n');
    const { bases, unusable } = await bring(table);
    expect([bases, unusable.map(({ message }) => message)]).toEqual([[{ id: 1, name: 'shop.tsv', path: table, terms: 2 }], ['Line 3: There is no term in the first column.']]);
    termbase('shop.tsv', 'pump\tbomba\nAir valve\tválvula de ar\nhose\tmangueira\n');
    expect((await bring(table)).bases).toEqual([{ id: 2, name: 'shop.tsv', path: table, terms: 3 }]);
    await studio.handlers['terms.add']({ projectId, term: { sources: ['Blue Sky'], targets: [], doNotTranslate: true } });
    studio = studio.restart();
    await studio.handlers['project.open']({ path: studio.at('test.bitext') });
    expect(await studio.handlers['terms.bases']({ projectId })).toEqual([{ id: 3, name: 'Added by hand', path: null, terms: 1 }, { id: 2, name: 'shop.tsv', path: table, terms: 3 }]);
    const { ids } = await studio.handlers['terms.find']({ projectId, text: '' });
    expect((await studio.handlers['terms.rows']({ projectId, ids })).map(({ sources, targets }) => [sources, targets])).toEqual([[['Air valve'], ['válvula de ar']], [['Blue Sky'], []], [['hose'], ['mangueira']], [['pump'], ['bomba']]]);
    const found = await studio.handlers['terms.find']({ projectId, text: ' VÁL' });
    expect((await studio.handlers['terms.rows']({ projectId, ids: found.ids })).map(({ sources }) => sources)).toEqual([['Air valve']]);
    expect(await studio.handlers['terms.remove']({ projectId, termbaseId: 2 })).toEqual([{ id: 3, name: 'Added by hand', path: null, terms: 1 }]);
    expect(await studio.handlers['terms.find']({ projectId, text: 'pump' })).toEqual({ ids: [] });
  });

  test('keep what was read before one that can not be', async () => {
    await expect(bring(termbase('a.tsv', 'pump\tbomba\n'), termbase('b.docx', 'x'), termbase('c.tsv', 'hose\tmangueira\n'))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await studio.handlers['terms.bases']({ projectId })).toEqual([{ id: 1, name: 'a.tsv', path: studio.at('a.tsv'), terms: 1 }]);
  });

  test('take terms that are added one by one, each once, in normal form; what says nothing is refused', async () => {
    const add = (sources: string[], targets: string[]) => studio.handlers['terms.add']({ projectId, term: { sources, targets } });
    const first = await add([' water \n pump ', 'water pump'], ['bomba']);
    expect(first).toEqual({ id: 1, termbaseId: 1, sources: ['water pump'], targets: ['bomba'], forbidden: [], caseSensitive: false, doNotTranslate: false });
    expect(await add(['water pump'], ['bomba'])).toEqual(first);
    expect((await add(['water pump'], ['bomba de água'])).id).toBe(2);
    for (const [sources, targets] of [[[' '], ['a']], [['a'], []], [['?'], ['a']], [['a'.repeat(201)], ['a']]] as const) await expect(async () => add([...sources], [...targets])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await studio.handlers['terms.remove']({ projectId, termIds: [1, 2, 7] })).toEqual([{ id: 1, name: 'Added by hand', path: null, terms: 0 }]);
  });
});

describe('the terms of a project', () => {
  test('stand in the sources of its segments', async () => {
    await bring(termbase('t.tsv', 'pump\tbomba\nPUMP\tmotobomba\n'));
    const [segment] = await rows();
    const places = await studio.handlers['terms.ofSegment']({ projectId, segmentId: segment?.id ?? 0 });
    expect(places.map(({ start, end, terms }) => [start, end, terms.map(({ targets }) => targets[0])])).toEqual([[9, 13, ['bomba', 'motobomba']]]);
  });

  test('bind in suggestions and translations: those that stand in the texts', async () => {
    await bring(termbase('t.tsv', 'pump\tbomba\nhose\tmangueira\nvalve\tregistro\t\tforbidden\n'));
    const [first, second] = await rows();
    await studio.handlers['segment.suggest']({ projectId, segmentId: first?.id ?? 0 });
    await studio.handlers['segment.suggest']({ projectId, segmentId: second?.id ?? 0 });
    await studio.handlers['translate.run']({ projectId, scope: 'not-started', terms: [termbase('more.tsv', 'valve\tválvula\nold\tvelho\n')] }, calmly());
    expect(engine.bound.map((terms) => terms.map(({ sources, targets }) => [...sources, ...targets]))).toEqual([[['pump', 'bomba']], [], [['pump', 'bomba'], ['valve', 'válvula']]]);
    // Written in capitals, no term is there.
    expect(await codes()).toEqual([['term-missing'], ['term-missing'], ['term-missing'], ['term-missing']]);
  });

  test('are checked when a target is stored, and in those that take it over', async () => {
    await bring(termbase('t.tsv', 'pump\tbomba\npump\tpompa\t\tforbidden\n'));
    expect((await save(1, 'Abra a pompa.', 'translated')).findings.map(({ message }) => message)).toEqual(['The term “pump” is not translated as “bomba”.', '“pompa” must not stand for the term “pump”.']);
    expect(await codes()).toEqual([['term-missing', 'term-forbidden'], [], [], ['term-missing', 'term-forbidden']]);
    expect((await save(1, 'Abra a bomba.')).findings).toEqual([]);
  });

  test('are checked in documents that bring translations with them', async () => {
    await bring(termbase('t.tsv', 'pump\tbomba\n'));
    const inputs = [studio.files({ 'b.po': 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "A pump."\nmsgstr "Um motor."\n' })];
    await studio.handlers['project.addFiles']({ projectId, inputs }, calmly());
    await expect.poll(codes).toEqual([[], [], [], [], ['term-missing']]);
  });

  test('have translations checked again when they come and go, and by undo; no version rises', async () => {
    await save(1, 'Abra a motobomba.');
    await save(3, 'A bomba é nova, 5.');
    await rechecked(() => bring(termbase('t.tsv', 'pump\tbomba\n')));
    expect(await codes()).toEqual([['term-missing'], [], ['number-changed'], []]);
    expect((await rows()).map(({ version }) => version)).toEqual([1, 0, 1, 0]);
    expect((await studio.handlers['project.info']({ projectId })).files[0]?.findings).toBe(2);
    const { ids } = await studio.handlers['terms.find']({ projectId, text: 'pump' });
    await save(1, 'Abra.');
    await rechecked(() => studio.handlers['terms.remove']({ projectId, termIds: ids }));
    expect(await codes()).toEqual([[], [], ['number-changed'], []]);
    // The edit that undo brings back was checked against no terms; now there is one again.
    await rechecked(() => studio.handlers['terms.add']({ projectId, term: { sources: ['pump'], targets: ['bomba'] } }));
    await studio.handlers['edits.undo']({ projectId });
    await expect.poll(codes).toEqual([['term-missing'], [], ['number-changed'], []]);
  });
});
