/**
 * `npm run bench:training`: what training here computes and how fast, beside PyTorch. Each part is a program of its own in
 * scripts/bench/training and prints its table; what was asked and found comes in one table at the end. A part that fails makes
 * the whole fail, after the others.
 *
 *   node scripts/bench/training.mjs [--only gradients,rnn,gru,finetune,families,from-scratch,adaptation] [--python PATH of one that has torch and transformers] [-- options of the parts]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout } from '../setup/places.mjs';
import { installTorch, installTransformers } from './peers.mjs';

const words = process.argv.slice(2), cut = words.includes('--') ? words.indexOf('--') : words.length;
const option = (name) => { const at = words.slice(0, cut).indexOf(`--${name}`); return at < 0 ? undefined : words[at + 1]; };
const PARTS = [
  { name: 'gradients', file: 'gradients.ts' },
  { name: 'rnn', file: 'rnn.ts' },
  { name: 'gru', file: 'gru.ts', peer: installTorch },
  { name: 'finetune', file: 'finetune.ts' },
  { name: 'families', file: 'families.ts', peer: installTransformers },
  { name: 'from-scratch', file: 'from-scratch.ts' },
  { name: 'adaptation', file: '../adaptation/measure.ts' },
];
const only = option('only')?.split(',');
const unknown = only?.filter((name) => !PARTS.some((part) => part.name === name)) ?? [];
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}; there are ${PARTS.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}

console.log(`${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model.trim()}`);
const told = mkdtempSync(join(tmpdir(), 'bitext-bench-training-'));
const summary = [];
let failed = 0;
for (const { name, file, peer: install } of PARTS.filter((part) => only === undefined || only.includes(part.name))) {
  console.log(`\n## ${name}\n`);
  const peer = install === undefined ? undefined : option('python') ? { python: option('python') } : install();
  if (peer?.why !== undefined) {
    console.log(`not measured: its peer can't be had: ${peer.why}`);
    summary.push({ what: name, asked: '', got: 'not measured', met: false });
    failed++;
    continue;
  }
  const findings = join(told, `${name}.jsonl`);
  const run = spawnSync(process.execPath, [join(checkout, 'scripts', 'bench', 'training', file), ...(peer ? [peer.python] : []), ...words.slice(cut + 1)], { stdio: 'inherit', env: { ...process.env, ORT_DISABLE_TELEMETRY: '1', BITEXT_TRAINING_SUMMARY: findings } });
  if (run.status !== 0) failed++;
  const found = existsSync(findings) ? readFileSync(findings, 'utf8').trim().split('\n').map((line) => JSON.parse(line)) : [];
  summary.push(...(found.length > 0 ? found : [{ what: name, asked: '', got: run.status === 0 ? 'ran; see its table' : 'failed', met: run.status === 0 ? null : false }]));
}
rmSync(told, { recursive: true, force: true });

console.log('\n## Asked and got\n\n| what | asked | got | |\n|---|---|---|---|');
for (const { what, asked, got, met } of summary) console.log(`| ${what} | ${asked} | ${got} | ${met === null ? '' : met ? 'met' : 'NOT MET'} |`);
process.exitCode = failed === 0 && summary.every(({ met }) => met !== false) ? 0 : 1;
