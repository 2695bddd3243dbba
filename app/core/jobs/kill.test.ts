/** Nothing that was stored is ever lost: the process that does the main job is killed at random moments, twenty times. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { integrityProblem } from '../db/backup.ts';
import { sql } from '../db/sql.ts';
import { openProjectFile } from '../projects/project-file.ts';
import { seeded } from '../testing/seeded.ts';

const PROGRAM = fileURLToPath(new URL('../testing/folder-run.ts', import.meta.url));
const SEGMENTS = 1_000, FILES = 10, KILLS = 20, KILLS_A_DRILL = 2;

let top: string, input: string;
beforeAll(() => {
  top = mkdtempSync(join(tmpdir(), 'bitext-kill-'));
  input = join(top, 'in');
  for (let file = 0; file < FILES; file++) {
    mkdirSync(join(input, `part${file % 3}`), { recursive: true });
    const paragraphs = Array.from({ length: SEGMENTS / FILES / 2 }, (_, i) => `Step ${file} of ${i} is done. Note ${i % 7} applies.`);
    writeFileSync(join(input, `part${file % 3}`, `file${file}.txt`), `${paragraphs.join('\n\n')}\n`);
  }
});
afterAll(() => { rmSync(top, { recursive: true, force: true }); });

interface Run { readonly acked: number[]; readonly asked: number | null; readonly errors: string }

/**
 * When a run is killed: `delay` milliseconds after it has acknowledged `acks` segments. Counted in the run's own work, not
 * in time from its start, because the same work takes three times as long on the machine's first run as on its fifth.
 */
interface Moment { readonly acks: number; readonly delay: number }

/** Runs the job in a process of its own; kills it at `moment`, if it is not done by then. */
function runJob(drill: string, moment: Moment | null): Promise<Run> {
  mkdirSync(drill, { recursive: true });
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [PROGRAM, join(drill, 'workspace'), input, join(drill, 'out')], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '', errors = '', timer: NodeJS.Timeout | undefined;
    const killWhenDue = (acks: number): void => {
      if (moment === null || timer !== undefined || acks < moment.acks) return;
      if (moment.delay === 0) child.kill('SIGKILL');
      else timer = setTimeout(() => { child.kill('SIGKILL'); }, moment.delay);
    };
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      killWhenDue(output.split('\nacked ').length);
    });
    child.stderr.on('data', (chunk: Buffer) => { errors += chunk.toString(); });
    child.on('spawn', () => { killWhenDue(0); });
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      const asked = /^done (\d+)$/m.exec(output)?.[1];
      resolve({ acked: Array.from(output.matchAll(/^acked (\d+)$/gm), ([, id]) => Number(id)), asked: asked === undefined ? null : Number(asked), errors });
    });
  });
}

/** Relative path -> text of the delivered documents; files that are still being written bear another name. */
function delivered(drill: string): Record<string, string> {
  const out = join(drill, 'out'), texts: Record<string, string> = {};
  if (!existsSync(out)) return texts;
  for (const name of readdirSync(out, { recursive: true, encoding: 'utf8' }).sort()) if (/[^/]\.txt$/.test(name)) texts[name] = readFileSync(join(out, name), 'utf8');
  return texts;
}

function stored(drill: string): { ids: number[]; problem: string | null; edits: number } {
  const path = join(drill, 'workspace', 'job.bitext');
  if (!existsSync(path)) return { ids: [], problem: null, edits: 0 };
  const db = openProjectFile(path);
  try {
    return { ids: db.column(sql`SELECT id FROM segment WHERE target IS NOT NULL ORDER BY id`).map(Number), problem: integrityProblem(db), edits: Number(db.column(sql`SELECT count(*) FROM edit`)[0]) };
  } finally {
    db.close();
  }
}

/** Mostly while segments are stored; every fourth while the workspace is opened and read in, every fourth in the export after the last of them. */
function momentOfKill(kill: number, left: number, random: () => number): Moment {
  if (kill % 4 === 0) return { acks: 0, delay: 1 + random() * 400 };
  if (kill % 4 === 1) return { acks: left, delay: random() * 20 };
  return { acks: Math.ceil(random() * left), delay: 0 };
}

it(`survives ${KILLS} kills: nothing stored is lost, and the finished files are those of a run without a kill`, { timeout: 600_000 }, async () => {
  const reference = await runJob(join(top, 'reference'), null);
  const wanted = delivered(join(top, 'reference'));
  expect({ files: Object.keys(wanted).length, acked: reference.acked.length, errors: reference.errors }).toEqual({ files: FILES, acked: SEGMENTS, errors: '' });

  let killed = 0, drills = 0;
  const drill = async (): Promise<void> => {
    const number = drills++, folder = join(top, `drill${number}`), random = seeded(20_261_122 + number), acked = new Set<number>();
    for (let kill = 0; kill < KILLS_A_DRILL; kill++) {
      const run = await runJob(folder, momentOfKill(number + kill, SEGMENTS - stored(folder).ids.length, random));
      if (run.asked === null) killed++;
      for (const id of run.acked) acked.add(id);
      const { ids, problem } = stored(folder), there = new Set(ids);
      expect({ problem, lost: [...acked].filter((id) => !there.has(id)) }).toEqual({ problem: null, lost: [] });
      for (const [name, text] of Object.entries(delivered(folder))) expect(text, name).toBe(wanted[name]);
    }
    const before = stored(folder).ids.length, last = await runJob(folder, null);
    expect({ errors: last.errors, delivered: delivered(folder), edits: stored(folder).edits }).toEqual({ errors: '', delivered: wanted, edits: SEGMENTS });
    expect(last.asked).toBeLessThanOrEqual(SEGMENTS - before);
    expect(readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  };
  // A run that ends before its moment was not killed: another takes its place.
  while (killed < KILLS) await Promise.all([drill(), drill()]);
});
