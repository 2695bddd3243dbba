import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerOpen } from '../pages/dialogs.ts';
import { StartPage } from '../pages/start-page.ts';
import { TermsDialog } from '../pages/terms-dialog.ts';
import { faults } from '../support/accessibility.ts';
import { expect, test } from '../support/studio.ts';

test('a termbase is added by the keyboard, binds, is inserted with a key, and forbidden words are found', async ({ studio }) => {
  const { app, page, home } = studio;
  const source = join(home, 'pump.txt'), table = join(home, 'shop.tsv');
  writeFileSync(source, 'Read the manual before you start the pump.\n\nThe pumps are new.\n');
  writeFileSync(table, 'pump|pumps\tbomba|bombas\nmanual\tguia\nmanual\tlivro\t\tforbidden\nblue\t\n');
  const editor = await new StartPage(studio).createProject([source]);
  await editor.choose(1);
  await expect(editor.terms).toHaveCount(0);
  await editor.press('Control+Shift+G');
  const dialog = new TermsDialog(studio);
  await expect(dialog.bases).toHaveText(['No termbase yet.']);
  await answerOpen(app, [table]);
  await dialog.button('Add termbases…').focus();
  await editor.press('Enter');
  await expect(dialog.bases).toHaveText([/shop\.tsv\s*3 terms/u]);
  await expect(dialog.dialog.getByText('1 line could not be used')).toBeVisible();
  await expect(dialog.terms).toHaveText([/manual.*guia/su, /manual.*never.*livro/su, /pump \| pumps.*bomba \| bombas/su]);
  await dialog.search.fill('BOMB');
  await expect(dialog.terms).toHaveCount(1);
  await dialog.search.fill('');
  await expect(dialog.terms).toHaveCount(3);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await faults(page)).toEqual([]);
    await page.screenshot({ path: join(process.env['BITEXT_PICTURES'] ?? home, `terms-${colorScheme}.png`) });
  }
  await editor.press('Escape');

  // In the source, at the side, in the suggestion, and by a key.
  await expect(editor.terms).toHaveText([/manual\s*guia/u, /pump\s*bomba, bombas/u, /manual.*never.*livro/su]);
  await expect(editor.sourceOf(1).locator('u.open-term')).toHaveText(['manual', 'pump']);
  await expect(editor.suggestion).toContainText('guia', { timeout: 180_000 });
  await expect(editor.suggestion).toContainText('bomba');
  await expect(editor.target).toBeFocused();
  await page.keyboard.type('Leia o ');
  await editor.press('Control+I');
  await expect(editor.target).toHaveText('Leia o guia');
  await expect(editor.sourceOf(1).locator('u.term')).toHaveText('manual');
  await page.keyboard.type(' antes de ligar a ');
  await editor.press('Alt+Shift+Digit2');
  await expect(editor.target).toHaveText('Leia o guia antes de ligar a bomba');
  await expect(editor.saved).toHaveText('saved');
  await expect(editor.findings).toHaveCount(0);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await faults(page)).toEqual([]);
    await page.screenshot({ path: join(process.env['BITEXT_PICTURES'] ?? home, `terms-rail-${colorScheme}.png`) });
  }
  await editor.retype('Leia o livro.');
  await expect(editor.findings).toHaveText([/Term missing.*“manual”/u, /Term missing.*“pump”/u, /Forbidden term.*“livro”/u]);
  await editor.press('Control+ArrowDown');
  await expect(editor.suggestion).toContainText('bombas');

  // What is taken out binds no more, and what it found is gone.
  await editor.press('Control+Shift+G');
  await dialog.button('Remove shop.tsv').click();
  await dialog.button(/^Remove$/u).click();
  await expect(dialog.bases).toHaveText(['No termbase yet.']);
  await editor.press('Escape');
  await editor.choose(1);
  await expect(editor.findings).toHaveCount(0);
});

test('a term is made of what is selected on both sides, with the mouse and without', async ({ studio }) => {
  const { page, home } = studio;
  const source = join(home, 'valve.txt');
  writeFileSync(source, 'Open the air valve now.\n');
  const editor = await new StartPage(studio).createProject([source]);
  await editor.choose(1);
  await page.keyboard.type('Abra a válvula de ar');
  // The third word of the source, and one more.
  for (const key of ['Alt+Period', 'Alt+Period', 'Alt+Period', 'Alt+Shift+Period']) await editor.press(key);
  await expect(editor.sourceOf(1).locator('u.chosen')).toHaveText('air valve');
  await expect(editor.rail.getByText('“air valve” is chosen.')).toBeVisible();
  for (let i = 0; i < 'válvula de ar'.length; i++) await editor.press('Shift+ArrowLeft');
  await editor.press('Control+T');
  await expect(editor.messages).toContainText('air valve: válvula de ar');
  await expect(editor.terms).toHaveText([/air valve\s*válvula de ar.*in the target/su]);
  await expect(editor.target).toBeFocused();
  await editor.messages.getByRole('button', { name: 'Take it back' }).click();
  await expect(editor.terms).toHaveCount(0);

  // A word of the source alone: the form asks for the rest.
  await editor.sourceOf(1).getByText('Open the air valve now.').dblclick({ position: { x: 8, y: 8 } });
  await editor.target.press('ArrowRight');
  await expect(editor.sourceOf(1).locator('u.chosen')).toHaveText('Open');
  await editor.press('Control+T');
  const dialog = new TermsDialog(studio);
  await expect(dialog.field('English')).toHaveValue('Open');
  await expect(dialog.field('Portuguese')).toBeFocused();
  await page.keyboard.type('abra');
  await editor.press('Enter');
  await expect(dialog.terms).toHaveText([/Open.*abra/su]);
  await expect(dialog.field('English')).toBeFocused();
  await page.keyboard.type('???');
  await editor.press('Tab');
  await page.keyboard.type('x');
  await editor.press('Enter');
  await expect(dialog.failure).toContainText('“???” has no letter or digit.');
});

test('a hundred thousand terms are searched and gone through by the keyboard', async ({ studio }) => {
  const { app, home } = studio;
  const source = join(home, 'a.txt'), table = join(home, 'large.tsv');
  writeFileSync(source, 'The part number n77777x is broken.\n');
  writeFileSync(table, Array.from({ length: 100_000 }, (_, i) => `n${String(i).padStart(5, '0')}x\tp${i}`).join('\n'));
  const editor = await new StartPage(studio).createProject([source]);
  await editor.choose(1);
  await editor.press('Control+Shift+G');
  const dialog = new TermsDialog(studio);
  await answerOpen(app, [table]);
  await dialog.button('Add termbases…').click();
  await expect(dialog.bases).toHaveText([/100,000 terms/u], { timeout: 180_000 });
  await expect(dialog.terms.first()).toContainText('n00000x');
  expect(await dialog.terms.count()).toBeLessThan(60);
  await dialog.terms.first().getByRole('button').focus();
  await editor.press('End');
  await expect(dialog.terms.last()).toHaveAttribute('aria-posinset', '100000');
  await expect(dialog.terms.last()).toContainText('n99999x');
  await expect(dialog.terms.last().getByRole('button')).toBeFocused();
  await dialog.search.fill('n77777x');
  await expect(dialog.terms).toHaveText([/n77777x.*p77777/su]);
  await editor.press('Escape');
  await expect(editor.terms).toHaveText([/n77777x\s*p77777/u]);
});
