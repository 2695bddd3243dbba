import type { Locator, Page } from '@playwright/test';

/** Fine-tuning: its runs, the form of a new one, and what a run shows. */
export class TrainingDialog {
  readonly #page: Page;
  constructor(page: Page) { this.#page = page; }

  get dialog(): Locator { return this.#page.getByRole('dialog', { name: 'Training' }); }
  get runs(): Locator { return this.dialog.getByRole('navigation', { name: 'Runs' }).getByRole('listitem'); }
  get failure(): Locator { return this.dialog.getByRole('alert'); }
  get status(): Locator { return this.dialog.getByRole('status'); }
  get curve(): Locator { return this.dialog.getByRole('img', { name: /^Loss over/u }); }
  get scores(): Locator { return this.dialog.getByRole('table', { name: 'Scores' }).getByRole('row'); }
  get samples(): Locator { return this.dialog.getByRole('table', { name: 'Samples' }).getByRole('row'); }
  get attention(): Locator { return this.dialog.getByRole('region', { name: 'Attention' }); }
  button(name: string | RegExp): Locator { return this.dialog.getByRole('button', { name }); }
  field(name: string): Locator { return this.dialog.getByLabel(name); }
}
