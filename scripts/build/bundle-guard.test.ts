import { mkdtempSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { expect, test } from 'vitest';
import { bundleGuard, type Forbidden } from './bundle-guard.ts';

/** Builds entries out of these files, with a package `heavy` that is bundled and `outside` that is not. */
async function bundle(files: Readonly<Record<string, string>>, entries: readonly string[], rules: readonly Forbidden[]): Promise<void> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'bitext-guard-')));
  for (const [name, text] of Object.entries({ 'node_modules/heavy/index.js': 'console.log("heavy");', 'node_modules/heavy/package.json': '{"name":"heavy","main":"index.js"}', ...files })) {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  await build({ root, logLevel: 'silent', configFile: false, plugins: [bundleGuard(rules)], build: { write: false, rollupOptions: { input: entries.map((name) => join(root, name)), external: ['outside'] } } });
}

test('a bundled package is found behind another module', async () => {
  await expect(bundle({ 'a.js': 'import "./b.js";', 'b.js': 'import "heavy";' }, ['a.js'], [{ modules: ['heavy'] }])).rejects.toThrow(/a must not hold .*heavy/);
});

test('an external package is found, behind a dynamic import too', async () => {
  await expect(bundle({ 'a.js': 'import("./b.js");', 'b.js': 'import "outside"; console.log(1);' }, ['a.js'], [{ modules: ['outside'] }])).rejects.toThrow(/a must not hold outside/);
});

test('a folder of the repository is found by its path', async () => {
  await expect(bundle({ 'a.js': 'import "./app/core/x.js";', 'app/core/x.js': 'console.log(1);' }, ['a.js'], [{ modules: ['/app/core/'] }])).rejects.toThrow(/a must not hold/);
});

test('a rule for one entry leaves the others alone', async () => {
  const files = { 'a.js': 'import "outside"; import "./c.js";', 'b.js': 'import "./c.js";', 'c.js': 'console.log(1);' };
  await bundle(files, ['a.js', 'b.js'], [{ entries: ['b'], modules: ['outside', 'heavy'] }]);
  await expect(bundle(files, ['a.js', 'b.js'], [{ entries: ['a'], modules: ['outside'] }])).rejects.toThrow(/a must not hold outside/);
});
