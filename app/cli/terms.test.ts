import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { hasModels, runCli } from './testing/run-cli.ts';

const root = mkdtempSync(join(tmpdir(), 'bitext-cli-terms-'));
afterAll(() => { rmSync(root, { recursive: true, force: true }); });
const env = { BITEXT_HOME: join(root, 'home') };
const write = (name: string, content: string): string => { const path = join(root, name); writeFileSync(path, content); return path; };
const table = write('terms.tsv', 'car|cars\tviatura|viaturas\nhouse\t\n');
const names = write('names.csv', 'Blue Sky,,,DNT\n');

describe.skipIf(!hasModels)('terms with the default models', () => {
  test('bind in lines and in documents; a line that is no term is told and fails nothing', async () => {
    const lines = await runCli(['translate', '-', '--to', 'pt', '--terms', table, names], { env, input: 'The car is old.\nShe works for Blue Sky.\n' });
    expect([lines.code, lines.stdout.split('\n')[0]?.includes('viatura'), lines.stdout.split('\n')[1]?.includes('Blue Sky')]).toEqual([0, true, true]);
    expect(lines.stderr).toContain(`${table}: Line 2: There is no translation of “house”.`);

    const document = write('letter.txt', 'We sell two cars.\n'), out = join(root, 'out');
    expect((await runCli(['translate', document, '--to', 'pt', '--out', out, '--bilingual', 'xliff21', '--terms', table], { env })).code).toBe(0);
    expect(readFileSync(join(out, 'letter.txt'), 'utf8')).toContain('viaturas');
  });
});

describe('check', () => {
  const file = write('a.po', 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "The car is old."\nmsgstr "O carro é velho."\n\nmsgid "The cars."\nmsgstr "As viaturas."\n');
  test('names translations that lack their term', async () => {
    const run = await runCli(['check', file, '--terms', table, '--json'], { env });
    expect([run.code, run.stdout.trim().split('\n').map((line) => JSON.parse(line) as object)]).toEqual([0, [expect.objectContaining({ severity: 'warning', code: 'term-missing', message: 'The term “car” is not translated as “viatura” or “viaturas”.' })]]);
  });
  test('a termbase that is not there is an error, not an empty one', async () => {
    const run = await runCli(['check', file, '--terms', join(root, 'gone.tsv')], { env });
    expect(run.code).not.toBe(0);
    expect(run.stderr).toContain('gone.tsv');
  });
});

test('a project keeps its termbases: copied, added to, listed, bound and taken out', async () => {
  const source = write('manual.txt', 'The car is old.\n'), project = join(root, 'manual.bitext');
  expect((await runCli(['project', 'new', project, source, '--to', 'pt'], { env })).code).toBe(0);
  const terms = (...args: string[]) => runCli(['project', 'terms', project, ...args], { env });
  const put = await terms('--add', table, names, '--term', 'old', 'antigo|antiga', '--forbid', 'old', 'velho');
  expect([put.code, put.stdout]).toEqual([0, `Added by hand  2 terms\nnames.csv  1 term  ${names}\nterms.tsv  1 term  ${table}\n`]);
  expect(put.stderr).toContain(`${table}: Line 2: There is no translation of “house”.`);
  expect((await terms('--list')).stdout).toBe('  2  Blue Sky  =>  stays as it is  (names.csv)\n  1  car | cars  =>  viatura | viaturas  (terms.tsv)\n  3  old  =>  antigo | antiga  (Added by hand)\n  4  old  =>  never velho  (Added by hand)\n');
  expect((await terms('--remove', 'names.csv', '3')).stdout).toBe(`Added by hand  1 term\nterms.tsv  1 term  ${table}\n`);
  expect(JSON.parse((await terms('--list', 'CAR', '--json')).stdout)).toEqual({ id: 1, termbaseId: 1, sources: ['car', 'cars'], targets: ['viatura', 'viaturas'], forbidden: [], caseSensitive: false, doNotTranslate: false });
  const unknown = await terms('--remove', 'gone.tbx');
  expect([unknown.code, unknown.stderr.includes('The project has no termbase gone.tbx')]).toEqual([1, true]);
});
