import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCli } from './testing/run-cli.ts';

const root = mkdtempSync(join(tmpdir(), 'bitext-project-update-'));
afterAll(() => { rmSync(root, { recursive: true, force: true }); });
const env = { BITEXT_HOME: join(root, 'home') };

test('project add refuses a changed file and says how it is updated; project update keeps what is unchanged', async () => {
  const input = join(root, 'in'), project = join(root, 'offer.bitext');
  mkdirSync(input);
  writeFileSync(join(input, 'a.txt'), 'One text.\n\nTwo text.\n');
  expect((await runCli(['project', 'new', project, input, '--to', 'pt'], { env })).code).toBe(0);
  writeFileSync(join(input, 'a.txt'), 'One text.\n\nTwo texts.\n\nThree text.\n');
  const refused = await runCli(['project', 'add', project, input], { env });
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('bitext project update')]);
  const updated = await runCli(['project', 'update', project, input, '--json'], { env });
  expect(updated.stderr.trim().split('\n').map((line) => JSON.parse(line) as { event: string }).filter(({ event }) => event === 'updated')).toEqual([{ event: 'updated', path: 'a.txt', kept: 1, changed: 2, removed: 1 }]);
  expect([updated.code, JSON.parse(updated.stdout)]).toEqual([0, expect.objectContaining({ segments: 3 })]);
});
