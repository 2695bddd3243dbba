/**
 * `npm run bench`: the studio's engine against its peers, on the same weights and text, in one run. Prints one table; every
 * figure in it was measured in this run. Rounds alternate between the engines, and each keeps its best round: noise of the
 * machine only ever slows.
 *
 *   node scripts/bench.mjs [--rounds 3] [--sentences 400] [--only students|beam|transformer] [--json FILE]
 */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, modelsFolder } from './setup/places.mjs';
import { benchFolder, installPeers, nativeMarian } from './bench/peers.mjs';
import { benchTransformer } from './bench/transformer/table.mjs';

const option = (name, fallback) => { const at = process.argv.indexOf(`--${name}`); return at < 0 ? fallback : process.argv[at + 1]; };
const rounds = Number(option('rounds', 3)), count = Number(option('sentences', 400));

/** Sentences of FLORES dev where the shared data is at hand, else those of our own samples. */
function sentences() {
  const flores = join(process.env.BITEXT_TEST_DATA ?? join(checkout, '..', 'shared', 'data'), 'parallel', 'flores-dev.en-pt.tsv');
  if (existsSync(flores)) return { name: 'FLORES-101 dev', lines: readFileSync(flores, 'utf8').split('\n').map((line) => line.split('\t')[0]).filter(Boolean) };
  const text = ['letter.txt', 'manual/pump-manual.md'].map((file) => readFileSync(join(checkout, 'resources', 'samples', file), 'utf8')).join('\n\n');
  return { name: 'resources/samples', lines: text.split(/\n\s*\n/).flatMap((paragraph) => paragraph.replace(/\s+/g, ' ').split(/(?<=[.!?]) /)).filter((line) => line.split(' ').length > 4) };
}

/** One segment of 20 words, in 30 versions so that no cache answers. */
const single = Array.from({ length: 30 }, (_, i) => `The supplier shall deliver the ${i + 11} pumps to the address of the buyer within thirty working days of the order.`);
/** The default model, engine beside engine. */
function benchStudents() {
  const corpus = sentences();
  const lines = Array.from({ length: count }, (_, i) => corpus.lines[i % corpus.lines.length] + (i < corpus.lines.length ? '' : ` (${i})`));
  const words = lines.reduce((sum, line) => sum + line.split(/\s+/).length, 0);
  const job = JSON.stringify({ model: join(modelsFolder(), 'enpt-1693087644'), warm: corpus.lines.slice(-count), batch: lines, single });

  const engines = [{ name: 'Bitext Studio', command: [process.execPath, join(checkout, 'scripts', 'bench', 'bitext.ts')] }, ...installPeers()];
  const results = new Map(engines.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round++) for (const { name, command, why } of engines) {
    if (!command) { results.get(name).push({ why }); continue; }
    process.stderr.write(`round ${round} of ${rounds}: ${name}\n`);
    const run = spawnSync(command[0], command.slice(1), { input: job, encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, ORT_DISABLE_TELEMETRY: '1', OMP_NUM_THREADS: '1' } });
    try { results.get(name).push(JSON.parse(run.stdout.trim().split('\n').at(-1))); } catch { results.get(name).push({ why: (run.stderr || run.error?.message || 'it printed nothing').trim().split('\n').at(-1) }); }
  }

  const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
  const rows = engines.map(({ name }) => {
    const runs = results.get(name).filter((run) => run.cpuSeconds);
    if (runs.length === 0) return { name, why: results.get(name)[0]?.why };
    return { name, wordsPerCpuSecond: words / Math.min(...runs.map((run) => run.cpuSeconds)), wordsPerSecond: words / Math.min(...runs.map((run) => run.seconds)), latency: Math.min(...runs.map((run) => median(run.latencies))), rss: Math.min(...runs.map((run) => run.residentBytes)) };
  });
  const [ours] = rows;
  const number = (value) => Math.round(value).toLocaleString('en');
  console.log(`\n${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model.trim()}, one thread each, ${lines.length} sentences (${number(words)} words) of ${corpus.name}, English to Portuguese, tiny student enpt-1693087644; best of ${rounds} rounds\n`);
  console.log('| engine | words/s per core (CPU time) | ours is | words/s (wall) | 20-word segment | ours is | memory |\n|---|---:|---:|---:|---:|---:|---:|');
  for (const row of rows) {
    if (row.why !== undefined || !row.latency) console.log(`| ${row.name} | not measured: ${row.why} | | | | | |`);
    else console.log(`| ${row.name} | ${number(row.wordsPerCpuSecond)} | ${row === ours ? '' : `${(ours.wordsPerCpuSecond / row.wordsPerCpuSecond).toFixed(1)}x`} | ${number(row.wordsPerSecond)} | ${row.latency.toFixed(1)} ms | ${row === ours ? '' : `${(row.latency / ours.latency).toFixed(1)}x`} | ${number(row.rss / 2 ** 20)} MiB |`);
  }
  return { corpus: corpus.name, sentences: lines.length, words, rows };
}

