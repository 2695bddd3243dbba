import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDocuments } from '../fixtures/documents.ts';
import { answerOpen, answerSave } from '../pages/dialogs.ts';
import { EditorPage } from '../pages/editor-page.ts';
import { StartPage } from '../pages/start-page.ts';
import { expect, openStudio, test, type Studio } from '../support/studio.ts';

test('a project is made from files, closed, and found again among the recent ones', async ({ studio }) => {
  const { contract, manual } = writeDocuments(studio.home);
  const start = new StartPage(studio);
  await expect(start.models).toHaveCount(2);
  const editor = await start.createProject([contract, manual], { name: 'Spring delivery' });
  await expect(editor.page.getByRole('heading', { name: 'Spring delivery' })).toBeVisible();
  await expect(editor.rows).toHaveCount(8);
  await expect(editor.sourceOf(1)).toHaveText('The Supplier shall deliver the goods within 30 days of the order.');
  await expect(editor.sourceOf(7)).toHaveText('Read the b1whole manual/b1 before you a2start the pump/a2.');
  await expect(editor.chip('Not started')).toHaveText('Not started 8');
  await editor.page.getByRole('navigation', { name: 'Files' }).getByRole('button', { name: /manual\.html/u }).click();
  await expect(editor.rows).toHaveCount(4);
  await editor.command('Close the project');
  await expect(start.recent).toHaveCount(1);
  const again = await start.openRecent('Spring delivery');
  await expect(again.rows).toHaveCount(8);
});

test('a folder is taken in with its tree, and a file that can\u2019t be read is named with what to do', async ({ studio }) => {
  const { folder } = writeDocuments(studio.home);
  writeFileSync(join(folder, 'broken.docx'), 'PK\u0003\u0004 this is no Word document');
  const editor = await new StartPage(studio).createProject([folder], { from: 'folder' });
  const failures = editor.page.getByRole('dialog', { name: '1 file could not be taken in' });
  await expect(failures.getByRole('listitem')).toContainText('broken.docx');
  await expect(failures.locator('.advice')).not.toBeEmpty();
  await failures.getByRole('button', { name: 'Go on' }).click();
  await expect(editor.rows).toHaveCount(8);
});

test('documents dropped on the window start a project, and join one that is open', async ({ studio }) => {
  const { contract, manual } = writeDocuments(studio.home);
  await drop(studio, [contract]);
  const dialog = studio.page.getByRole('dialog', { name: 'New project' });
  await expect(dialog.getByRole('listitem')).toHaveText(/contract\.txt/u);
  await answerSave(studio.app, join(studio.home, 'Dropped.bitext'));
  await dialog.getByRole('button', { name: 'Create project\u2026' }).click();
  const editor = new EditorPage(studio);
  await expect(editor.rows).toHaveCount(4);
  await drop(studio, [manual]);
  await expect(editor.rows).toHaveCount(8);
  await expect(editor.messages).toContainText('1 file added');
});

test('a document that has changed is offered as an update, which keeps the rest and can be undone', async ({ studio }) => {
  const { contract } = writeDocuments(studio.home);
  const editor = await new StartPage(studio).createProject([contract], { name: 'Versions' });
  await editor.choose(1);
  await editor.retype('O Fornecedor entrega.');
  await editor.press('Control+Enter');
  await expect(editor.stateOf(1)).toContainText('Confirmed');
  const before = await editor.sourceOf(2).textContent();
  writeFileSync(contract, readFileSync(contract, 'utf8').replace(before ?? '', 'Something else was agreed.'));
  await answerOpen(studio.app, [contract]);
  await editor.command('Add files to the project');
  await editor.messages.getByRole('button', { name: 'Update' }).click();
  await expect(editor.messages).toContainText('3 of 4 segments kept');
  await expect(editor.sourceOf(2)).toHaveText('Something else was agreed.');
  await expect(editor.targetOf(1)).toHaveText('O Fornecedor entrega.');
  await expect(editor.stateOf(1)).toContainText('Confirmed');
  await editor.command('Undo');
  await expect(editor.sourceOf(2)).toHaveText(before ?? '');
});

/** Drops files in the middle of the window, as the system does. */
async function drop({ page }: Studio, files: readonly string[]): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'dragOver', 'dragOver', 'drop'] as const) {
    await devtools.send('Input.dispatchDragEvent', { type, x: 500, y: 400, data });
    // A drop counts only after the page has answered the drag that came before it.
    await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => { setTimeout(resolve, 50); }); }));
  }
  await devtools.detach();
}

test('typing is there again after the studio was closed', async ({ studio }) => {
  const { contract } = writeDocuments(studio.home);
  const editor = await new StartPage(studio).createProject([contract], { name: 'Kept' });
  await editor.choose(2);
  await editor.page.keyboard.type('O pagamento vence');
  await expect(editor.saved).toHaveText('saved');
  await studio.close();
  const second = await openStudio(studio.home, [join(studio.home, 'Kept.bitext')]);
  const reopened = new EditorPage(second);
  await expect(reopened.targetOf(2)).toHaveText('O pagamento vence');
  await expect(reopened.stateOf(2)).toContainText('Draft');
  expect(second.errors).toEqual([]);
  await second.close();
});

test('colours and text size are chosen, and stay chosen', async ({ studio }) => {
  const { contract } = writeDocuments(studio.home);
  const editor = await new StartPage(studio).createProject([contract], { name: 'Colours' });
  const background = (page: Studio['page']): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await editor.command('Light, dark or system colours');
  await expect.poll(() => background(editor.page)).toBe('rgb(246, 245, 241)');
  await editor.command('Light, dark or system colours');
  await expect.poll(() => background(editor.page)).toBe('rgb(22, 21, 19)');
  await editor.press('Control+=');
  await expect(editor.sourceOf(1)).toHaveCSS('font-size', '16px');
  await studio.close();
  const second = await openStudio(studio.home, [join(studio.home, 'Colours.bitext')]);
  const again = new EditorPage(second);
  await expect(again.sourceOf(1)).toHaveCSS('font-size', '16px');
  expect(await background(second.page)).toBe('rgb(22, 21, 19)');
  await second.close();
});
