import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AdaptationDialog } from '../pages/adaptation-dialog.ts';
import { StartPage } from '../pages/start-page.ts';
import { faults } from '../support/accessibility.ts';
import { expect, test } from '../support/studio.ts';

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
