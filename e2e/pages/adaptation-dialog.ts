import type { Locator, Page } from '@playwright/test';
import type { Studio } from '../support/studio.ts';

/** Whether suggestions follow what is confirmed, and what was learned. */
export class AdaptationDialog {
  readonly #page: Page;
  constructor({ page }: Studio) { this.#page = page; }

  get dialog(): Locator { return this.#page.getByRole('dialog', { name: 'Learning from what you confirm' }); }
  get switch(): Locator { return this.dialog.getByRole('switch'); }
  get state(): Locator { return this.dialog.getByRole('status'); }
  /** Those rows that are on the page. */
  get segments(): Locator { return this.dialog.getByRole('list', { name: 'Learned segments' }).getByRole('listitem'); }
  get steps(): Locator { return this.dialog.getByRole('region', { name: 'Steps' }).locator('ol > li'); }
  button(name: string | RegExp): Locator { return this.dialog.getByRole('button', { name }); }
  way(name: string | RegExp): Locator { return this.dialog.getByRole('radio', { name }); }
}
