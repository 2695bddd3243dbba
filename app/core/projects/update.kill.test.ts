/** A process that is killed while it updates documents leaves their old versions, whole; the next run brings the new ones. */
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { integrityProblem } from '../db/backup.ts';
import { sql } from '../db/sql.ts';
import { calmly, openTestStudio } from '../testing/open-test-studio.ts';
import type { TestStudio } from '../testing/open-test-studio.ts';
import { openProjectFile } from './project-file.ts';

const PROGRAM = fileURLToPath(new URL('../testing/updating-run.ts', import.meta.url));
const KILLS = 8;

let test: TestStudio;
beforeEach(() => { test = openTestStudio(); });
afterEach(() => { test.remove(); });

function contents(path: string): unknown {
  const db = openProjectFile(path);
  try {
    return {
      problem: integrityProblem(db), foreign: db.all(sql`PRAGMA foreign_key_check`),
      documents: db.all(sql`SELECT id, path, sha256, hex(bytes) AS bytes FROM document ORDER BY id`), units: db.all(sql`SELECT * FROM unit ORDER BY id`),
      segments: db.all(sql`SELECT * FROM segment ORDER BY id`), groups: db.all(sql`SELECT * FROM edit_group ORDER BY id`),
      edits: db.all(sql`SELECT * FROM edit ORDER BY id`), shelf: db.all(sql`SELECT id, document_id, sha256 FROM shelved_document ORDER BY id`), old: db.all(sql`SELECT * FROM shelved_segment ORDER BY id`),
    };
  } finally {
    db.close();
  }
}

it(`survives a kill at ${KILLS} moments of an update`, async () => {
  const texts = (word: string): string => Array.from({ length: 12 }, (_, i) => (i % 4 === 1 ? `${word} ${i}.` : `Step ${i} stays.`)).join('\n\n');
  const { id: projectId, path } = await test.project({ 'a.txt': texts('Old'), 'b.html': '<p>Old <b>bold</b> text.</p><p>Stays.</p>', 'c.txt': 'No change.\n' });
  await test.handlers['translate.run']({ projectId, scope: 'not-started' }, calmly());
  await test.handlers['project.close']({ projectId });
  const input = test.files({ 'a.txt': texts('New'), 'b.html': '<p>New <b>bold</b> text.</p><p>Stays.</p>' });
  const run = (project: string, killAt: number) => spawnSync(process.execPath, [PROGRAM, project, input, String(killAt)], { encoding: 'utf8' });

  const whole = test.at('whole.bitext');
  copyFileSync(path, whole);
  const reference = run(whole, 0), statements = Number(reference.stdout);
  expect([reference.status, reference.stderr]).toEqual([0, '']);
  const before = contents(path), after = contents(whole);
  expect(after).not.toEqual(before);

  const copy = test.at('copy.bitext');
  copyFileSync(path, copy);
  for (let kill = 0; kill < KILLS; kill++) {
    const at = 1 + Math.round((statements - 1) * kill / (KILLS - 1));
    expect([at, run(copy, at).signal]).toEqual([at, 'SIGKILL']);
    expect(contents(copy)).toEqual(before);
  }
  expect(run(copy, 0).status).toBe(0);
  expect(contents(copy)).toEqual(after);
});
