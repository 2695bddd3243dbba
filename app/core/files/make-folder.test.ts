import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeFolder } from './make-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'bitext-folder-'));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

it('makes a folder with those above it; one that is there is left alone', () => {
  const path = join(folder, 'a', 'b', 'c');
  for (let time = 0; time < 2; time++) {
    makeFolder(path);
    expect(statSync(path).isDirectory()).toBe(true);
  }
});

it('names what is in the way: a file, one above it', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => { makeFolder(join(folder, 'file')); }).toThrow(expect.objectContaining({ code: 'EEXIST' }));
  expect(() => { makeFolder(join(folder, 'file', 'x', 'y')); }).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
});

it.skipIf(process.platform !== 'linux')('comes back where the system lets nobody make a folder', () => {
  for (const path of ['/proc/x', '/proc/x/y/z']) expect(() => { makeFolder(path); }).toThrow(expect.objectContaining({ code: 'NO_PERMISSION', message: "/proc/x can't be made: the system allows no folder there." }));
});
