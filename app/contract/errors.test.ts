import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { toStudioError } from './errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'bitext-errors-'));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

test('what a file system refuses has a code, names the file and says what to do', () => {
  writeFileSync(join(folder, 'file'), '');
  symlinkSync('loop', join(folder, 'loop'));
  const refused = (name: string): unknown[] => {
    const path = join(folder, name);
    try {
      readFileSync(path);
    } catch (error) {
      const { code, message, advice } = toStudioError(error);
      return [code, message.replace(path, 'PATH'), advice !== ''];
    }
    return [];
  };
  expect(refused('none')).toEqual(['FILE_MISSING', 'PATH does not exist.', true]);
  expect(refused('file/below')).toEqual(['INVALID_INPUT', 'PATH lies in a file, not in a folder.', true]);
  expect(refused('loop')).toEqual(['INVALID_INPUT', 'PATH is a link that leads back to itself.', true]);
  expect(refused('x'.repeat(300))).toEqual(['INVALID_INPUT', 'The name PATH is too long for this disk.', true]);
});
