/**
 * Everything that must hold, in order of cost: lint, types, unit tests, the build, the real window. Every stage runs though an
 * earlier one failed; the last line sums the tests up. A stage that fails without a test's name counts as one failure.
 *
 *   node scripts/test.mjs [--only lint,types,unit,build,window]
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, readFindings } from './setup/places.mjs';

const tool = (...path) => join(checkout, 'node_modules', ...path);
const node = process.execPath;
const reports = tool('.cache', 'bitext-studio', 'reports');
const at = process.argv.indexOf('--only');
const only = at < 0 ? null : (process.argv[at + 1] ?? '').split(',');

function run(program, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: checkout, stdio: 'inherit', env: { ...process.env, ORT_DISABLE_TELEMETRY: '1', ...env } });
    child.on('error', (error) => { console.error(error.message); resolve(1); });
    child.on('exit', (code, signal) => { resolve(code ?? signal); });
  });
}
const readReport = (file) => { try { return JSON.parse(readFileSync(join(reports, file), 'utf8')); } catch { return null; } };

async function unit() {
  const code = await run(node, [tool('vitest', 'vitest.mjs'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${join(reports, 'unit.json')}`]);
  const report = readReport('unit.json');
  return { code, passed: report?.numPassedTests ?? 0, failed: report?.numFailedTests ?? 0, skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0) };
}

async function window() {
  if (!readFindings().electron) {
    console.error('There is no Electron on this machine: the tests of the window could not run. "npm run setup" says what is missing.');
    return { code: 3 };
  }
  const playwright = [node, tool('@playwright', 'test', 'cli.js'), 'test'];
  const headless = process.platform === 'linux' && !process.env.DISPLAY;
  const [program, ...args] = headless ? ['xvfb-run', '-a', '--server-args=-screen 0 1600x1000x24', ...playwright] : playwright;
  const code = await run(program, args, { PLAYWRIGHT_JSON_OUTPUT_FILE: join(reports, 'window.json') });
  const stats = readReport('window.json')?.stats;
  return { code, passed: (stats?.expected ?? 0) + (stats?.flaky ?? 0), failed: stats?.unexpected ?? 0, skipped: stats?.skipped ?? 0 };
}

const stages = {
  lint: async () => ({ code: await run(node, [tool('eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0']) }),
  types: async () => ({ code: await run(node, ['scripts/typecheck.mjs']) }),
  unit,
  build: async () => ({ code: await run(node, ['scripts/build.mjs']) }),
  window,
};

mkdirSync(reports, { recursive: true });
for (const file of ['unit.json', 'window.json']) rmSync(join(reports, file), { force: true });
const sum = { passed: 0, failed: 0, skipped: 0 };
for (const [name, stage] of Object.entries(stages)) {
  if (only && !only.includes(name)) continue;
  const since = Date.now();
  console.log(`\n=== ${name}`);
  const { code, passed = 0, failed = 0, skipped = 0 } = await stage();
  sum.passed += passed;
  sum.failed += code !== 0 && failed === 0 ? 1 : failed;
  sum.skipped += skipped;
  console.log(`=== ${name}: ${code === 0 ? 'passed' : `failed (${code})`} after ${Math.round((Date.now() - since) / 1000)} s`);
}
console.log(`\n${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}`);
process.exitCode = sum.failed > 0 ? 1 : 0;
