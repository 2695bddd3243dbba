import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { hasModels, runCli } from './testing/run-cli.ts';

const root = mkdtempSync(join(tmpdir(), 'bitext-memory-cli-'));
afterAll(() => { rmSync(root, { recursive: true, force: true }); });
const env = { BITEXT_HOME: join(root, 'home'), BITEXT_MODELS: join(root, 'none') };
const memory = join(root, 'old.tsv');
writeFileSync(memory, 'Press the red button now.\tPressione já o botão encarnado.\nLook here.\tOlhe aqui.\n');

test('a memory is searched: matches with their percentages, as lines or as JSON', async () => {
  const found = await runCli(['memory', 'search', memory, '--json'], { env, input: 'Press the green button now.\nNothing like it\n' });
  expect([found.code, found.stdout.trim().split('\n').map((line): unknown => JSON.parse(line))]).toEqual([0, [
    { query: 'Press the green button now.', matches: [{ source: 'Press the red button now.', target: 'Pressione já o botão encarnado.', corpus: 'old.tsv', match: 83 }] },
    { query: 'Nothing like it', matches: [] },
  ]]);
  const people = await runCli(['memory', 'search', memory, '--min', '90'], { env, input: 'look here.\n' });
  expect([people.stdout, people.stderr]).toEqual([' 99 %  Look here.\n       Olhe aqui.  (old.tsv)\n\n', '1 text, 1 with a match, in 2 units\n']);
});

test('Ctrl-C ends a command that waits for more lines', async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'cli.ts'), 'memory', 'search', memory, '--json'], { stdio: ['pipe', 'pipe', 'ignore'], env: { ...process.env, ...env } });
  const ended = once(child, 'exit');
  child.stdin.write('Look here.\n');
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  expect(await ended).toEqual([130, null]);
});

test('a project is measured against memories, translated from them without a model, and checked', async () => {
  const project = join(root, 'p.bitext'), text = join(root, 'p.txt'), prices = join(root, 'prices.tsv');
  writeFileSync(text, 'Press the green button now.\n\nLook here.\n\nLook here.\n\nPay 500 euros.\n');
  writeFileSync(prices, 'Pay 12 euros.\tPague 12 euros.\n');
  expect((await runCli(['project', 'new', project, text, '--to', 'pt'], { env })).code).toBe(0);
  const analysed = await runCli(['project', 'analyze', project, '--memory', memory, prices], { env });
  expect(analysed.stdout.split('\n').map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['repeated', '100 %', '95-99 %', '85-94 %', '75-84 %', '50-74 %', 'new', 'words'], ['2', '2', '0', '0', '8', '0', '0', 'p.txt'], ['2', '2', '0', '0', '8', '0', '0', 'all'], [''],
  ]);
  expect((await runCli(['project', 'pretranslate', project, '--memory', memory, prices, '--json'], { env })).stderr).toContain('"fromMemory":4');
  const checked = await runCli(['project', 'check', project, '--json'], { env });
  expect([checked.code, JSON.parse(checked.stdout)]).toEqual([0, { segment: 4, file: 'p.txt', severity: 'warning', code: 'number-changed', message: 'The source has 500, the translation 12.' }]);
});

test.each([
  [['memory', 'search', 'nowhere.tmx'], 1, /nowhere\.tmx does not exist/],
  [['memory', 'search', memory, '--min', '0'], 2, /--min does not take 0/],
  [['translate', '-', '--to', 'pt', '--threshold', '80'], 2, /--threshold is of no use without a memory/],
  [['translate', '-', '--to', 'pt', '--memory', 'nowhere.tmx'], 1, /nowhere\.tmx does not exist/],
  [['translate', '-', '--to', 'pt', '--memory', memory, '--threshold', '101'], 2, /--threshold does not take 101/],
  [['translate', '-', '--to', 'pt', '--beam', 'wide'], 2, /--beam does not take wide\.\n.*from 1 to 32/],
])('wrong use is told: %j', async (args, code, message) => {
  const run = await runCli(args, { env, input: 'A text.\n' });
  expect([run.code, run.stderr]).toEqual([code, expect.stringMatching(message)]);
});

describe.skipIf(!hasModels)('with the default models', () => {
  const real = { BITEXT_HOME: join(root, 'real') };

  test('lines that a memory has come from it, the others from the model, in their order', async () => {
    const { code, stdout, stderr } = await runCli(['translate', '-', '--to', 'pt', '--memory', memory], { env: real, input: 'Good morning.\nLook here.\n\nPress the blue button now.\n' });
    expect([code, stdout]).toEqual([0, 'Bom dia.\nOlhe aqui.\n\nPressione já o botão encarnado.\n']);
    expect(stderr).toContain('4 segments (2 from memory)');
  });

  test('documents, too; and a beam finds other words than the plain search', async () => {
    mkdirSync(join(root, 'in'));
    const nets = 'After the storm the fishermen repaired their nets, ';
    writeFileSync(join(root, 'in', 'a.txt'), `Look here.\n\n${nets}and counted every coin that the visitors had left behind.\n\n${nets}although their lawyer had strongly advised against it.\n`);
    const out = async (name: string, ...more: readonly string[]): Promise<string> => {
      const run = await runCli(['translate', join(root, 'in'), '--to', 'pt', '--out', join(root, name), '--memory', memory, ...more], { env: real });
      expect([run.code, run.stderr]).toEqual([0, expect.stringContaining('From memory: 1 segment')]);
      return readFileSync(join(root, name, 'a.txt'), 'utf8');
    };
    const plain = await out('plain'), beam = await out('beam', '--beam', '4');
    expect([plain.split('\n')[0], beam.split('\n')[0], plain === beam]).toEqual(['Olhe aqui.', 'Olhe aqui.', false]);
  });
});
