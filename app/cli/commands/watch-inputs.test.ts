import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchInputs } from './watch-inputs.ts';

/** Time for the file system to tell of what was written. */
const events = promisify(setTimeout).bind(null, 300);
let folder: string, stop: AbortController;
// The clock stands still: however slowly the file system tells of a burst, it has not settled before the clock is moved on.
beforeEach(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), 'bitext-watch-'));
  stop = new AbortController();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
  stop.abort();
  rmSync(folder, { recursive: true });
});

test('a burst of changes wakes the watch once, what the translation writes never does, an abort ends it', async () => {
  const out = join(folder, 'out');
  mkdirSync(out);
  const watch = await watchInputs([folder], [out, join(folder, 'receipt.json')], stop.signal);
  let wakes = 0;
  const watching = (async () => { for await (const _change of watch.changes()) { wakes++; if (wakes === 2) stop.abort(); } })();
  await events();
  for (let i = 0; i < 5; i++) writeFileSync(join(folder, `${i}.txt`), 'x');
  await expect.poll(() => vi.getTimerCount()).toBe(1);
  await events();
  expect(wakes).toBe(0);
  await vi.runAllTimersAsync();
  expect(wakes).toBe(1);
  for (const name of ['out/delivered.txt', 'receipt.json', 'work.bitext', 'work.bitext-wal', '.hidden']) writeFileSync(join(folder, name), 'x');
  await events();
  expect(vi.getTimerCount()).toBe(0);
  writeFileSync(join(folder, 'later.txt'), 'x');
  await expect.poll(() => vi.getTimerCount()).toBe(1);
  await vi.runAllTimersAsync();
  await watching;
  watch.close();
  expect(wakes).toBe(2);
});

test('a file is watched however often another one takes its place, and from the first moment', async () => {
  const file = join(folder, 'letter.txt');
  const save = (): void => {
    writeFileSync(join(folder, 'letter.new'), 'x');
    renameSync(join(folder, 'letter.new'), file);
  };
  writeFileSync(file, 'x');
  const watch = await watchInputs([file], [], stop.signal);
  writeFileSync(join(folder, 'other.txt'), 'x');
  await events();
  expect(vi.getTimerCount()).toBe(0);
  const changes = watch.changes();
  for (let saved = 0; saved < 3; saved++) {
    save();
    await expect.poll(() => vi.getTimerCount()).toBe(1);
    await vi.runAllTimersAsync();
    expect(await changes.next()).toEqual({ value: undefined, done: false });
  }
  watch.close();
});
