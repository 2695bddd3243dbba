import { spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** The command line with its results going elsewhere. */
function run(args: readonly string[], stdout: 'gone' | number, input = ''): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'cli.ts'), ...args], { stdio: ['pipe', stdout === 'gone' ? 'pipe' : stdout, 'pipe'], env: { ...process.env, NO_COLOR: '1' } });
  child.stdout?.destroy();
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => { stderr += String(chunk); });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => { resolve({ code, stderr }); });
  });
}

test('a reader that has had enough ends help and results without a word', async () => {
  expect(await run(['--help'], 'gone')).toEqual({ code: 0, stderr: '' });
  expect(await run(['segment'], 'gone', 'One. Two. Three.')).toEqual({ code: 0, stderr: '' });
});

test.skipIf(!existsSync('/dev/full'))('results that find no space are told', async () => {
  for (const args of [['--help'], ['segment']])
    expect(await run(args, openSync('/dev/full', 'w'), 'One. Two.')).toEqual({ code: 4, stderr: expect.stringMatching(/^bitext: No space left on the disk while writing the results\.\n/) });
});
