import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { writeWholeFolder } from './whole-folder.ts';

const newFolder = (): string => mkdtempSync(path.join(tmpdir(), 'bitext-folder-'));
const writes = (text: string) => (part: string): Promise<void> => {
  mkdirSync(path.join(part, 'inside'), { recursive: true });
  writeFileSync(path.join(part, 'inside', 'a.txt'), text);
  return Promise.resolve();
};

it('makes a folder with what is in it, over what a killed process left', async () => {
  const home = newFolder();
  mkdirSync(path.join(home, '.model.part'));
  writeFileSync(path.join(home, '.model.part', 'left.txt'), 'left');
  await writeWholeFolder(path.join(home, 'deeper', 'model'), writes('text'));
  await writeWholeFolder(path.join(home, 'model'), writes('text'));
  expect([readdirSync(path.join(home, 'deeper')), readdirSync(path.join(home, 'model')), readFileSync(path.join(home, 'model', 'inside', 'a.txt'), 'utf8'), readdirSync(home).sort()]).toEqual([['model'], ['inside'], 'text', ['deeper', 'model']]);
});

it('leaves nothing behind where it fails, and what had the name before as it was', async () => {
  const home = newFolder();
  await expect(writeWholeFolder(path.join(home, 'model'), async (part) => { await writes('text')(part); throw new Error('full'); })).rejects.toThrow('full');
  expect(readdirSync(home)).toEqual([]);
  await writeWholeFolder(path.join(home, 'model'), writes('old'));
  await expect(writeWholeFolder(path.join(home, 'model'), writes('new'))).rejects.toMatchObject({ syscall: 'rename' });
  expect([readdirSync(home), readFileSync(path.join(home, 'model', 'inside', 'a.txt'), 'utf8')]).toEqual([['model'], 'old']);
});
