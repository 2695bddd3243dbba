/** transformer-base of the OPUS-MT shape, 8 bit: our engine beside its peers on the same seeded weights and token ids. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { checkout } from '../../setup/places.mjs';
import { benchFolder, installTransformerPeers } from '../peers.mjs';

const TOKENS = 32, SOURCE = 30;
const CASES = [
  { beam: 4, batch: 16, sentences: 64 },
  { beam: 1, batch: 16, sentences: 64 },
  { beam: 4, batch: 1, sentences: 6 },
  { beam: 1, batch: 1, sentences: 12 },
];

/** Prints the table; what was measured comes back: target tokens a second of processor time, of each engine's best round. */
export function benchTransformer(rounds) {
  const scripts = join(checkout, 'scripts', 'bench', 'transformer'), folder = join(benchFolder(), 'transformer-base');
  const engines = [{ name: 'Bitext Studio', command: [process.execPath, join(scripts, 'bitext.ts')] }, ...installTransformerPeers()];
  const made = spawnSync(process.execPath, [join(scripts, 'base-model.ts'), folder], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`The model for the bench could not be written: ${made.stderr || made.error?.message}`);

  // A fixed sequence of ids, each source ended by id 0.
  let state = 1;
  const id = () => { state = (state * 48271) % 2147483647; return 2 + (state % 58000); };
  const sources = Array.from({ length: Math.max(...CASES.map(({ sentences }) => sentences)) }, () => [...Array.from({ length: SOURCE - 1 }, id), 0]);
  const job = JSON.stringify({ folder, precision: 'int8', sources, tokens: TOKENS, cases: CASES });

  const runs = engines.map(() => []);
  for (let round = 1; round <= rounds; round++) for (const [at, { name, command, why }] of engines.entries()) {
    if (!command) { runs[at].push({ why }); continue; }
    process.stderr.write(`transformer-base, round ${round} of ${rounds}: ${name}\n`);
    const run = spawnSync(command[0], command.slice(1), { input: job, encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, ORT_DISABLE_TELEMETRY: '1', OMP_NUM_THREADS: '1' } });
    try { runs[at].push(JSON.parse(run.stdout.trim().split('\n').at(-1))); } catch { runs[at].push({ why: (run.stderr || run.error?.message || 'it printed nothing').trim().split('\n').at(-1) }); }
  }

  const rows = CASES.map(({ beam, batch }, index) => ({ beam, batch, cells: engines.map((_, at) => {
    const measured = runs[at].map((run) => run.cases?.[index]).filter((one) => one?.cpuSeconds);
    if (measured.length === 0) return { why: runs[at][0]?.why ?? runs[at][0]?.cases?.[index]?.why };
    const tokens = measured[0].outputs.reduce((sum, output) => sum + output.length, 0);
    return { perCpuSecond: tokens / Math.min(...measured.map((one) => one.cpuSeconds)), perSecond: tokens / Math.min(...measured.map((one) => one.seconds)) };
  }) }));
  const [, ...peers] = engines;
  console.log(`\nTransformer-base of the OPUS-MT shape (512/2,048/8 heads/6+6, 58,101 tokens), seeded weights, int8, ${SOURCE} source and ${TOKENS} target tokens: target tokens per second of processor time, one thread each; best of ${rounds} rounds\n`);
  console.log(`| search | Bitext Studio | ${peers.map(({ name }) => `${name} | ours is`).join(' | ')} |\n|---|---:|${'---:|---:|'.repeat(peers.length)}`);
  for (const { beam, batch, cells: [ours, ...others] } of rows) {
    const number = (cell) => (cell.perCpuSecond ? Math.round(cell.perCpuSecond).toLocaleString('en') : `not measured: ${cell.why}`);
    console.log(`| ${beam === 1 ? 'greedy' : `beam ${beam}`}, ${batch === 1 ? 'one sentence' : `${batch} sentences`} a batch | ${number(ours)} | ${others.map((cell) => `${number(cell)} | ${cell.perCpuSecond && ours.perCpuSecond ? `${(ours.perCpuSecond / cell.perCpuSecond).toFixed(2)}x` : ''}`).join(' | ')} |`);
  }
  const memory = runs.map((all) => Math.min(...all.map((run) => run.residentBytes ?? Infinity)));
  console.log(`\nResident memory: ${engines.map(({ name }, at) => `${name} ${Number.isFinite(memory[at]) ? `${Math.round(memory[at] / 2 ** 20).toLocaleString('en')} MiB` : 'not measured'}`).join(', ')}`);
  return { engines: engines.map(({ name }) => name), rows, memory };
}
