import { expect, test } from 'vitest';
import type { Segment } from '../../../app/contract/shapes/segment.ts';
import { RowCache } from './row-cache.ts';

const row = (id: number, version = 0, target: string | null = null): Segment => ({
  id, fileId: 1, number: id, source: [`source ${id}`], target: target === null ? null : [target], tags: [], state: target === null ? 'not-started' : 'draft',
  locked: false, origin: null, version, note: null, findings: [],
});

/** A store of rows whose answers come when the test says so. */
function store(keep = 10) {
  const asked: number[][] = [];
  const answers: (() => void)[] = [];
  const stored = new Map<number, Segment>();
  const errors: unknown[] = [];
  const cache = new RowCache({
    page: 3, keep,
    read: (ids) => {
      asked.push([...ids]);
      const rows = ids.map((id) => stored.get(id) ?? row(id));
      return new Promise((resolve) => { answers.push(() => { resolve(rows); }); });
    },
    changed: () => undefined,
    failed: (error) => errors.push(error),
  });
  const answer = async (): Promise<void> => {
    for (const reply of answers.splice(0)) reply();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { cache, asked, answer, stored, errors };
}

test('rows are read by pages, once', async () => {
  const { cache, asked, answer } = store();
  cache.show([1, 2, 3, 4]);
  cache.show([2, 3, 4, 5]);
  await answer();
  cache.show([1, 2, 3, 4, 5]);
  expect(asked).toEqual([[1, 2, 3], [4], [5]]);
  expect([1, 2, 3, 4, 5].map((id) => cache.get(id)?.id)).toEqual([1, 2, 3, 4, 5]);
});

test('a row that changed while it was being read is read again, and shown as it was until then', async () => {
  const { cache, asked, answer, stored } = store();
  cache.show([1]);
  stored.set(1, row(1, 1, 'new'));
  cache.invalidate([1]);
  await answer();
  expect(cache.get(1)?.target).toBeNull();
  await answer();
  expect(cache.get(1)).toEqual(row(1, 1, 'new'));
  expect(asked).toEqual([[1], [1]]);
});

test('an older state never replaces a newer one', async () => {
  const { cache, answer } = store();
  cache.show([1]);
  cache.put(row(1, 4, 'saved'));
  await answer();
  expect(cache.get(1)).toEqual(row(1, 4, 'saved'));
});

test('a row read again replaces the one of the same version: findings come and go without a new one', () => {
  const { cache } = store();
  const found: Segment = { ...row(1, 4, 'saved'), findings: [{ code: 'number-changed', severity: 'warning', message: 'Another number.' }] };
  cache.put(row(1, 4, 'saved'));
  cache.put(found);
  expect(cache.get(1)).toBe(found);
});

test('a change of many reads only what is on show', async () => {
  const { cache, asked, answer } = store();
  cache.show([1, 2, 3]);
  await answer();
  cache.show([4]);
  await answer();
  cache.invalidate(null);
  await answer();
  cache.show([1]);
  expect(asked).toEqual([[1, 2, 3], [4], [4], [1]]);
});

test('rows out of sight are forgotten past the limit, oldest first', async () => {
  const { cache, answer } = store(2);
  for (const id of [1, 2, 3, 4]) {
    cache.show([id]);
    await answer();
  }
  expect([1, 2, 3, 4].filter((id) => cache.get(id))).toEqual([2, 3, 4]);
});

test('answers of a project that was closed are ignored', async () => {
  const { cache, answer } = store();
  cache.show([1]);
  cache.clear();
  await answer();
  expect(cache.get(1)).toBeUndefined();
});

test('a read that failed is reported and may be tried again', async () => {
  const errors: unknown[] = [];
  let fail = true;
  const cache = new RowCache({ page: 10, keep: 10, changed: () => undefined, failed: (error) => errors.push(error), read: (ids) => (fail ? Promise.reject(new Error('no')) : Promise.resolve(ids.map((id) => row(id)))) });
  cache.show([1]);
  await new Promise((resolve) => setImmediate(resolve));
  fail = false;
  cache.show([1]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(errors).toEqual([new Error('no')]);
  expect(cache.get(1)?.id).toBe(1);
});
