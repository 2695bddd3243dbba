/**
 * better-sqlite3 ships binaries of Node-API 10 (Node 22, Electron 36 and later); on an older Electron they end the process
 * without a word. For such a one it is built from its own source, with the level left open, and kept beside the shipped one.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { putInPlace } from './files.mjs';
import { locked } from './lock.mjs';
import { cacheFolder, checkout, readFindings, writeFindings } from './places.mjs';
import { run, say, StepFailed, took } from './step.mjs';

const FIRST_ELECTRON_WITH_LEVEL_10 = 36;
const packageFolder = join(checkout, 'node_modules', 'better-sqlite3');

export async function buildSqlite() {
  const electron = readFindings().electron;
  if (!electron) { writeFindings({ sqlite: { binding: null } }); return 'SQLite for Node is in place'; }
  if (Number.parseInt(electron.version, 10) >= FIRST_ELECTRON_WITH_LEVEL_10) { writeFindings({ sqlite: { binding: null } }); return 'SQLite for Node and Electron is in place'; }
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  const binding = join(cacheFolder(), 'better-sqlite3', `${version}-${process.platform}-${process.arch}-any-level`, 'better_sqlite3.node');
  if (existsSync(binding)) { writeFindings({ sqlite: { binding } }); return `SQLite for Electron ${electron.version} is in place`; }
  const since = Date.now();
  await locked(cacheFolder(), 'better-sqlite3', () => (existsSync(binding) ? null : build(binding, electron.version)));
  writeFindings({ sqlite: { binding } });
  return `SQLite for Electron ${electron.version} built in ${took(since)}`;
}

async function build(binding, electronVersion) {
  const advice = `Install a C++ compiler, make and python3 (Debian: apt-get install -y build-essential python3), or use Electron ${FIRST_ELECTRON_WITH_LEVEL_10} or later, which needs no build. The command line (npm run bitext) works without this.`;
  const work = join(cacheFolder(), 'better-sqlite3', `making-${process.pid}`);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(join(work, 'done'), { recursive: true });
  try {
    say(`building better-sqlite3 for Electron ${electronVersion}, about a minute ...`);
    const source = join(work, 'node_modules', 'better-sqlite3');
    cpSync(packageFolder, source, { recursive: true, filter: (path) => !path.includes('prebuilds') });
    cpSync(join(checkout, 'node_modules', 'node-addon-api'), join(work, 'node_modules', 'node-addon-api'), { recursive: true });
    const gyp = join(source, 'binding.gyp');
    const levelled = readFileSync(gyp, 'utf8').replace("'NAPI_VERSION=10'", "'NAPI_EXPERIMENTAL', 'NODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT'");
    if (!levelled.includes('NAPI_EXPERIMENTAL')) throw new StepFailed("better-sqlite3's binding.gyp no longer names its Node-API level as this build expects", 'Pin better-sqlite3 to a version that does, or use a newer Electron.');
    writeFileSync(gyp, levelled);
    const env = { npm_config_nodedir: headersPrefix(), MAKEFLAGS: `-j${Math.max(2, cpus().length)}` };
    if (env.npm_config_nodedir === undefined) delete env.npm_config_nodedir;
    const { code, tail } = await run(process.execPath, [join(checkout, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js'), 'rebuild', '--release', '--force_build=1'], { cwd: source, env, timeout: 15 * 60_000 });
    const built = join(source, 'build', 'Release', 'better_sqlite3.node');
    if (code !== 0 || !existsSync(built)) throw new StepFailed(`better-sqlite3 could not be built:\n${tail}`, advice);
    cpSync(built, join(work, 'done', 'better_sqlite3.node'));
    const tried = await run(process.execPath, ['-e', `new (require(${JSON.stringify(packageFolder)}))(':memory:', { nativeBinding: ${JSON.stringify(join(work, 'done', 'better_sqlite3.node'))} }).exec('CREATE VIRTUAL TABLE t USING fts5(x)')`]);
    if (tried.code !== 0) throw new StepFailed(`the better-sqlite3 that was built does not run:\n${tried.tail}`, advice);
    await putInPlace(join(work, 'done'), dirname(binding));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The prefix of a Node whose headers are on this machine, so that node-gyp need not download them: npm's own setting, else the running Node's. */
function headersPrefix() {
  const prefixes = [process.env.npm_config_nodedir, dirname(dirname(process.execPath)), '/usr', '/usr/local'];
  return prefixes.find((prefix) => prefix && existsSync(join(prefix, 'include', 'node', 'node_api.h')));
}
