import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openDatabase } from '../core/db/connection.ts';
import { sql } from '../core/db/sql.ts';
import { seeded } from '../core/testing/seeded.ts';
import { hasModels, runCli, treeOf } from './testing/run-cli.ts';

const root = mkdtempSync(join(tmpdir(), 'bitext-kill-'));
afterAll(() => { rmSync(root, { recursive: true, force: true }); });

const KILLS = 20, KILLS_A_DRILL = 5, FILES = 10, LINES = 100;
const NOUNS = ['invoice', 'contract', 'pump', 'warehouse', 'customer', 'harbour', 'lamp', 'engine', 'meeting', 'garden'];
const VERBS = ['was checked', 'was sent', 'was repaired', 'was opened', 'was sold', 'was cleaned', 'was painted', 'was moved', 'was measured', 'was closed'];

/** 1,000 different sentences in 10 files. */
function writeDocuments(folder: string): void {
  mkdirSync(folder);
  for (let f = 0; f < FILES; f++)
    writeFileSync(join(folder, `document-${f}.txt`), Array.from({ length: LINES }, (_, n) => `The ${NOUNS[n % 10] ?? ''} number ${f * LINES + n} ${VERBS[Math.floor(n / 10)] ?? ''} on day ${(f * 7 + n) % 28 + 1}.\n`).join(''));
}

test.skipIf(!hasModels)(`killed ${KILLS} times at random moments, a folder of 1,000 segments ends with the same files and loses nothing that was committed`, async () => {
  const input = join(root, 'input'), env = { BITEXT_HOME: join(root, 'home') };
  writeDocuments(input);
  const command = (out: string) => ['translate', input, '--from', 'en', '--to', 'pt', '--out', out, '--bilingual', 'tsv', '--json'];
  const whole = await runCli(command(join(root, 'whole')), { env });
  expect(whole.code).toBe(0);
  const wanted = treeOf(join(root, 'whole'), /receipt|\.bitext/);
  expect(Object.keys(wanted)).toHaveLength(2 * FILES);

  let kills = 0, drills = 0, resumedWithWork = 0;
  const drill = async (): Promise<void> => {
    const number = drills++, out = join(root, `killed-${number}`), project = join(out, 'project.bitext'), random = seeded(20261122 + number);
    let committed = 0;
    for (let kill = 0, finished = false; !finished && kill < KILLS_A_DRILL; kill++) {
      const run = await runCli(command(out), { env, onStderr: killAt(momentOfKill(number + kill, committed, random)) });
      finished = run.code === 0;
      if (!finished) { expect(run.code).toBeNull(); kills++; }
      const now = committedSegments(project);
      expect(now).toBeGreaterThanOrEqual(committed);
      if (committed > 0 && committed < FILES * LINES) resumedWithWork++;
      committed = now;
    }
    const last = await runCli(command(out), { env });
    expect([last.code, treeOf(out, /receipt|\.bitext/)]).toEqual([0, wanted]);
    expect(Object.keys(treeOf(out)).filter((name) => /tmp/i.test(name))).toEqual([]);
  };
  // A run that is through before its moment was not killed: another takes its place.
  while (kills < KILLS) await Promise.all([drill(), drill()]);
  expect(resumedWithWork).toBeGreaterThan(0);
}, 900_000);

/** When a run is killed, in its own work, so that it hangs on no machine's speed: `delay` milliseconds after it told of `segments`, or of the writing. */
interface Moment { readonly segments: number; readonly writing: boolean; readonly delay: number }

/** Mostly while it translates; every fourth while it starts or reads, every fourth while it writes or just before. */
function momentOfKill(kill: number, committed: number, random: () => number): Moment {
  if (kill % 4 === 0) return { segments: 0, writing: false, delay: random() * 400 };
  if (kill % 4 === 1) return { segments: 0, writing: true, delay: random() * 60 };
  return { segments: committed + Math.ceil(random() * (FILES * LINES - committed)), writing: false, delay: 0 };
}

/** Reads the events on stderr; what a run that is through before its moment does not see is not a kill. */
function killAt({ segments, writing, delay }: Moment): (text: string, child: ChildProcess) => void {
  let told = '', due = false;
  return (text, child) => {
    told += text;
    const done = Math.max(0, ...Array.from(told.matchAll(/"phase":"translate","done":(\d+)/g), ([, count]) => Number(count)));
    if (due || (writing ? !told.includes('"phase":"write"') : done < segments)) return;
    due = true;
    setTimeout(() => child.kill('SIGKILL'), delay);
  };
}

/** Targets in the project; each must be whole, and the database sound. */
function committedSegments(project: string): number {
  try {
    const db = openDatabase(project, { create: false });
    try {
      expect(db.column(sql`PRAGMA integrity_check`)).toEqual(['ok']);
      return Number(db.column(sql`SELECT count(*) FROM segment WHERE target IS NOT NULL`)[0]);
    } finally {
      db.close();
    }
  } catch (error) {
    // Killed before the project was there: it appears under its name only when it is whole.
    if (error instanceof Error && /does not exist|unable to open|FILE_MISSING/i.test(`${error.message} ${'code' in error ? String(error.code) : ''}`)) return 0;
    throw error;
  }
}
