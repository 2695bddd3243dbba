/**
 * `npm run bench:training`: what training here computes and how fast, beside PyTorch. Each part is a program of its own in
 * scripts/bench/training and prints its table; a part that fails makes the whole fail, after the others.
 *
 *   node scripts/bench/training.mjs [--only gradients,rnn,gru,finetune,from-scratch,adaptation] [--python PATH of one that has torch] [-- options of the parts]
 */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { checkout } from '../setup/places.mjs';
import { installTorch } from './peers.mjs';

const words = process.argv.slice(2), cut = words.includes('--') ? words.indexOf('--') : words.length;
const option = (name) => { const at = words.slice(0, cut).indexOf(`--${name}`); return at < 0 ? undefined : words[at + 1]; };
const only = option('only')?.split(',');
const PARTS = [
  { name: 'gradients', file: 'gradients.ts' },
  { name: 'rnn', file: 'rnn.ts' },
  { name: 'gru', file: 'gru.ts', torch: true },
  { name: 'finetune', file: 'finetune.ts' },
  { name: 'from-scratch', file: 'from-scratch.ts' },
  { name: 'adaptation', file: '../adaptation/measure.ts' },
];

console.log(`${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model.trim()}`);
let failed = 0;
for (const { name, file, torch } of PARTS.filter((part) => only === undefined || only.includes(part.name))) {
  console.log(`\n## ${name}\n`);
  const peer = !torch ? undefined : option('python') ? { python: option('python') } : installTorch();
  if (peer?.why !== undefined) { console.log(`not measured: PyTorch can't be had: ${peer.why}`); failed++; continue; }
  const run = spawnSync(process.execPath, [join(checkout, 'scripts', 'bench', 'training', file), ...(peer ? [peer.python] : []), ...words.slice(cut + 1)], { stdio: 'inherit', env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' } });
  if (run.status !== 0) failed++;
}
process.exitCode = failed === 0 ? 0 : 1;
