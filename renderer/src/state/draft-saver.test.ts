import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Segment } from '../../../app/contract/shapes/segment.ts';
import { DraftSaver, type SaveInput, type SaveStatus } from './draft-saver.ts';

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

const segment: Segment = {
  id: 5, fileId: 1, number: 5, source: ['Hello.'], target: null, tags: [], state: 'not-started', locked: false, origin: null, version: 3, note: null, findings: [],
};
class Stale extends Error {}

/** A segment table of one row that minds versions as the core does. */
function table(start = segment) {
  let row = start;
  const saves: SaveInput[] = [];
  const statuses: SaveStatus[] = [];
  const errors: unknown[] = [];
  let refuse: Error | undefined;
  const saver = new DraftSaver(row, {
    save: (input) => {
      saves.push(input);
      if (refuse) return Promise.reject(refuse);
      if (input.version !== row.version) return Promise.reject(new Stale());
      row = { ...row, target: input.target, state: input.state, origin: input.origin, version: row.version + 1 };
      return Promise.resolve(row);
    },
    isConflict: (error) => error instanceof Stale,
    changed: (status) => { if (statuses.at(-1) !== status) statuses.push(status); },
    failed: (error) => errors.push(error),
    idle: 300, latest: 900, retry: 2000,
  });
  return {
    saver, saves, statuses, errors,
    get row() { return row; },
    elsewhere(target: string) { row = { ...row, target: [target], state: 'draft', version: row.version + 1 }; return row; },
    refuse(error: Error | undefined) { refuse = error; },
  };
}

test('typing is stored after a pause', async () => {
  const t = table();
  t.saver.edit(['O']);
  await vi.advanceTimersByTimeAsync(200);
  t.saver.edit(['Olá']);
  await vi.advanceTimersByTimeAsync(299);
  expect(t.saves).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(t.saves).toEqual([{ segmentId: 5, version: 3, target: ['Olá'], state: 'draft', origin: { kind: 'typed' } }]);
  expect(t.statuses).toEqual(['unsaved', 'saving', 'saved']);
});

test('typing that goes on is stored within a second', async () => {
  const t = table();
  for (let i = 1; i <= 10; i++) {
    t.saver.edit(['x'.repeat(i)]);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(t.saves).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(300);
  expect(t.row.target).toEqual(['x'.repeat(10)]);
});

test('each save carries the version of the one before', async () => {
  const t = table();
  t.saver.edit(['a']);
  await t.saver.flush();
  t.saver.edit(['ab']);
  await t.saver.flush();
  expect(t.saves.map(({ version }) => version)).toEqual([3, 4]);
  expect(t.saver.stored.version).toBe(5);
});

test('an emptied segment is not started again, and typing back what is stored saves nothing', async () => {
  const t = table();
  t.saver.edit(['a']);
  await t.saver.flush();
  t.saver.edit(['ab']);
  t.saver.edit(['a']);
  expect(await t.saver.flush()).toBe(true);
  t.saver.edit([]);
  await t.saver.flush();
  expect(t.saves.map(({ target, state }) => ({ target, state }))).toEqual([{ target: ['a'], state: 'draft' }, { target: null, state: 'not-started' }]);
});

test('confirming stores the text and the state in one save', async () => {
  const t = table();
  t.saver.edit(['Olá.']);
  await t.saver.store(['Olá.'], 'translated', { kind: 'typed' });
  await vi.advanceTimersByTimeAsync(5000);
  expect(t.saves).toEqual([{ segmentId: 5, version: 3, target: ['Olá.'], state: 'translated', origin: { kind: 'typed' } }]);
});

test('a refused confirmation is told to the caller and the draft is stored all the same', async () => {
  const t = table();
  t.saver.edit(['Olá']);
  t.refuse(new Error('TAGS_BROKEN'));
  await expect(t.saver.store(['Olá'], 'translated', { kind: 'typed' })).rejects.toThrow('TAGS_BROKEN');
  t.refuse(undefined);
  await vi.advanceTimersByTimeAsync(2000);
  expect(t.row).toMatchObject({ target: ['Olá'], state: 'draft' });
});

test('a conflict keeps what was typed until the user decides', async () => {
  const t = table();
  t.saver.edit(['mine']);
  const current = t.elsewhere('theirs');
  expect(await t.saver.flush()).toBe(false);
  expect(t.saver.status).toBe('conflict');
  t.saver.edit(['mine!']);
  await vi.advanceTimersByTimeAsync(5000);
  expect(t.saves).toHaveLength(1);
  expect(await t.saver.resolve(current, true)).toBe(true);
  expect(t.row.target).toEqual(['mine!']);
});

test('a conflict given up shows the stored text', async () => {
  const t = table();
  t.saver.edit(['mine']);
  const current = t.elsewhere('theirs');
  await t.saver.flush();
  expect(await t.saver.resolve(current, false)).toBe(true);
  expect(t.row.target).toEqual(['theirs']);
  expect(t.saver.stored).toEqual(current);
  expect(t.saver.status).toBe('saved');
});

test('a save that fails is kept and tried again', async () => {
  const t = table();
  t.refuse(new Error('disk full'));
  t.saver.edit(['kept']);
  await t.saver.flush();
  expect(t.errors).toEqual([new Error('disk full')]);
  expect(t.saver.status).toBe('failed');
  t.refuse(undefined);
  await vi.advanceTimersByTimeAsync(2000);
  expect(t.row.target).toEqual(['kept']);
});

test('a change from elsewhere is shown unless something is being typed', () => {
  const t = table();
  expect(t.saver.adopt(t.elsewhere('one'))).toBe(true);
  expect(t.saver.adopt(t.saver.stored)).toBe(false);
  t.saver.edit(['typing']);
  expect(t.saver.adopt(t.elsewhere('two'))).toBe(false);
  expect(t.saver.stored.target).toEqual(['one']);
});
