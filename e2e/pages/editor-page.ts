import { expect, type Locator, type Page } from '@playwright/test';
import type { Studio } from '../support/studio.ts';

/** The editor of an open project, by what a user sees: rows by their number, the active target, the bars around. */
export class EditorPage {
  readonly studio: Studio;
  constructor(studio: Studio) { this.studio = studio; }

  get page(): Page { return this.studio.page; }
  get grid(): Locator { return this.page.getByRole('grid', { name: 'Segments' }); }
  get rows(): Locator { return this.grid.locator('[data-segment]'); }
  get activeRow(): Locator { return this.grid.getByRole('row', { selected: true }); }
  /** The text of the active target, in the editor. */
  get target(): Locator { return this.page.getByRole('textbox', { name: /^Target of segment/u }); }
  get chips(): Locator { return this.target.locator('.cm-chip'); }
  get saved(): Locator { return this.page.getByTestId('saved'); }
  get suggestion(): Locator { return this.page.getByTestId('suggestion'); }
  get history(): Locator { return this.page.getByTestId('history').getByRole('listitem'); }
  get findings(): Locator { return this.page.getByTestId('findings').getByRole('listitem'); }
  get rail(): Locator { return this.page.getByRole('complementary', { name: 'About the active segment' }); }
  /** Terms that stand in the active source. */
  get terms(): Locator { return this.page.getByTestId('terms').getByRole('listitem'); }
  get filter(): Locator { return this.page.getByRole('textbox', { name: /^Filter segments/u }); }
  get messages(): Locator { return this.page.getByRole('log', { name: 'Messages' }); }
  get translation(): Locator { return this.page.getByRole('region', { name: 'Translation', exact: true }); }
  get unfinished(): Locator { return this.page.getByRole('region', { name: 'Unfinished translation' }); }

  /** The row with this number; it must be near the eye. */
  row(number: number): Locator { return this.grid.getByRole('row').filter({ has: this.page.getByRole('rowheader', { name: String(number), exact: true }) }); }
  sourceOf(number: number): Locator { return this.row(number).locator('.source'); }
  targetOf(number: number): Locator { return this.row(number).locator('.target'); }
  stateOf(number: number): Locator { return this.row(number).locator('.state'); }

  async choose(number: number): Promise<void> {
    await this.targetOf(number).click();
    await expect(this.target).toBeFocused();
    await expect(this.activeRow.getByRole('rowheader')).toHaveText(String(number));
  }

  /** Puts a text in place of the active target by the keyboard. */
  async retype(text: string): Promise<void> {
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.press('Delete');
    await this.page.keyboard.type(text);
  }

  async press(key: string): Promise<void> { await this.page.keyboard.press(key); }

  /** Runs a command of the palette by its title. */
  async command(title: string): Promise<void> {
    await this.press('Control+Shift+P');
    await this.page.getByRole('combobox', { name: 'Search the commands' }).fill(title);
    await this.page.getByRole('option', { name: title }).first().click();
  }

  async startTranslation(): Promise<void> { await this.page.getByRole('button', { name: 'Translate all' }).click(); }

  /** Translates everything and waits for the end. */
  async translateAll(): Promise<void> {
    await this.startTranslation();
    await expect(this.messages.getByText(/segments? translated/u)).toBeVisible({ timeout: 600_000 });
  }

  /** A state chip of the filter bar. */
  chip(name: string): Locator { return this.page.getByRole('group', { name: 'States' }).getByRole('button', { name: new RegExp(`^${name}`, 'u') }); }
}
