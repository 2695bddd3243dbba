import type { Locator, Page } from '@playwright/test';
import type { Studio } from '../support/studio.ts';

/** A summary of what is open, and answers to questions about it. */
export class ReadingDialog {
  readonly #page: Page;
  constructor({ page }: Studio) { this.#page = page; }

  get dialog(): Locator { return this.#page.getByRole('dialog', { name: 'Summarize and ask' }); }
  get question(): Locator { return this.dialog.getByRole('textbox', { name: 'Question about the text' }); }
  get answer(): Locator { return this.dialog.getByTestId('answer'); }
  get summary(): Locator { return this.dialog.getByTestId('summary'); }
  get failure(): Locator { return this.dialog.getByRole('alert'); }
  button(name: string | RegExp): Locator { return this.dialog.getByRole('button', { name }); }
}
