/**
 * Looks for counterexamples that the fixed seed of the tests has not: every file with a property, once for each seed. A failure
 * prints its seed; `BITEXT_SEED=... npx vitest run FILE` repeats it.
 *
 *   npm run test:properties [-- --rounds 20] [--seed 7]
 */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkout } from '../setup/places.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '20' }, seed: { type: 'string' } } });
const rounds = values.seed === undefined ? Number(values.rounds) : 1;
const files = globSync('{app,native-models,renderer/src}/**/*.test.ts', { cwd: checkout }).filter((file) => readFileSync(join(checkout, file), 'utf8').includes('fc.assert'));
const failing = [];
for (let round = 1; round <= rounds; round++) {
  const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(checkout, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...files], { cwd: checkout, encoding: 'utf8', maxBuffer: 2 ** 28, env: { ...process.env, BITEXT_SEED: String(seed) } });
  if (status !== 0) {
    failing.push(seed);
    console.log(stdout, stderr);
  }
  console.log(`round ${round} of ${rounds}, seed ${seed}: ${status === 0 ? 'held' : 'FAILED'}`);
}
console.log(`${files.length} files, ${rounds} seeds, ${failing.length} failed${failing.length > 0 ? `: ${failing.join(', ')}` : ''}`);
process.exitCode = failing.length > 0 ? 1 : 0;
