import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { beginImport, removeAbandonedImports } from './unfinished-imports.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bitext-unfinished-'));
});
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

test('what a killed import left is removed by the next one; what still runs, and models, stay', () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  const store = path.join(folder, 'a', 'store');
  const first = beginImport(store);
  for (const name of [`.importing-${pid}-abcdef`, '.importing-Ab3xYz', '.downloading-en-es', 'enpt']) mkdirSync(path.join(store, name));
  writeFileSync(path.join(store, `.importing-${pid}-abcdef`, 'model.bin'), 'half of it');
  const second = beginImport(store);
  expect(readdirSync(store).sort()).toEqual([path.basename(first), path.basename(second), '.downloading-en-es', 'enpt'].sort());
  expect(path.basename(first)).toMatch(new RegExp(`^\\.importing-${process.pid}-`));
});

test('a store that is not there has nothing to remove', () => {
  expect(() => { removeAbandonedImports(path.join(folder, 'nowhere')); }).not.toThrow();
});
