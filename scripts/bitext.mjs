/** `npm run bitext -- COMMAND ...`: the command line from a checkout, with nothing of its own on stdout. */
import { existsSync, mkdirSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { cacheFolder, checkout } from './setup/places.mjs';

if (Number(process.versions.node.split('.')[0]) < 24 || !existsSync(join(checkout, 'node_modules', 'better-sqlite3'))) {
  process.stderr.write(`bitext is not set up yet (this is Node ${process.versions.node}). Set it up with:\n    npm run setup\n`);
  process.exit(3);
}
process.env.ORT_DISABLE_TELEMETRY = '1';
try {
  const compiled = join(cacheFolder(), 'compiled', process.versions.node);
  mkdirSync(compiled, { recursive: true });
  module.enableCompileCache(compiled);
} catch {
  // A cache that can't be written costs half a second at start and nothing else.
}
// npm runs scripts in the checkout; paths are meant from where the user stands.
if (process.env.npm_lifecycle_event === 'bitext' && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
const cli = join(checkout, 'app', 'cli', 'cli.ts');
process.argv[1] = cli;
await import(cli);
