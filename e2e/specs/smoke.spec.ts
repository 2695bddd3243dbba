import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout } from '../../scripts/setup/places.mjs';
import { answerDialogs, askCore } from '../support/core-port.ts';
import { expect, openStudio, test } from '../support/studio.ts';
import { commandOf } from '../support/electron.ts';
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

test('a window whose process crashes comes back', async () => {
  const home = mkdtempSync(join(tmpdir(), 'bitext-crash-'));
  const { executable, args, env } = commandOf({ home, switches: ['-r', join(checkout, 'e2e', 'support', 'crash-window.cjs')] });
  const studio = spawn(executable, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  studio.stdout.on('data', (data) => { said += String(data); });
  const [code] = await once(studio, 'exit');
  expect({ code, said }).toEqual({ code: 0, said: '{"title":"Bitext Studio","another":true}\n' });
  rmSync(home, { recursive: true, force: true });
});

test('a project file among the arguments is opened by the window', async ({ studio }) => {
  const path = join(studio.home, 'letter.bitext');
  const source = join(studio.home, 'letter.txt');
  writeFileSync(source, 'Good morning.\n');
  await answerDialogs(studio.app, { open: [source], save: path });
  await studio.page.evaluate(async () => {
    await window.studio.native('dialog.openFiles', {});
    await window.studio.native('dialog.saveProject', { suggestedName: 'letter' });
  });
  const { project } = await askCore(studio.page, 'project.create', { path, name: 'letter', from: 'en', to: 'pt', inputs: [source] });
  await askCore(studio.page, 'project.close', { projectId: project.id });
  await studio.close();
  const again = await openStudio(studio.home, [path]);
  await expect(again.page.getByText('Good morning.').first()).toBeVisible();
  await again.close();
});
