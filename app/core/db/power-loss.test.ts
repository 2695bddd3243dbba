/** A power loss keeps what was synced and anything or nothing of the rest: every confirmed segment must be in what was synced. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { openTestStudio } from '../testing/open-test-studio.ts';
import type { TestStudio } from '../testing/open-test-studio.ts';
import { seeded } from '../testing/seeded.ts';
import { openProjectFile } from '../projects/project-file.ts';
import { integrityProblem } from './backup.ts';
import { sql } from './sql.ts';

const SAVES = 60, IMAGES = 60;
let test: TestStudio;
afterEach(() => { test.remove(); });

it(`keeps every confirmed segment in ${IMAGES} images of a disk after a power loss`, async () => {
  test = openTestStudio();
  const project = await test.project({ 'a.txt': Array.from({ length: SAVES }, (_, i) => `Text number ${i}.`).join('\n\n') });
  await test.handlers['project.close']({ projectId: project.id });
  const child = spawnSync(process.execPath, [fileURLToPath(new URL('../testing/saving-run.ts', import.meta.url)), test.at('workspace'), project.path], { encoding: 'utf8' });
  const lengths = child.stdout.trim().split('\n').map(Number);
  expect({ signal: child.signal, stderr: child.stderr, saves: lengths.length }).toEqual({ signal: 'SIGKILL', stderr: '', saves: SAVES });

  const log = readFileSync(`${project.path}-wal`), image = test.at('image.bitext');
  const random = seeded(20_261_122), below = (count: number): number => Math.floor(random() * count);
  for (let n = 0; n < IMAGES; n++) {
    const saved = below(SAVES), synced = lengths[saved] ?? 0;
    const cut = synced + below(log.length - synced + 1);
    // What follows the synced part is gone, zeroes, or damaged.
    const tail = Buffer.from(log.subarray(synced, cut));
    if (n % 3 === 1) tail.fill(0);
    if (n % 3 === 2) for (let bit = 0; bit < 20 && tail.length > 0; bit++) {
      const at = below(tail.length);
      tail[at] = (tail[at] ?? 0) ^ (1 << bit % 8);
    }
    copyFileSync(project.path, image);
    writeFileSync(`${image}-wal`, Buffer.concat([log.subarray(0, synced), tail]));
    const db = openProjectFile(image);
    const kept = Number(db.column(sql`SELECT count(*) FROM segment WHERE state = 'translated' AND id <= ${saved + 1}`)[0]);
    expect({ synced, cut, problem: integrityProblem(db), kept }).toEqual({ synced, cut, problem: null, kept: saved + 1 });
    db.close();
    for (const rest of ['', '-wal', '-shm']) rmSync(image + rest, { force: true });
  }
});
