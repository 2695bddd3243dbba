import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from './testing/run-cli.ts';

const root = mkdtempSync(join(tmpdir(), 'bitext-evaluate-'));
const ref = join(root, 'ref.txt');
beforeAll(() => { writeFileSync(ref, 'the cat is on the mat\r\nthe goods will arrive on Monday\r\n'); });
afterAll(() => { rmSync(root, { recursive: true, force: true }); });

test('prints the four scores with their signatures, as sacreBLEU 2.6.0 does', async () => {
  const { code, stdout, stderr } = await runCli(['evaluate', '--ref', ref], { input: 'the cat sat on the mat\non Monday the goods will arrive\n' });
  expect([code, stderr, stdout.trimEnd().split('\n')]).toEqual([0, '', [
    'BLEU|nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0 = 44.75 91.7/70.0/37.5/16.7 (BP = 1.000 ratio = 1.000 hyp_len = 12 ref_len = 12)',
    'chrF2|nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2.6.0 = 80.02',
    'chrF2++|nrefs:1|case:mixed|eff:yes|nc:6|nw:2|space:no|version:2.6.0 = 80.22',
    'TER|nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:2.6.0 = 16.67',
  ]]);
  const json = await runCli(['evaluate', '--ref', ref, '--json'], { input: 'the cat is on the mat\nthe goods will arrive on Monday' });
  expect(json.stdout.trimEnd().split('\n').map((line) => { const { name, score } = JSON.parse(line) as { name: string; score: number }; return [name, score]; })).toEqual([['BLEU', 100], ['chrF2', 100], ['chrF2++', 100], ['TER', 0]]);
});

test('wrong use is told', async () => {
  const uneven = await runCli(['evaluate', '--ref', ref], { input: 'one line\n' });
  expect([uneven.code, uneven.stderr]).toEqual([2, expect.stringContaining('There are 1 hypotheses and 2 references.')]);
  expect((await runCli(['evaluate', '--ref', ref], { input: '' })).code).toBe(2);
  expect((await runCli(['evaluate', '--ref', join(root, 'none.txt')], { input: 'x\n' })).stderr).toContain('none.txt does not exist');
  expect((await runCli(['evaluate', '--ref', ref, '--tokenize', 'ja'], { input: 'x\n' })).stderr).toContain('--tokenize can\'t be ja.');
});