/** The default model again with four hypotheses and the whole vocabulary, beside the only peer that has such a search. */
function benchBeam() {
  const beam = 4, corpus = sentences(), lines = corpus.lines.slice(0, Math.min(count, 100));
  const words = lines.reduce((sum, line) => sum + line.split(/\s+/).length, 0);
  const job = JSON.stringify({ model: join(modelsFolder(), 'enpt-1693087644'), warm: corpus.lines.slice(-16), batch: lines, single: [], beam });
  const engines = [{ name: 'Bitext Studio', command: [process.execPath, join(checkout, 'scripts', 'bench', 'beam.ts')] }, nativeMarian(benchFolder())];
  const rows = engines.map(({ name, why }) => ({ name, why, cpuSeconds: Infinity }));
  for (let round = 1; round <= rounds; round++) for (const [index, { command }] of engines.entries()) {
    if (!command) continue;
    process.stderr.write(`beam ${beam}, round ${round} of ${rounds}: ${rows[index].name}\n`);
    const run = spawnSync(command[0], command.slice(1), { input: job, encoding: 'utf8', env: { ...process.env, ORT_DISABLE_TELEMETRY: '1', OMP_NUM_THREADS: '1' } });
    try { rows[index].cpuSeconds = Math.min(rows[index].cpuSeconds, JSON.parse(run.stdout.trim().split('\n').at(-1)).cpuSeconds); } catch { rows[index].why ??= (run.stderr || run.error?.message || 'it printed nothing').trim().split('\n').at(-1); }
  }
  console.log(`\nBeam ${beam} without shortlist, ${lines.length} sentences (${words} words), the same student\n\n| engine | words/s per core (CPU time) | ours is |\n|---|---:|---:|`);
  for (const { name, why, cpuSeconds } of rows) console.log(cpuSeconds === Infinity ? `| ${name} | not measured: ${why} | |` : `| ${name} | ${Math.round(words / cpuSeconds).toLocaleString('en')} | ${name === rows[0].name ? '' : `${(cpuSeconds / rows[0].cpuSeconds).toFixed(2)}x`} |`);
  return rows.map(({ name, why, cpuSeconds }) => ({ name, ...(cpuSeconds === Infinity ? { why } : { wordsPerCpuSecond: words / cpuSeconds }) }));
}

const only = option('only');
const asked = (part) => only === undefined || only === part;
const students = asked('students') ? benchStudents() : {};
const beam = asked('beam') ? benchBeam() : [];
const transformer = asked('transformer') ? benchTransformer(rounds) : {};
const file = option('json');
if (file) writeFileSync(file, `${JSON.stringify({ date: new Date().toISOString(), machine: cpus()[0]?.model.trim(), rounds, ...students, beam, transformer }, null, 2)}\n`);
