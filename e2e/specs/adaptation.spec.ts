import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AdaptationDialog } from '../pages/adaptation-dialog.ts';
import { StartPage } from '../pages/start-page.ts';
import { faults } from '../support/accessibility.ts';
import { expect, test, withStudio } from '../support/studio.ts';
import { writeToyStudent } from '../support/toy-student.ts';

test('suggestions follow what is confirmed, once that is turned on; what was learned is listed and taken back', async ({ studio }) => {
  const { page, home } = studio;
  const source = join(home, 'valve.txt');
  writeFileSync(source, ['Close the drain valve of the pump.', 'Check the drain valve of the tank.', 'It is raining.'].join('\n\n'));
  const editor = await new StartPage(studio).createProject([source]);
  const state = page.getByTestId('adaptation');
  await expect(state).toHaveText('learning off');
  await editor.choose(1);
  await expect(editor.suggestion).not.toBeEmpty({ timeout: 180_000 });
  await page.keyboard.type('Feche o purgador da bomba.');
  await editor.press('Control+Enter');
  await expect(editor.stateOf(1)).toContainText('Confirmed');

  await editor.press('Control+Shift+A');
  const dialog = new AdaptationDialog(studio);
  await expect(dialog.switch).not.toBeChecked();
  await expect(dialog.state).toHaveText('Off: suggestions come from the model alone.');
  await expect(dialog.segments).toHaveText([/1.*Close the drain valve of the pump\..*Feche o purgador da bomba\./su]);
  // A way can be chosen beforehand, and stays.
  await dialog.way(/^Both/u).check();
  await expect(dialog.way(/^Both/u)).toBeChecked();
  await dialog.way(/^By memory/u).check();
  await expect(dialog.way(/^By memory/u)).toBeChecked();
  await dialog.switch.focus();
  await editor.press('Space');
  await expect(dialog.switch).toBeChecked();
  // The switch was not to be pressed while it was on its way; it has the keyboard again.
  await expect(dialog.switch).toBeFocused();
  await expect(dialog.state).toContainText('On. Whether it helps is measured with each segment that you confirm');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await faults(page)).toEqual([]);
    await page.screenshot({ path: join(process.env['BITEXT_PICTURES'] ?? home, `adaptation-${colorScheme}.png`) });
  }
  await editor.press('Escape');
  await expect(state).toHaveText('learns from 1 confirmed');

  // The next segment speaks as the first one does; without it, it does not.
  await editor.choose(3);
  await editor.choose(2);
  await expect(editor.suggestion).toContainText('purgador', { timeout: 180_000 });
  await editor.press('Control+Shift+A');
  await dialog.button('Take segment 1 back').click();
  await expect(dialog.dialog.getByText('Nothing is learned yet. What you confirm is learned')).toBeVisible();
  await editor.press('Escape');
  await editor.choose(3);
  await editor.choose(2);
  await expect(editor.suggestion).toContainText('tanque', { timeout: 180_000 });
  await expect(editor.suggestion).not.toContainText('purgador');
  await editor.command('Let suggestions follow what you confirm: on or off');
  await expect(state).toHaveText('learning off');
});

test('twenty thousand learned segments are gone through by the keyboard, and lead to their place', async ({ studio }) => {
  const { home } = studio;
  const source = join(home, 'done.xlf');
  const units = Array.from({ length: 20_000 }, (_, i) => `<trans-unit id="${i}"><source>Part ${i}</source><target state="translated">Peça ${i}</target></trans-unit>`);
  writeFileSync(source, `<?xml version="1.0"?><xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"><file original="a" source-language="en" target-language="pt" datatype="plaintext"><body>${units.join('')}</body></file></xliff>`);
  const editor = await new StartPage(studio).createProject([source]);
  await expect(editor.chip('Confirmed')).toHaveText('Confirmed 20,000', { timeout: 180_000 });
  await editor.press('Control+Shift+A');
  const dialog = new AdaptationDialog(studio);
  await expect(dialog.segments.first()).toHaveAttribute('aria-setsize', '20000', { timeout: 180_000 });
  expect(await dialog.segments.count()).toBeLessThan(60);
  await dialog.segments.first().getByRole('button').first().focus();
  await editor.press('End');
  await expect(dialog.segments.last()).toHaveAttribute('aria-posinset', '20000');
  await expect(dialog.segments.last()).toContainText('Peça');
  await expect(dialog.segments.last().getByRole('button').first()).toBeFocused();
  const number = await dialog.segments.last().getByRole('button').first().innerText();
  await editor.press('Enter');
  await expect(dialog.dialog).toBeHidden();
  await expect(editor.activeRow.getByRole('rowheader')).toHaveText(number);
});

test.describe('with a model that learns in seconds', () => {
  test('it learns in steps, which are listed with their segments and taken back', async ({}) => {
    let corpus = '';
    await withStudio(async (home) => {
      ({ corpus } = await writeToyStudent(join(home, 'shared')));
      return { BITEXT_MODELS: join(home, 'shared'), BITEXT_CACHE: join(home, 'cache') };
    }, async (studio) => {
      const { page, home } = studio;
      const pairs = [...new Map(readFileSync(corpus, 'utf8').trim().split('\n').map((line): [string, string] => { const [from = '', to = ''] = line.split('\t'); return [from, to]; }))].slice(0, 20);
      const source = join(home, 'zoo.po');
      writeFileSync(source, ['msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"', ...pairs.map(([from, to]) => `msgid "${from}"\nmsgstr "${to}"`)].join('\n\n'));
      const editor = await new StartPage(studio).createProject([source]);
      await expect(editor.chip('Confirmed')).toHaveText('Confirmed 20');
      await editor.press('Control+Shift+A');
      const dialog = new AdaptationDialog(studio);
      await dialog.way(/^By steps/u).check();
      await dialog.switch.click();
      await expect(dialog.switch).toBeChecked();
      // Of 20 segments two are held out; eight make a step, and the last two wait to be asked for.
      await expect(dialog.button('2 steps')).toBeVisible({ timeout: 120_000 });
      await dialog.button('Learn them now').click();
      await expect(dialog.button('3 steps')).toBeVisible({ timeout: 120_000 });
      await dialog.button('3 steps').click();
      await expect(dialog.steps).toHaveText([/Step 3 kept.*2 segments/su, /Step 2 kept.*8 segments/su, /Step 1 kept.*8 segments/su]);
      await dialog.steps.first().getByText('2 segments').click();
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await faults(page)).toEqual([]);
        await page.screenshot({ path: join(process.env['BITEXT_PICTURES'] ?? home, `steps-${colorScheme}.png`) });
      }
      await dialog.button('Take step 3 back, with those that build on it').click();
      await expect(dialog.button('2 steps')).toBeVisible();
      await expect(dialog.steps.first()).toContainText('taken back by you');
      await dialog.steps.nth(1).getByText('8 segments').click();
      await dialog.steps.nth(1).getByRole('button', { name: /^Go to segment 10$/u }).click();
      await expect(dialog.dialog).toBeHidden();
      await expect(editor.activeRow.getByRole('rowheader')).toHaveText('10');
    });
  });
});
