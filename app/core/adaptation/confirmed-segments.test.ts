import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Project } from '../../contract/shapes/project.ts';
import { openDatabase, type WriteDb } from '../db/connection.ts';
import { sql } from '../db/sql.ts';
import { calmly, openTestStudio, type TestStudio } from '../testing/open-test-studio.ts';
import { AdaptationSettingReader, storeAdaptation } from './adaptation-setting.ts';
import { confirmedInOrder, countConfirmed, newestConfirmed } from './confirmed-order.ts';
import { ConfirmedSegments } from './confirmed-segments.ts';

/** Segments 1 to 6: all but the third came translated; the second and the fifth are then edited, in this order. */
const PO = ['msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"', ...['one', 'two', 'three', 'four', 'five', 'six'].map((word) => `msgid "word ${word}"\nmsgstr "${word === 'three' ? '' : `palavra ${word}`}"`)].join('\n\n');

let test: TestStudio, project: Project, db: WriteDb, segments: ConfirmedSegments;
const edit = async (segmentId: number, text: string): Promise<void> => {
  const [segment] = await test.handlers['segments.rows']({ projectId: project.id, ids: [segmentId] });
  await test.handlers['segment.save']({ projectId: project.id, segmentId, version: segment?.version ?? 0, target: [text], state: 'translated' });
};
const forget = (forgotten: readonly (readonly [number, number])[]): void => { storeAdaptation(db, { on: true, way: 'memory', forgotten: new Map(forgotten), unlearned: new Map(), trials: [] }); };
const versionOf = (id: number): number => Number(db.column(sql`SELECT version FROM segment WHERE id = ${id}`)[0]);
const nobody = new AbortController().signal;

beforeEach(async () => {
  test = openTestStudio();
  project = await test.project({ 'a.po': PO });
  await edit(2, 'palavra dois');
  await edit(5, 'palavra cinco');
  db = openDatabase(test.at('test.bitext'), { create: false });
  segments = new ConfirmedSegments(db, new AdaptationSettingReader(db));
});
afterEach(() => {
  db.close();
  test.remove();
});

describe('confirmed segments in the order of their confirmation', () => {
  it('come in portions of any size, and from the newest on', () => {
    const none = new Map<number, number>();
    for (const portion of [1, 2, 5, 100]) expect([...confirmedInOrder(db, portion)].flat()).toEqual([1, 4, 6, 2, 5]);
    const pages = [0, 1, 2, 3, 4, 5, 6].map((from) => newestConfirmed(db, { without: none, from, most: 2 }));
    expect([pages, countConfirmed(db, none)]).toEqual([[[5, 2], [2, 6], [6, 4], [4, 1], [1], [], []], 5]);
  });

  it('go without those that were left out in the version that they have', () => {
    const without = new Map([[5, versionOf(5)], [4, versionOf(4)], [6, versionOf(6) + 1], [3, versionOf(3)]]);
    const pages = [0, 1, 2, 3].map((from) => newestConfirmed(db, { without, from, most: 2 }));
    expect([pages, countConfirmed(db, without)]).toEqual([[[2, 6], [6, 1], [1], []], 3]);
  });
});

describe('confirmed segments as pairs', () => {
  const nearest = (): string[] => segments.nearest('word', 0).map(({ target }) => target);

  it('say the same whether they are read into memory or not', async () => {
    forget([[6, versionOf(6)]]);
    const told = (): unknown => [segments.newest(3), segments.newest(10).map(({ id }) => id), segments.size, segments.page(1, 2).map(({ id }) => id), segments.unknownOf([5, 2]), segments.unknownOf([5, 6]), segments.unknownOf([3])];
    const before = told();
    expect([segments.isRead, nearest()]).toEqual([false, []]);
    await segments.prepare(nobody);
    expect([segments.isRead, nearest()]).toEqual([true, ['palavra cinco', 'palavra dois', 'palavra four', 'palavra one']]);
    expect(before).toEqual(told());
    expect(before).toEqual([[
      { id: 4, source: 'word four', target: 'palavra four' }, { id: 2, source: 'word two', target: 'palavra dois' }, { id: 5, source: 'word five', target: 'palavra cinco' },
    ], [1, 4, 2, 5], 4, [2, 4], undefined, 6, 3]);
  });

  it('follow edits, undo, and what is forgotten and remembered again', async () => {
    await segments.prepare(nobody);
    await edit(1, 'palavra um');
    expect(nearest()[0]).toBe('palavra um');
    await test.handlers['edits.undo']({ projectId: project.id });
    // Read without a pause: what was undone is in the log.
    expect([segments.isRead, nearest()[0]]).toEqual([true, 'palavra one']);
    forget([[1, versionOf(1)]]);
    expect(nearest()).not.toContain('palavra one');
    forget([]);
    expect(nearest()).toContain('palavra one');
  });

  it('are read again, and meanwhile lead nothing, when a document gets a new version', async () => {
    await segments.prepare(nobody);
    const inputs = [test.files({ 'a.po': PO.replace('word six', 'other words').replace('palavra six', 'outras palavras') })];
    await test.handlers['project.addFiles']({ projectId: project.id, inputs, changed: 'update' }, calmly());
    expect([segments.isRead, nearest()]).toEqual([false, []]);
    await segments.prepare(nobody);
    expect([segments.isRead, nearest().includes('palavra six')]).toEqual([true, false]);
  });
});

describe('the setting of a project', () => {
  it('is the same object until the file says something else', () => {
    const reader = new AdaptationSettingReader(db);
    forget([[1, 1]]);
    const first = reader.read();
    expect([reader.read() === first, [...first.forgotten]]).toEqual([true, [[1, 1]]]);
    forget([[2, 1]]);
    expect([...reader.read().forgotten]).toEqual([[2, 1]]);
  });
});
