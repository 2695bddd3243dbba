import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasModels, runCli } from './testing/run-cli.ts';

const root = mkdtempSync(join(tmpdir(), 'bitext-output-'));
afterAll(() => { rmSync(root, { recursive: true, force: true }); });
const env = { BITEXT_HOME: join(root, 'home') };
const source = join(root, 'in'), letter = join(source, 'letter.txt');
beforeAll(() => {
  mkdirSync(source);
  writeFileSync(letter, 'Thank you for your letter.\n');
});

test('a folder of sources, and a file, are refused as the place of translations before any work', async () => {
  for (const [inputs, out, why] of [
    [[source], source, 'is the folder of the source documents'],
    [[letter], source, 'is the folder of the source documents'],
    [[source], letter, 'is a file'],
    [[source], join(letter, 'below'), 'is a file'],
  ] as const) {
    const { code, stderr } = await runCli(['translate', ...inputs, '--to', 'pt', '--out', out], { env });
    expect([code, stderr]).toEqual([2, expect.stringContaining(why)]);
  }
  expect([readFileSync(letter, 'utf8'), existsSync(join(source, 'project.bitext'))]).toEqual(['Thank you for your letter.\n', false]);
});

test('an empty text is no folder: it would be the one where the user stands', async () => {
  for (const [args, what] of [
    [['translate', '', '--to', 'pt', '--out', join(root, 'none')], 'An argument is an empty text.'],
    [['translate', source, '--to', 'pt', '--out', ''], '--out is given an empty text.'],
    [['translate', source, '--to', 'pt', '--out', join(root, 'none'), '--terms', ''], '--terms is given an empty text.'],
  ] as const) {
    const { code, stderr } = await runCli(args, { env });
    expect([code, stderr]).toEqual([2, expect.stringContaining(what)]);
  }
  expect(existsSync(join(root, 'none'))).toBe(false);
});

test('a folder where a file is meant is named, and is no fault of the studio', async () => {
  const { code, stderr } = await runCli(['extract', source], { env });
  expect([code, stderr]).toEqual([2, expect.stringContaining('is a folder where a file is meant')]);
});

test('when every document failed the exit code says so, and no empty project is left', async () => {
  const broken = join(root, 'broken'), out = join(root, 'broken-out');
  mkdirSync(broken);
  writeFileSync(join(broken, 'cut.docx'), 'PK');
  const { code, stderr } = await runCli(['translate', broken, '--to', 'pt', '--out', out], { env });
  expect([code, stderr]).toEqual([1, expect.stringMatching(/cut\.docx[^]*There is no document to translate/)]);
  expect(existsSync(join(out, 'project.bitext'))).toBe(false);
});

describe.skipIf(!hasModels)('with the default models', () => {
  test('a target language without a model does not bind the folder to it', async () => {
    const out = join(root, 'mistaken');
    expect((await runCli(['translate', source, '--to', 'ja', '--out', out], { env })).code).toBe(3);
    const again = await runCli(['translate', source, '--to', 'pt', '--out', out], { env });
    expect([again.code, existsSync(join(out, 'letter.txt'))]).toEqual([0, true]);
    // Phases in a log: each once, though every file is written and verified.
    expect(again.stderr.match(/^\w[\w ]* \.\.\.$/gm)).toEqual(['Reading ...', 'Loading the model ...', 'Translating ...', 'Writing ...', 'Verifying ...']);
  });
});
