import type { Locator, Page } from '@playwright/test';
import type { Studio } from '../support/studio.ts';

/** The termbases of a project and the list of their terms. */
export class TermsDialog {
  readonly #page: Page;
  constructor({ page }: Studio) { this.#page = page; }

  get dialog(): Locator { return this.#page.getByRole('dialog', { name: 'Terms of the project' }); }
  get bases(): Locator { return this.dialog.getByRole('navigation', { name: 'Termbases' }).getByRole('listitem'); }
  /** Those rows that are on the page. */
  get terms(): Locator { return this.dialog.getByRole('list', { name: 'Terms' }).getByRole('listitem'); }
  get search(): Locator { return this.dialog.getByRole('textbox', { name: 'Search the terms' }); }
  get failure(): Locator { return this.dialog.getByRole('alert'); }
  field(name: string): Locator { return this.dialog.getByLabel(name, { exact: true }); }
  button(name: string | RegExp): Locator { return this.dialog.getByRole('button', { name }); }
}
