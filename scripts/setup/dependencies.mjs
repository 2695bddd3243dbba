/** npm packages, Node 24 among them: installed when they differ from package-lock.json. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './places.mjs';
import { run, say, StepFailed, took } from './step.mjs';

const readPackages = (file) => { try { return JSON.parse(readFileSync(file, 'utf8')).packages ?? {}; } catch { return {}; } };

/** Packages that the lock file asks for and node_modules doesn't hold in that version; npm leaves out what isn't for this platform. */
export function missingPackages(folder) {
  const wanted = readPackages(join(folder, 'package-lock.json'));
  const installed = readPackages(join(folder, 'node_modules', '.package-lock.json'));
  return Object.entries(wanted)
    .filter(([path, entry]) => path !== '' && !entry.link && !(entry.optional || entry.os || entry.cpu || entry.peer) && installed[path]?.version !== entry.version)
    .map(([path]) => path.replace(/^.*node_modules\//, ''));
}

// onnxruntime-node's install script fetches CUDA libraries and fails the whole installation where it can't.
export const npmEnvironment = { ONNXRUNTIME_NODE_INSTALL: 'skip', npm_config_loglevel: 'error', npm_config_progress: 'false' };

export async function installDependencies() {
  const node = join(checkout, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const missing = missingPackages(checkout);
  if (missing.length === 0 && existsSync(node)) return 'npm packages are in place';
  const since = Date.now();
  const fresh = !existsSync(join(checkout, 'node_modules'));
  say(fresh ? 'installing npm packages (npm ci) ...' : `bringing npm packages up to date (npm install): ${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ' ...' : ''}`);
  const { code, tail } = await run('npm', fresh ? ['ci', '--no-audit', '--no-fund'] : ['install', '--no-audit', '--no-fund', '--no-save'], { cwd: checkout, env: npmEnvironment });
  if (code !== 0) throw new StepFailed(`npm ${fresh ? 'ci' : 'install'} failed:\n${tail}`, 'Check that npm reaches its registry (npm ping), then run the same command again.');
  if (!existsSync(node)) {
    // npm may leave out install scripts that were not approved; the script of `node` fetches its binary from the registry.
    const { code: rebuilt, tail: why } = await run('npm', ['rebuild', 'node', '--foreground-scripts'], { cwd: checkout, env: npmEnvironment });
    if (rebuilt !== 0 || !existsSync(node)) throw new StepFailed(`the npm package "node" did not bring its binary:\n${why}`, 'Run "npm rebuild node", or put Node 24 first on your PATH.');
  }
  return `npm packages installed in ${took(since)}`;
}
