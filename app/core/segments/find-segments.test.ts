import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Project } from '../../contract/shapes/project.ts';
import type { SegmentFilter } from '../../contract/shapes/segment.ts';
import { openInMemory } from '../db/connection.ts';
import { migrate } from '../db/migrate.ts';
import { PROJECT_SCHEMA } from '../db/migrations/schemas.ts';
import { sql } from '../db/sql.ts';
import { TALLY } from '../projects/project-table.ts';
import { openTestStudio } from '../testing/open-test-studio.ts';
import type { TestStudio } from '../testing/open-test-studio.ts';
import { matchTexts } from './pattern-search.ts';

let test: TestStudio, project: Project;
const save = (id: number, target: string, state: 'draft' | 'translated') => test.handlers['segment.save']({ projectId: project.id, segmentId: id, version: 0, target: [target], state });
beforeAll(async () => {
  test = openTestStudio();
  project = await test.project({ 'a.txt': 'Open the Ätna valve.\n\nClose it.\n\nRead gauge 5.\n', 'b.txt': 'Open the door.\n' });
  await save(1, 'Abra a válvula Etna.', 'translated');
  await save(3, 'Leia o manómetro.', 'draft');
});
afterAll(() => { test.remove(); });

const find = async (filter: SegmentFilter) => (await test.handlers['segments.find']({ projectId: project.id, filter })).ids;
const text = (pattern: string, more: Partial<NonNullable<SegmentFilter['text']>> = {}): SegmentFilter => ({ text: { pattern, side: 'both', regex: false, matchCase: false, ...more } });

describe('segments.find', () => {
  it.each<[string, SegmentFilter, number[]]>([
    ['all', {}, [1, 2, 3, 4]],
    ['one file', { fileId: 2 }, [4]],
    ['states', { states: ['translated', 'draft'] }, [1, 3]],
    ['no state at all', { states: [] }, []],
    ['origins', { origins: ['typed'] }, [1, 3]],
    ['findings', { withFindings: true }, [3]],
    ['without findings', { withFindings: false }, [1, 2, 4]],
    ['text without regard to case', text('OPEN'), [1, 4]],
    ['text with regard to case', text('open', { matchCase: true }), []],
    ['text of the target', text('leia', { side: 'target' }), [3]],
    ['text of the source only', text('leia', { side: 'source' }), []],
    ['letters composed otherwise', text('A\u0308TNA'), [1]],
    ['signs that mean something elsewhere', text('5.'), [3]],
    ['a pattern on either side', text('^(abra|close)\\b', { regex: true }), [1, 2]],
    ['a pattern with regard to case', text('^(abra|Close)\\b', { regex: true, matchCase: true }), [2]],
    ['all together', { fileId: 1, states: ['not-started'], ...text('close') }, [2]],
    ['an empty text', text(''), [1, 2, 3, 4]],
  ])('%s', async (_name, filter, ids) => { expect(await find(filter)).toEqual(ids); });

  it('names a bad pattern', async () => {
    await expect(find(text('(', { regex: true }))).rejects.toMatchObject({ code: 'INVALID_INPUT', data: { pattern: '(' } });
  });

  it('ends a pattern that would not end, while the studio goes on', async () => {
    const slow = matchTexts('^(a+)+$', 'u', [[`${'a'.repeat(60)}!`]]);
    expect(await find(text('open'))).toEqual([1, 4]);
    await expect(slow).rejects.toMatchObject({ code: 'INVALID_INPUT', data: { pattern: '^(a+)+$' } });
  });

  it('gives rows in the order asked for, without unknown ids', async () =>
    expect((await test.handlers['segments.rows']({ projectId: project.id, ids: [4, 99, 1] })).map(({ id, number, fileId }) => [id, number, fileId])).toEqual([[4, 4, 2], [1, 1, 1]]));
});

describe('segments.nextUnconfirmed', () => {
  const next = async (after: number, filter: SegmentFilter = {}) => (await test.handlers['segments.nextUnconfirmed']({ projectId: project.id, after, filter })).id;

  it('passes over what is confirmed, and goes round', async () => expect([await next(0), await next(2), await next(4), await next(99)]).toEqual([2, 3, 2, 2]));
  it('stays inside the filter', async () => {
    expect([await next(0, { states: ['draft'] }), await next(3, { states: ['draft'] }), await next(0, { states: ['translated'] })]).toEqual([3, 3, null]);
    expect([await next(2, text('close')), await next(0, text('^read', { regex: true })), await next(0, text('nowhere'))]).toEqual([2, 3, null]);
  });
});

describe('query plans', () => {
  const db = openInMemory();
  migrate(db, PROJECT_SCHEMA);
  afterAll(() => { db.close(); });

  it('counts a project from one index', () => expect(db.plan(TALLY)).toEqual(['SCAN segment USING COVERING INDEX segment_tally']));
  it('steps to the next open segment by its index', () =>
    expect(db.plan(sql`SELECT id FROM segment INDEXED BY segment_open WHERE locked = 0 AND state NOT IN ('translated', 'reviewed') AND number > ${5} AND 1 ORDER BY number LIMIT 1`))
      .toEqual(['SEARCH segment USING INDEX segment_open (number>?)']));
  it('lists all segments in order from one index', () => expect(db.plan(sql`SELECT id FROM segment WHERE 1 ORDER BY number`)).toEqual([expect.stringMatching(/^SCAN segment USING COVERING INDEX sqlite_autoindex_segment/)]));
  it('finds rows, twins, edits and stacks by their keys', () => {
    const plan = (query: Parameters<typeof db.plan>[0]) => db.plan(query).filter((step) => /\bSCAN\b/.test(step) && !step.includes('wanted'));
    expect(plan(sql`SELECT segment.*, unit.tags FROM json_each(${'[1]'}) AS wanted JOIN segment ON segment.id = wanted.value JOIN unit ON unit.id = segment.unit_id ORDER BY wanted.key`)).toEqual([]);
    expect(plan(sql`SELECT twin.id FROM segment AS this JOIN segment AS twin ON twin.source_key = this.source_key WHERE this.id = ${1}`)).toEqual([]);
    expect(plan(sql`UPDATE segment SET version = version + 1 FROM edit WHERE edit.group_id = ${1} AND edit.segment_id = segment.id`)).toEqual([]);
    expect(plan(sql`SELECT * FROM edit WHERE segment_id = ${1} ORDER BY id`)).toEqual([]);
    expect(plan(sql`SELECT id FROM edit_group WHERE stack = 'undo' ORDER BY id DESC LIMIT 1`)).toEqual([]);
  });
});
