import { readFileSync } from 'node:fs';
import { expect, test } from '../support/studio.ts';
import { killHost, pidOf } from '../support/processes.ts';

test('the window opens with both processes behind it, quietly, and asks nothing of the network', async ({ studio }) => {
  await expect(studio.page).toHaveTitle(/Bitext Studio/u);
  await expect(studio.page.locator('body')).not.toBeEmpty();
  expect(await pidOf(studio.app, 'core')).not.toBeNull();
  expect(await pidOf(studio.app, 'engine')).not.toBeNull();
  expect(studio.page.url()).toBe('app://bitext/index.html');
  expect(readFileSync(studio.log, 'utf8')).toContain('main: Bitext Studio 0.1.0');
});

test('the engine and the core are started again when they are killed, and main lives', async ({ studio }) => {
  const main = await studio.app.evaluate(() => process.pid);
  const engine = await killHost(studio.app, 'engine');
  const core = await killHost(studio.app, 'core');
  expect(engine).not.toBe(core);
  expect(await studio.app.evaluate(() => process.pid)).toBe(main);
  expect(readFileSync(studio.log, 'utf8').match(/(core|engine): started/gu)).toHaveLength(4);
});
