/** Trainings by the command line: the same model again, vocabularies of one's own, runs that are not mixed up, and looked into. */
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { letterPairs } from '../../native-models/training/trainer/testing/letter-corpus.ts';
import { runCli, treeOf, type CliRun } from './testing/run-cli.ts';

const root = mkdtempSync(join(tmpdir(), 'bitext-train-runs-'));
afterAll(() => { rmSync(root, { recursive: true, force: true }); });
const at = (name: string): string => join(root, name);
const env = { BITEXT_HOME: at('home') };
writeFileSync(at('corpus.tsv'), letterPairs(400).join('\n'));
writeFileSync(at('config.json'), JSON.stringify({ model: { embedding: 12, hidden: 16, dropout: 0.1 }, steps: 12, measureEvery: 3, measured: 3, batchTokens: 120, heldOut: 20, keep: 3 }));

const train = (out: string, ...words: string[]): Promise<CliRun> =>
  runCli(['train', at('corpus.tsv'), '--from', 'en', '--to', 'de', '--preset', 'tiny', '--config', at('config.json'), '--threads', '1', '--device', 'cpu', '--out', at(out), ...words], { env });

/** The run that all others are compared with. */
beforeAll(async () => {
  const { code, stderr } = await train('first');
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
});

test('a seed and a corpus make the same model again, and another seed another one', async () => {
  const [again, other] = await Promise.all([train('again'), train('other', '--seed', '2')]);
  expect([again, other].map(({ code, stderr }) => [code, code === 0 ? '' : stderr])).toEqual([[0, ''], [0, '']]);
  // The manifest has the folder's name in it.
  const files = (name: string) => treeOf(at(name), /^bitext\.json$/);
  expect(files('again')).toEqual(files('first'));
  expect(files('other')['recurrent.safetensors']).not.toBe(files('first')['recurrent.safetensors']);
  expect(files('other')['source.model']).toBe(files('first')['source.model']);
});

test('a run says what it measured, and shows any checkpoint that is kept', async () => {
  const shown = await runCli(['runs', 'show', at('first.run'), '--json'], { env });
  const told: unknown = JSON.parse(shown.stdout);
  // Of the measurements at 3, 6, 9 and 12 three are kept, and the best one.
  expect(told).toMatchObject({ best: 12, checkpoints: [expect.any(Number), expect.any(Number), 9, 12], measurements: [3, 6, 9, 12].map((step) => ({ step, scores: { heldOutLoss: expect.any(Number), bleu: expect.any(Number) }, samples: [{ source: expect.any(String), output: expect.any(String), reference: expect.any(String) }, {}, {}] })) });
  const looked = async (step: string): Promise<CliRun> => runCli(['runs', 'attention', at('first.run'), 'c d', '--at', step, '--json'], { env });
  const [early, late] = [await looked('9'), await looked('best')];
  for (const [{ stdout }, checkpoint] of [[early, 9], [late, 12]] as const)
    expect(JSON.parse(stdout)).toMatchObject({ checkpoint, text: expect.any(String), source: ['\u2581c', '\u2581d', '</s>'], target: expect.any(Array), weights: expect.any(Array) });
  expect(early.stdout).not.toBe(late.stdout);
  const missing = await looked('7');
  expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('The run has no checkpoint 7.')]);
  const drawn = await runCli(['runs', 'attention', at('first.run'), 'c d', '--at', 'latest'], { env });
  expect(drawn.stdout).toContain('\u2581c\n');
});

test('a run does not go on with anything else', async () => {
  const refused = async (what: string, ...words: string[]): Promise<void> => {
    const { code, stderr } = await train('none', '--run', at('first.run'), ...words);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`holds another run: ${what}`)]);
  };
  writeFileSync(at('other.json'), JSON.stringify({ ...JSON.parse(readFileSync(at('config.json'), 'utf8')), rate: 0.5 }));
  await refused('seed: 1 there, 2 here', '--seed', '2');
  await refused('threads: 1 there, 2 here', '--threads', '2');
  await refused('rate: 0.003 there, 0.5 here', '--config', at('other.json'));
  await refused('the corpus is another; columns: [0,1] there, [1,0] here', '--columns', '2,1');
  await refused('the vocabulary is another', '--vocabulary', at('first.run/source.model'), at('first.run/target.model'));
});

test('vocabularies that exist are used as they are', async () => {
  const [source, target] = [at('first.run/source.model'), at('first.run/target.model')];
  const two = await train('two', '--vocabulary', source, target);
  expect([two.code, treeOf(at('two'))['source.model'], treeOf(at('two'))['target.model']]).toEqual([0, treeOf(at('first'))['source.model'], treeOf(at('first'))['target.model']]);
  const one = await train('one', '--vocabulary', source);
  expect([one.code, existsSync(at('one/joint.model')), readFileSync(at('one/joint.model')).equals(readFileSync(source))]).toEqual([0, true, true]);
  const translated = await runCli(['translate', '-', '--model', at('one'), '--from', 'en', '--to', 'de', '--device', 'cpu'], { env, input: 'c d\n' });
  expect(translated.code).toBe(0);
  const gone = await train('gone', '--vocabulary', at('nothing.model'));
  expect([gone.code, gone.stderr, existsSync(at('gone.run'))]).toEqual([2, expect.stringContaining("nothing.model can't be read"), false]);
  copyFileSync(at('corpus.tsv'), at('no.model'));
  const wrong = await train('wrong', '--vocabulary', at('no.model'));
  expect([wrong.code === 0, wrong.stderr, existsSync(at('wrong.run'))]).toEqual([false, expect.stringContaining('no.model'), false]);
  const three = await train('three', '--vocabulary', source, target, source);
  expect([three.code, three.stderr]).toEqual([2, expect.stringContaining('--vocabulary takes one file or two, not 3.')]);
});
