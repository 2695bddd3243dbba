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
  get scoreCurve(): Locator { return this.dialog.getByRole('img', { name: /^Scores over/u }); }
  get checkpoint(): Locator { return this.dialog.getByRole('slider', { name: 'Checkpoint' }); }
  /** What the model made of the samples at the checkpoint. */
  get samplesThen(): Locator { return this.dialog.getByRole('table', { name: 'Samples at the checkpoint' }).getByRole('row'); }
  get scores(): Locator { return this.dialog.getByRole('table', { name: 'Scores' }).getByRole('row'); }
  get samples(): Locator { return this.dialog.getByRole('table', { name: 'Samples', exact: true }).getByRole('row'); }
  get attention(): Locator { return this.dialog.getByRole('region', { name: 'Attention' }); }
  /** A name as a string is the whole name: a run that is “Paused” is a button, too. */
  button(name: string | RegExp): Locator { return this.dialog.getByRole('button', { name, exact: typeof name === 'string' }); }
  field(name: string): Locator { return this.dialog.getByLabel(name); }
}
