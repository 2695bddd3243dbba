import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeDocuments } from '../fixtures/documents.ts';
import { DeliveryDialog } from '../pages/delivery-dialog.ts';
import { StartPage } from '../pages/start-page.ts';
import { faults } from '../support/accessibility.ts';
import { expect, test } from '../support/studio.ts';

for (const scheme of ['light', 'dark'] as const) {
  test(`every view passes WCAG 2.2 AA in ${scheme} colours`, async ({ studio }) => {
    const { page } = studio;
    await page.emulateMedia({ colorScheme: scheme });
    const { folder } = writeDocuments(studio.home);
    const start = new StartPage(studio);
    await expect(start.models).toHaveCount(2);
    expect(await faults(page)).toEqual([]);
    const editor = await start.createProject([folder], { from: 'folder' });
    await editor.translateAll();
    await editor.choose(7);
    await editor.press('Control+Enter');
    await expect(editor.suggestion).not.toBeEmpty();
    await expect(editor.history).not.toHaveCount(0);
    expect(await faults(page)).toEqual([]);
    await editor.press('Control+Shift+P');
    expect(await faults(page)).toEqual([]);
    await editor.press('Escape');
    await editor.press('Control+N');
    await expect(page.getByRole('dialog', { name: 'New project' })).toBeVisible();
    expect(await faults(page)).toEqual([]);
    await editor.press('Escape');
    const out = join(studio.home, 'out');
    mkdirSync(out);
    await new DeliveryDialog(studio).deliver(out, ['TMX']);
    expect(await faults(page)).toEqual([]);
  });
}

test('a dialog keeps the focus, gives it back, and Escape closes it', async ({ studio }) => {
  const { contract } = writeDocuments(studio.home);
  const editor = await new StartPage(studio).createProject([contract]);
  await editor.choose(2);
  await editor.page.keyboard.type('um três');
  for (let i = 0; i < 4; i++) await editor.press('ArrowLeft');
  await editor.press('Control+G');
  const dialog = editor.page.getByRole('dialog', { name: 'Go to segment' });
  for (let i = 0; i < 6; i++) {
    await editor.press('Tab');
    expect(await editor.page.evaluate(() => document.activeElement === document.body || document.activeElement?.closest('dialog') !== null)).toBe(true);
  }
  await editor.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(editor.target).toBeFocused();
  // The caret is where it was.
  await editor.page.keyboard.type('dois ');
  await expect(editor.target).toHaveText('um dois três');
});
