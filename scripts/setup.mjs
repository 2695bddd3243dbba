/**
 * Sets up a fresh checkout; plain Node 20 without dependencies, quick when nothing is to do.
 *
 *   node scripts/setup.mjs [--only a,b] [--skip a,b] [--keep-going] [--retry-electron] [--quiet]
 *
 * Steps: packages, libraries, electron, sqlite, models. `--keep-going`: a step that fails is told and the others go on.
 * Exit code 0 when every step succeeded, 3 when one could not.
 */
import { installDependencies } from './setup/dependencies.mjs';
import { installElectron } from './setup/electron.mjs';
import { installModels } from './setup/models.mjs';
import { locked } from './setup/lock.mjs';
import { cacheFolder } from './setup/places.mjs';
import { buildSqlite } from './setup/sqlite.mjs';
import { say, StepFailed } from './setup/step.mjs';
import { installSystemLibraries } from './setup/system-libraries.mjs';

const args = process.argv.slice(2);
const list = (flag) => { const at = args.indexOf(flag); return at < 0 ? null : (args[at + 1] ?? '').split(','); };
const [only, skip, keepGoing, quiet] = [list('--only'), list('--skip') ?? [], args.includes('--keep-going'), args.includes('--quiet')];

const steps = {
  packages: installDependencies,
  libraries: installSystemLibraries,
  electron: () => installElectron({ force: args.includes('--retry-electron') }),
  sqlite: buildSqlite,
  models: () => installModels(),
};
const unknown = [...(only ?? []), ...skip].find((name) => !Object.hasOwn(steps, name));
if (unknown !== undefined || Number(process.versions.node.split('.')[0]) < 20) {
  say(unknown === undefined ? `Node ${process.versions.node} is too old: set-up needs Node 20 or later (https://nodejs.org, or your distribution's package).` : `there is no step "${unknown}"; there are ${Object.keys(steps).join(', ')}`);
  process.exit(2);
}

const failed = [];
await locked(cacheFolder(), 'setup', async () => {
  for (const [name, step] of Object.entries(steps)) {
    if (skip.includes(name) || (only && !only.includes(name))) continue;
    try {
      const done = await step();
      if (!quiet) say(done);
    } catch (error) {
      failed.push(name);
      say(`${name}: ${error instanceof StepFailed ? error.message : error.stack}`);
      if (error instanceof StepFailed) say(`what to do: ${error.advice}`);
      if (!keepGoing) break;
    }
  }
});
if (failed.length > 0) {
  say(`not set up: ${failed.join(', ')}`);
  process.exitCode = 3;
}
