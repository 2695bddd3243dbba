import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runCli } from './testing/run-cli.ts';

const root = mkdtempSync(join(tmpdir(), 'bitext-tasks-'));
afterAll(() => { rmSync(root, { recursive: true, force: true }); });
const env = { BITEXT_HOME: join(root, 'home'), BITEXT_MODELS: join(root, 'none') };
const SHARED = join(process.env['BITEXT_TEST_DATA'] ?? resolve(import.meta.dirname, '../../../shared/data'), 'models');

const SENTENCES = ['Several football players run over a field.', 'A woman in a black coat holds a small dog.', 'Two men ride their bikes down a street.', 'A child plays with a ball near the water.', 'The crowd watches a band on the stage.'];
const document = join(root, 'notes.html');
writeFileSync(document, SENTENCES.map((_, i) => `<p>${SENTENCES.map((__, k) => SENTENCES[(i + k) % SENTENCES.length]).join(' ')}</p>`).join('\n'));

test('without a model for it, a file or a question, the exit code and the advice say so', async () => {
  const none = await runCli(['summarize', document], { env });
  expect([none.code, none.stdout, none.stderr]).toEqual([3, '', expect.stringMatching(/No model for summaries is installed\.\n.*Choose the folder[^]*--model takes a folder/s)]);
  const noModel = await runCli(['ask', '-', '--question', 'Who?', '--model', join(root, 'nowhere')], { env, input: 'Somebody came.' });
  expect([noModel.code, noModel.stderr]).toEqual([3, expect.stringContaining('There is no model')]);
  expect((await runCli(['ask', document], { env })).code).toBe(2);
});

describe.skipIf(!existsSync(join(SHARED, 't5')))('with real models (needs models/ of the shared test data)', () => {
  test('a document is summed up; --json tells the parts by their segments', async () => {
    const people = await runCli(['summarize', document, '--model', join(SHARED, 'bart')], { env });
    expect([people.code, people.stdout.trim() === '', people.stderr]).toEqual([0, false, expect.stringMatching(/25 segments in \d+ parts, \d+ passes \(bart\)/)]);
    const json = await runCli(['summarize', '-', '--json', '--model', join(SHARED, 'bart')], { env, input: SENTENCES.join(' ') });
    const summary = JSON.parse(json.stdout) as { segments: number; parts: { first: number; last: number }[] };
    expect([summary.segments, summary.parts[0]?.first, summary.parts.at(-1)?.last]).toEqual([5, 1, 5]);
    const progress = json.stderr.trimEnd().split('\n').map((line) => JSON.parse(line) as { event: string; phase: string; done: number; total?: number });
    expect(progress.at(-1)).toEqual({ event: 'progress', phase: 'summarize', done: summary.parts.length > 1 ? 1 : summary.parts.length, total: 1, ...(summary.parts.length > 1 ? { item: 'pass 2' } : {}) });
  });

  test('an answer comes with its segment', async () => {
    const answer = await runCli(['ask', '-', '--model', join(SHARED, 't5'), '--question', 'Who is in the picture?'], { env, input: 'It rained all day long.\n\nA woman in a pink skirt is holding a baby.\n' });
    expect([answer.code, answer.stdout]).toEqual([0, 'woman\n    segment 2: A woman in a pink skirt is holding a baby.\n']);
  });

  test('Ctrl-C ends it with 130', async () => {
    const long = Array.from({ length: 400 }, () => SENTENCES.join(' ')).join('\n\n');
    const { code } = await runCli(['summarize', '-', '--json', '--model', join(SHARED, 'bart')], { env, input: long, onStderr: (text, child) => { if (text.includes('"summarize"')) child.kill('SIGINT'); } });
    expect(code).toBe(130);
  });
});
