/** Types, one program a platform, so that no file sees what its platform lacks: no DOM in the core, no Node in the window. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { checkout } from './setup/places.mjs';

const run = (args) => new Promise((resolve) => {
  const child = spawn(process.execPath, args.map((arg, at) => (at === 0 ? join(checkout, 'node_modules', arg) : arg)), { cwd: checkout, stdio: 'inherit' });
  child.on('exit', (code) => { resolve(code ?? 1); });
});

let failed = 0;
for (const platform of ['shared', 'node', 'preload', 'e2e']) failed |= await run(['typescript/bin/tsc', '-p', `tsconfig.${platform}.json`]);
failed |= await run(['svelte-check/bin/svelte-check', '--tsconfig', './tsconfig.renderer.json', '--fail-on-warnings', '--output', 'human-verbose']);
process.exitCode = failed === 0 ? 0 : 1;
