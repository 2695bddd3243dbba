import type { Locator, Page } from '@playwright/test';

/** The models: those of this machine, and the catalogue. */
export class ModelsDialog {
  readonly #page: Page;
  constructor(page: Page) { this.#page = page; }

  get dialog(): Locator { return this.#page.getByRole('dialog', { name: 'Models' }); }
  get installed(): Locator { return this.dialog.getByRole('list', { name: 'Models on this machine' }).getByRole('listitem'); }
  get unfinished(): Locator { return this.dialog.getByRole('list', { name: 'Unfinished downloads' }).getByRole('listitem'); }
  /** Those rows of the catalogue that are on the page. */
  get published(): Locator { return this.dialog.getByRole('list', { name: 'Published models' }).getByRole('listitem'); }
  get search(): Locator { return this.dialog.getByRole('textbox', { name: 'Search the catalogue' }); }
  get failure(): Locator { return this.dialog.getByRole('alert'); }
  tab(name: 'On this machine' | 'Catalogue'): Locator { return this.dialog.getByRole('tab', { name }); }
  button(name: string): Locator { return this.dialog.getByRole('button', { name }); }
}
