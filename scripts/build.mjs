/** Builds main, hosts, command line, preload and window into out/ for the Electron in use. `--if-stale`: only when a source is newer. */
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { electronMajor } from './setup/electron.mjs';
import { locked } from './setup/lock.mjs';
import { checkout } from './setup/places.mjs';
import { run, say, took } from './setup/step.mjs';

const SOURCES = ['app', 'native-models', 'renderer', 'resources', 'scripts/build', 'electron.vite.config.ts', 'package.json', 'package-lock.json'];
const stamp = join(checkout, 'out', 'built');

/** The newest change of a file below `path`; tests don't count. */
function newest(path) {
  const info = statSync(path, { throwIfNoEntry: false });
  if (!info) return 0;
  if (!info.isDirectory()) return /\.test\.[jt]s$/.test(path) ? 0 : info.mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), info.mtimeMs);
}
const isFresh = () => {
  const built = statSync(stamp, { throwIfNoEntry: false });
  return built !== undefined && SOURCES.every((source) => newest(join(checkout, source)) <= built.mtimeMs);
};

const since = Date.now();
await locked(join(checkout, 'node_modules', '.cache', 'bitext-studio'), 'build', async () => {
  if (process.argv.includes('--if-stale') && isFresh()) return;
  rmSync(stamp, { force: true });
  const { code, head } = await run(process.execPath, [join(checkout, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'build', '--logLevel', 'warn'], {
    cwd: checkout, env: { ELECTRON_MAJOR_VER: String(electronMajor()), NODE_OPTIONS: '--max-old-space-size=2048', NO_COLOR: '1' },
  });
  if (code === 0) {
    writeFileSync(stamp, new Date(since).toISOString());
    say(`built in ${took(since)}`);
  } else {
    say(`the build failed:\n${head}`);
    process.exitCode = 1;
  }
});
