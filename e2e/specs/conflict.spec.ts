import { join } from 'node:path';
import Database from 'better-sqlite3';
import { writeDocuments } from '../fixtures/documents.ts';
import { StartPage } from '../pages/start-page.ts';
import { expect, test } from '../support/studio.ts';

/** Changes a target behind the window's back: nothing announces it, as when an announcement comes too late. */
function changeBehind(project: string, number: number, text: string): void {
  const db = new Database(project);
  try {
    db.prepare(`UPDATE segment SET target = ?, target_text = ?, state = 'draft', origin = '{"kind":"typed"}', version = version + 1 WHERE number = ?`).run(JSON.stringify([text]), text, number);
  } finally {
    db.close();
  }
}

test('when a segment was changed meanwhile both texts are shown, and the user keeps one', async ({ studio }) => {
  const { contract } = writeDocuments(studio.home);
  const editor = await new StartPage(studio).createProject([contract], { name: 'Shared' });
  const project = join(studio.home, 'Shared.bitext');
  const conflict = editor.activeRow.getByRole('alert');

  await editor.choose(2);
  changeBehind(project, 2, 'Guardado');
  await editor.page.keyboard.type('O meu texto');
  await expect(conflict).toContainText('Stored now: Guardado');
  await expect(editor.saved).toHaveText('changed elsewhere');
  await expect(editor.target).toHaveText('O meu texto');
  await conflict.getByRole('button', { name: 'Keep what I typed' }).click();
  await expect(editor.saved).toHaveText('saved');
  await expect(conflict).toBeHidden();

  await editor.choose(3);
  changeBehind(project, 3, 'O outro texto');
  await editor.page.keyboard.type('O meu texto');
  await conflict.getByRole('button', { name: 'Use the stored text' }).click();
  await expect(editor.target).toHaveText('O outro texto');
  await editor.choose(1);
  await expect(editor.targetOf(2)).toHaveText('O meu texto');
  await expect(editor.targetOf(3)).toHaveText('O outro texto');
});

test('a project is not closed over what was typed and can\u2019t be stored, unless that is given up', async ({ studio }) => {
  const { contract } = writeDocuments(studio.home);
  const start = new StartPage(studio);
  const editor = await start.createProject([contract], { name: 'Shared' });
  await editor.choose(2);
  changeBehind(join(studio.home, 'Shared.bitext'), 2, 'Guardado');
  await editor.page.keyboard.type('O meu texto');
  await editor.press('Control+W');
  await expect(editor.messages).toContainText('What you typed in segment 2 is not stored');
  await expect(editor.target).toHaveText('O meu texto');
  await editor.messages.getByRole('button', { name: 'Give it up' }).click();
  await expect(start.recent).toHaveCount(1);
  const again = await start.openRecent('Shared');
  await expect(again.targetOf(2)).toHaveText('Guardado');
});
