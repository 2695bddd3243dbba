import { join } from 'node:path';
import { expect, type Locator } from '@playwright/test';
import type { Studio } from '../support/studio.ts';
import { answerOpen, answerSave } from './dialogs.ts';
import { EditorPage } from './editor-page.ts';

/** The start screen: recent projects, and the way to a new one. */
export class StartPage {
  readonly #studio: Studio;
  constructor(studio: Studio) { this.#studio = studio; }

  get recent(): Locator { return this.#studio.page.getByRole('region', { name: 'Recent projects' }).getByRole('listitem'); }
  get models(): Locator { return this.#studio.page.locator('.model'); }

  /** Chooses files or a folder for a new project, and its languages; the dialog that asks for the rest. */
  async chooseFor(inputs: readonly string[], { from = 'files', languages }: { from?: 'files' | 'folder'; languages?: readonly [from: string, to: string] } = {}): Promise<Locator> {
    const { app, page } = this.#studio;
    await answerOpen(app, inputs);
    await page.getByRole('button', { name: from === 'folder' ? 'Choose a folder\u2026' : 'Choose files\u2026' }).click();
    const dialog = page.getByRole('dialog', { name: 'New project' });
    if (languages) {
      await dialog.getByLabel('From').selectOption(languages[0]);
      await dialog.getByLabel('To', { exact: true }).selectOption(languages[1]);
    }
    return dialog;
  }

  /** Chooses files or a folder, names the project and makes it in the workspace's folder. */
  async createProject(inputs: readonly string[], { name, ...options }: { name?: string } & Parameters<StartPage['chooseFor']>[1] = {}): Promise<EditorPage> {
    const { app, home } = this.#studio;
    const dialog = await this.chooseFor(inputs, options);
    if (name !== undefined) await dialog.getByLabel('Name').fill(name);
    await answerSave(app, join(home, `${await dialog.getByLabel('Name').inputValue()}.bitext`));
    await dialog.getByRole('button', { name: 'Create project\u2026' }).click();
    await expect(dialog).toBeHidden({ timeout: 300_000 });
    return new EditorPage(this.#studio);
  }

  async openRecent(name: string): Promise<EditorPage> {
    await this.recent.getByRole('button', { name: new RegExp(name, 'u') }).click();
    const editor = new EditorPage(this.#studio);
    await expect(editor.grid).toBeVisible();
    return editor;
  }
}
