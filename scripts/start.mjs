/** Opens the studio's window from a checkout; arguments go to it (a .bitext file, for one). */
import { spawn, spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { checkout, modelsFolder, readFindings } from './setup/places.mjs';

const built = spawnSync(process.execPath, [join(checkout, 'scripts', 'build.mjs'), '--if-stale'], { stdio: 'inherit' });
if (built.status !== 0) process.exit(built.status ?? 1);

const { electron, sqlite } = readFindings();
if (!electron) {
  console.error('There is no Electron yet: "npm run setup" gets it, or says what is missing.');
  process.exit(3);
}
const asRoot = process.platform === 'linux' && process.getuid?.() === 0;
if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
  console.error('There is no display here. Start it from a desktop, or with: xvfb-run -a npm start');
  process.exit(3);
}
const env = { ...process.env, BITEXT_MODELS: modelsFolder(), ...(sqlite?.binding ? { BITEXT_SQLITE_BINDING: sqlite.binding } : {}) };
// npm runs scripts in the checkout; a path is meant from where the user stands.
const args = process.argv.slice(2).map((argument) => (argument.startsWith('-') ? argument : resolve(process.env.INIT_CWD ?? '.', argument)));
// Chromium refuses to sandbox for root; anybody else gets the sandbox.
const child = spawn(electron.executable, [...(asRoot ? ['--no-sandbox'] : []), checkout, ...args], { stdio: 'inherit', env });
child.on('exit', (code, signal) => { process.exitCode = code ?? (signal ? 1 : 0); });
