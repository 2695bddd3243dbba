import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { toyCorpus, writeToyStudent } from '../../native-models/training/finetune/testing/toy-student.ts';
import { runCli, type CliRun } from './testing/run-cli.ts';

// What learns does so at a low priority: on a busy machine it may have to wait for minutes.
vi.setConfig({ testTimeout: 900_000 });

const root = mkdtempSync(join(tmpdir(), 'bitext-adapt-cli-'));
const env = { BITEXT_HOME: join(root, 'home'), BITEXT_MODELS: join(root, 'models'), BITEXT_CACHE: join(root, 'cache') };
let project = '';
const PAIRS = [...new Map(toyCorpus().split('\n').map((line): [string, string] => { const [source = '', target = ''] = line.split('\t'); return [source, target]; }))].slice(0, 40);
const adapt = (...words: string[]) => runCli(['project', 'adapt', project, ...words], { env });

beforeAll(async () => {
  mkdirSync(env.BITEXT_MODELS);
  await writeToyStudent(env.BITEXT_MODELS);
  const messages = PAIRS.map(([source, target]) => `msgid "${source}"\nmsgstr "${target}"`);
  writeFileSync(join(root, 'a.po'), ['msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"', ...messages].join('\n\n'));
  await newProject();
});
afterAll(() => { rmSync(root, { recursive: true, force: true }); });

let projects = 0;
async function newProject(): Promise<void> {
  project = join(root, `p${++projects}.bitext`);
  const made = await runCli(['project', 'new', project, join(root, 'a.po'), '--from', 'en', '--to', 'pt'], { env });
  expect(made.code).toBe(0);
}

test('adaptation by both ways learns at once what is confirmed, goes on after a kill -9, is listed, and step by step taken back', async () => {
  let killed: CliRun;
  // Should one be through before it hears of the kill: the same with another project.
  do {
    await newProject();
    killed = await runCli(['project', 'adapt', project, '--on', '--json'], { env, onStderr: (text, child) => { if (/"phase":"learn","done":[2-5]/u.test(text)) child.kill('SIGKILL'); } });
  } while (killed.code === 0);
  expect(killed.code).toBeNull();
  const learned = await adapt('--learn');
  // Of 40 segments 4 are held out: four steps of eight, and one of four.
  expect([learned.code, learned.stdout]).toEqual([0, 'Adaptation is on, by the memory and by steps. 40 confirmed segments lead the suggestions.\n5 steps are in the weights, 0 taken back by the guard, 0 by you; 0 segments wait for a step.\n']);
  const list = (await adapt('--list')).stdout.split('\n');
  expect(list[2]).toMatch(/^ {2}step 5, kept: segments 36, 37, 38, 39, held-out segments \d\.\d{3} -> \d\.\d{3} nats a token$/u);
  expect(list[7]).toBe(`  40  ${PAIRS[39]?.[0]}  =>  ${PAIRS[39]?.[1]}`);
  expect((await adapt('--undo-step', '4')).stdout).toContain('3 steps are in the weights, 0 taken back by the guard, 2 by you; 4 segments wait for a step.');
  expect((await adapt('--undo-step', 'all')).stdout).toContain('0 steps are in the weights, 0 taken back by the guard, 5 by you; 4 segments wait for a step.');
});

test('all that would lead is listed, the newest first, however much it is', async () => {
  const long = join(root, 'long.bitext'), numbers = Array.from({ length: 502 }, (_, at) => at + 1);
  writeFileSync(join(root, 'long.po'), ['msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"', ...numbers.map((at) => `msgid "word ${at}"\nmsgstr "palavra ${at}"`)].join('\n\n'));
  expect((await runCli(['project', 'new', long, join(root, 'long.po'), '--from', 'en', '--to', 'pt'], { env })).code).toBe(0);
  const [state, ...lines] = (await runCli(['project', 'adapt', long, '--list'], { env })).stdout.trimEnd().split('\n');
  expect([state, lines]).toEqual(['Adaptation is off. 502 confirmed segments would lead the suggestions.', numbers.toReversed().map((at) => `  ${at}  word ${at}  =>  palavra ${at}`)]);
});

test.each([
  [['--on', '--way', 'luck'], 'There is no way luck.'],
  [['--undo-step', 'x'], '--undo-step takes newest, all or the number of a step, not x.'],
])('wrong use ends with 2: %j', async (words, message) => {
  const run = await adapt(...words);
  expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(message)]);
});
