/** A project file may come from anywhere, and disks fail: whatever its bytes, the studio answers. */
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ERROR_CODES, StudioError } from '../../contract/errors.ts';
import { calmly, openTestStudio } from '../testing/open-test-studio.ts';
import type { TestStudio } from '../testing/open-test-studio.ts';
import { seeded } from '../testing/seeded.ts';
import { UppercaseEngine } from '../testing/uppercase-engine.ts';

let test: TestStudio, whole: Buffer;
beforeAll(async () => {
  test = openTestStudio(new UppercaseEngine({ batchSize: 500 }));
  const project = await test.project({ 'a.html': `<html><body>${Array.from({ length: 100 }, (_, i) => `<p>Press <b>key ${i}</b> now. Then wait ${i} seconds.</p>`).join('')}</body></html>` });
  await test.handlers['translate.run']({ projectId: project.id, scope: 'not-started' }, calmly());
  await test.handlers['edits.undo']({ projectId: project.id });
  await test.handlers['edits.redo']({ projectId: project.id });
  await test.handlers['project.close']({ projectId: project.id });
  whole = readFileSync(project.path);
});
afterAll(() => { test.remove(); });

/** Everything that reads a project; the errors that came out of it. */
async function use(path: string): Promise<unknown[]> {
  const errors: unknown[] = [], { handlers } = test;
  const attempt = async <T>(work: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      errors.push(error);
      return undefined;
    }
  };
  const project = await attempt(() => handlers['project.open']({ path }));
  if (!project) return errors;
  const of = { projectId: project.id };
  const found = await attempt(() => handlers['segments.find']({ ...of, filter: { text: { pattern: 'wait', side: 'both', regex: false, matchCase: false } } }));
  await attempt(() => handlers['segments.rows']({ ...of, ids: found?.ids.slice(0, 500) ?? [] }));
  await attempt(() => handlers['segment.history']({ ...of, segmentId: 1 }));
  await attempt(() => handlers['edits.undo'](of));
  await attempt(() => handlers['translate.run']({ ...of, scope: 'unconfirmed' }, calmly()));
  await attempt(() => handlers['export.run']({ ...of, outDir: test.at('out'), bilingual: ['xliff12'] }, calmly()));
  await attempt(() => handlers['project.close'](of));
  return errors;
}

it('answers for 40 projects with a flipped byte: the work is done, or a sentence says what is wrong', async () => {
  expect(await (async () => { copyFileSync(test.at('test.bitext'), test.at('same.bitext')); return use(test.at('same.bitext')); })()).toEqual([]);
  const share = seeded(20_261_122), random = (below: number): number => Math.floor(share() * below);
  let damaged = 0;
  for (let drill = 0; drill < 40; drill++) {
    const path = test.at(`flip${drill}.bitext`), bytes = Buffer.from(whole);
    // Half of them in the first page, where the header and the schema are.
    const at = random(drill % 2 === 0 ? 4096 : bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
    writeFileSync(path, bytes);
    const errors = await use(path);
    for (const error of errors) expect([at, error instanceof StudioError ? error.code : error]).toEqual([at, expect.toSatisfy((code: string) => ERROR_CODES.some((known) => known === code))]);
    if (errors.some((error) => error instanceof StudioError && error.code === 'DB_DAMAGED')) damaged++;
    for (const rest of ['', '-wal', '-shm']) rmSync(path + rest, { force: true });
  }
  expect(damaged).toBeGreaterThan(0);
});
