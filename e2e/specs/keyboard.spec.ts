import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDocuments, writeLongText } from '../fixtures/documents.ts';
import { answerOpen } from '../pages/dialogs.ts';
import { StartPage } from '../pages/start-page.ts';
import { TermsDialog } from '../pages/terms-dialog.ts';
import { expect, test } from '../support/studio.ts';

test('a delivery goes by keys alone: the first thing to do has the focus, then what comes of it, then the target again', async ({ studio }) => {
  const { app, page, home } = studio;
  const { contract } = writeDocuments(home);
  const editor = await new StartPage(studio).createProject([contract]);
  // A new project is ready for typing.
  await expect(editor.target).toBeFocused();
  mkdirSync(join(home, 'out'));
  await answerOpen(app, [join(home, 'out')]);
  await editor.press('Control+E');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Choose…' })).toBeFocused();
  await editor.press('Enter');
  const deliver = dialog.getByRole('button', { name: 'Deliver', exact: true });
  await expect(deliver).toBeEnabled();
  for (let i = 0; i < 2; i++) await editor.press('Shift+Tab');
  await expect(deliver).toBeFocused();
  await editor.press('Enter');
  await expect(dialog).toHaveAccessibleName('Delivery receipt', { timeout: 300_000 });
  // What had the focus is gone: the way on has it.
  await expect(dialog.getByRole('button', { name: 'Close' }).last()).toBeFocused();
  await editor.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(editor.target).toBeFocused();
});

test('F6 goes from part to part of the window, and arrows from file to file', async ({ studio }) => {
  const { page, home } = studio;
  const { contract, manual } = writeDocuments(home);
  const editor = await new StartPage(studio).createProject([contract, manual]);
  await editor.choose(1);
  await editor.press('F6');
  await expect(editor.rail.locator(':focus')).toHaveCount(1);
  await editor.press('Shift+F6');
  await expect(editor.target).toBeFocused();
  await editor.press('Shift+F6');
  await expect(editor.filter).toBeFocused();
  await editor.press('Shift+F6');
  const files = page.getByRole('navigation', { name: 'Files' });
  await expect(files.getByRole('button', { name: 'All files' })).toBeFocused();
  await editor.press('ArrowDown');
  await editor.press('ArrowDown');
  await expect(files.getByRole('button', { name: /^manual\.html/u })).toBeFocused();
  await editor.press('Enter');
  await expect(editor.rows).toHaveCount(4);
  await editor.press('F6');
  await editor.press('F6');
  await expect(editor.target).toBeFocused();
});

test('terms are taken out of a list one after the other without losing the place', async ({ studio }) => {
  const { app, page, home } = studio;
  const { contract } = writeDocuments(home);
  const editor = await new StartPage(studio).createProject([contract]);
  const base = join(home, 'base.tsv');
  writeFileSync(base, ['goods\tbens', 'invoice\tfatura', 'order\tencomenda', 'Supplier\tFornecedor'].join('\n'));
  await answerOpen(app, [base]);
  await editor.choose(1);
  await editor.press('Control+Shift+G');
  const terms = new TermsDialog(studio);
  await terms.button('Add termbases…').click();
  await expect(terms.terms).toHaveCount(4);
  const second = terms.terms.nth(1).getByRole('button');
  await second.focus();
  for (const left of [3, 2, 1]) {
    await editor.press('Enter');
    await expect(terms.terms).toHaveCount(left);
    await expect(page.locator('dialog [data-row] button:focus')).toHaveCount(1);
  }
});

test('undo is heard as often as it is pressed', async ({ studio }) => {
  const { contract } = writeDocuments(studio.home);
  const editor = await new StartPage(studio).createProject([contract]);
  for (const number of [2, 3]) {
    await editor.choose(number);
    await editor.press('Control+Insert');
    await expect(editor.stateOf(number)).toContainText('source copied');
  }
  await editor.choose(1);
  await editor.page.evaluate(() => {
    for (let i = 0; i < 2; i++) document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'z', code: 'KeyZ', ctrlKey: true, bubbles: true, composed: true, cancelable: true }));
  });
  await expect(editor.stateOf(2)).toContainText('Not started');
  await expect(editor.stateOf(3)).toContainText('Not started');
});

test('the segment that is worked on stays in view when the window or the text changes its size', async ({ studio }) => {
  const { page, home } = studio;
  const editor = await new StartPage(studio).createProject([writeLongText(home, 'long.txt', 200)]);
  await page.setViewportSize({ width: 1500, height: 950 });
  await editor.choose(1);
  await editor.press('Control+G');
  await page.keyboard.type('120');
  await editor.press('Enter');
  await expect(editor.activeRow.getByRole('rowheader')).toHaveText('120');
  // Down to where the list begins to scroll.
  for (let number = 121; number <= 128; number++) {
    await editor.press('Control+ArrowDown');
    await expect(editor.activeRow.getByRole('rowheader')).toHaveText(String(number));
  }
  await expect(editor.target).toBeInViewport();
  await page.setViewportSize({ width: 1024, height: 700 });
  await expect(editor.target).toBeInViewport({ ratio: 1 });
  for (let i = 0; i < 5; i++) await editor.press('Control+=');
  await expect(editor.target).toHaveCSS('font-size', '24px');
  await expect(editor.target).toBeInViewport({ ratio: 1 });
});

test('a project that is closed while it is translated says nothing of it, and opens again', async ({ studio }) => {
  const { page, home } = studio;
  const start = new StartPage(studio);
  const editor = await start.createProject([writeLongText(home, 'long.txt', 6000)], { name: 'Half' });
  await editor.startTranslation();
  await expect(editor.translation).toBeVisible();
  await editor.press('Control+W');
  await expect(start.recent).toHaveCount(1);
  await page.getByRole('button', { name: /^Half/u }).click();
  await expect(editor.rows.first()).toBeVisible();
  // An engine that had to be ended for it may say so.
  await expect(editor.messages.locator('[data-topic="translation"], [data-topic="segments"], [data-topic="error"]')).toHaveCount(0);
});
