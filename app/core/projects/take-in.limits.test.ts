/** A document that would hold up the core: named, left out, and nothing else waits for it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createThreadedParser } from '../formats/parser-worker/threaded-parser.ts';
import { openStudio } from '../studio.ts';
import type { Studio } from '../studio.ts';
import { calmly } from '../testing/open-test-studio.ts';
import { UppercaseEngine } from '../testing/uppercase-engine.ts';

let folder: string, studio: Studio;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bitext-limits-'));
  mkdirSync(join(folder, 'in'));
  writeFileSync(join(folder, 'in', 'a.txt'), 'First text.\n');
  writeFileSync(join(folder, 'in', 'huge.html'), '<p>A <b>bold</b> word, and <i>another</i>.</p>\n'.repeat(800_000));
  writeFileSync(join(folder, 'in', 'z.txt'), 'Last text.\n');
  studio = openStudio({
    dir: join(folder, 'workspace'), engine: new UppercaseEngine(), resourcesDir: join(import.meta.dirname, '../../../resources'), log: () => undefined, trustPaths: true, who: 'tester',
    parser: createThreadedParser({ milliseconds: 3000 }),
  });
});
afterEach(() => {
  studio.close();
  rmSync(folder, { recursive: true, force: true });
});

const create = (context = calmly()) => studio.handlers['project.create']({ path: join(folder, 'p.bitext'), name: 'P', from: 'en', to: 'pt', inputs: [join(folder, 'in')] }, context);

it('is a failure with what to do, and the others are taken in', async () => {
  let answered = 0;
  const asking = setInterval(() => { void Promise.resolve(studio.handlers['project.recent']({})).then(() => { answered++; }); }, 20);
  const { project, failures } = await create();
  clearInterval(asking);
  expect({ files: project.files.map(({ path }) => path), failures: failures.map(({ path, code }) => [path, code]), advised: failures.every(({ advice }) => advice !== '') })
    .toEqual({ files: ['a.txt', 'z.txt'], failures: [[join(folder, 'in', 'huge.html'), 'FORMAT_LIMIT']], advised: true });
  expect(answered).toBeGreaterThan(5);
});

it('is given up at once when its project is cancelled, and nothing is left behind', async () => {
  const cancel = new AbortController();
  await expect(create(calmly(({ item }) => { if (item === 'huge.html') setTimeout(() => { cancel.abort(); }, 100); }, cancel.signal))).rejects.toMatchObject({ name: 'AbortError' });
  expect(() => studio.handlers['project.open']({ path: join(folder, 'p.bitext') })).toThrow(expect.objectContaining({ code: 'FILE_MISSING' }));
});
