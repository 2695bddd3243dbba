import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { letterPairs } from '../../native-models/training/trainer/testing/letter-corpus.ts';
import { type CliRun, runCli } from './testing/run-cli.ts';

const root = mkdtempSync(join(tmpdir(), 'bitext-train-cli-'));
afterAll(() => { rmSync(root, { recursive: true, force: true }); });
const corpus = join(root, 'corpus.tsv'), config = join(root, 'config.json'), env = { BITEXT_HOME: join(root, 'home') };
writeFileSync(corpus, ['no tab here', ...letterPairs(600)].join('\n'));
writeFileSync(config, JSON.stringify({ model: { embedding: 24, hidden: 32 }, measureEvery: 60, batchTokens: 400, rate: 0.01, measured: 10 }));

test('a model is trained from a corpus, stopped by Ctrl-C and gone on with, and translates', async () => {
  const out = join(root, 'model');
  let steps = 60, command: string[], stopped: CliRun;
  // Should a run be through before it hears of the interrupt: the same with more steps.
  do {
    rmSync(out, { recursive: true, force: true });
    rmSync(`${out}.run`, { recursive: true, force: true });
    steps *= 2;
    command = ['train', corpus, '--from', 'en', '--to', 'de', '--preset', 'tiny', '--config', config, '--steps', String(steps), '--out', out, '--threads', '1', '--json'];
    let interrupts = 0;
    // A second one would end the process at once.
    stopped = await runCli(command, { env, onStderr: (text, child) => { if (text.includes('"phase":"learn"') && interrupts++ === 0) child.kill('SIGINT'); } });
  } while (stopped.code === 0);
  expect([stopped.code, JSON.parse(stopped.stdout)]).toEqual([130, expect.objectContaining({ outcome: 'cancelled', model: null })]);
  const whole = await runCli(command, { env });
  expect([whole.code, JSON.parse(whole.stdout)]).toEqual([0, expect.objectContaining({ outcome: 'trained', model: out, steps, report: expect.objectContaining({ dropped: expect.arrayContaining([{ reason: 'wrong-columns', count: 1, lines: [1] }]) }) })]);
  const events = whole.stderr.trim().split('\n').map((line): unknown => JSON.parse(line));
  expect(events).toContainEqual(expect.objectContaining({ event: 'progress', phase: 'learn', done: steps, total: steps, loss: expect.any(Number), tokensPerSecond: expect.any(Number), secondsLeft: 0 }));
  expect(events).toContainEqual(expect.objectContaining({ event: 'measured', step: steps, heldOutLoss: expect.any(Number) }));
  const translated = await runCli(['translate', '-', '--model', out, '--from', 'en', '--to', 'de'], { env, input: 'c d\nb f h\n' });
  expect([translated.code, translated.stdout]).toEqual([0, 'f d\nb g c\n']);
  const again = await runCli(command, { env });
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('exists already')]);
});

test.each([['summarization', 'summarize FILE'], ['question-answering', 'ask FILE --question TEXT']])('says how a model for %s is run', async (task, command) => {
  const out = join(root, task);
  const { code, stdout } = await runCli(['train', corpus, '--task', task, ...(task === 'summarization' ? [] : ['--columns', '1,1,2']), '--preset', 'tiny', '--config', config, '--steps', '1', '--threads', '1', '--out', out], { env });
  expect([code, stdout.trimEnd().split('\n').at(-1)]).toEqual([0, `Stored in ${out}: bitext ${command} --model ${out}`]);
});

test.each([
  [['--task', 'poetry'], 'There is no task poetry.'],
  [['--columns', '1'], '--columns does not take 1.'],
  [['--preset', 'huge'], 'there is no preset "huge"'],
  [['--config', 'nowhere.json'], "The configuration nowhere.json can't be read"],
])('wrong use ends with 2: %j', async (words, message) => {
  const run = await runCli(['train', corpus, '--out', join(root, 'none'), ...words], { env });
  expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(message)]);
});
