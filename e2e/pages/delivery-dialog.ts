import { expect, type Locator } from '@playwright/test';
import type { Studio } from '../support/studio.ts';
import { answerOpen } from './dialogs.ts';

/** The delivery dialog and the receipt it ends in. */
export class DeliveryDialog {
  readonly #studio: Studio;
  constructor(studio: Studio) { this.#studio = studio; }

  get receipt(): Locator { return this.#studio.page.getByRole('dialog', { name: 'Delivery receipt' }); }
  get verdict(): Locator { return this.receipt.getByRole('status'); }
  /** One row a delivered file. */
  get files(): Locator { return this.receipt.getByRole('row').filter({ has: this.#studio.page.getByRole('rowheader') }); }

  /** Delivers into a folder with the bilingual files named, and waits for the receipt. */
  async deliver(outDir: string, bilingual: readonly string[]): Promise<void> {
    const { app, page } = this.#studio;
    await page.getByRole('button', { name: 'Deliver\u2026' }).click();
    const dialog = page.getByRole('dialog', { name: 'Deliver', exact: true });
    await answerOpen(app, [outDir]);
    await dialog.getByRole('button', { name: 'Choose\u2026' }).click();
    await expect(dialog.getByText(outDir)).toBeVisible();
    for (const box of await dialog.getByRole('checkbox').all()) {
      const label = await box.locator('xpath=..').innerText();
      await box.setChecked(bilingual.some((name) => label.trim().startsWith(name)));
    }
    await dialog.getByRole('button', { name: 'Deliver', exact: true }).click();
    await expect(this.receipt).toBeVisible({ timeout: 300_000 });
  }

  async close(): Promise<void> { await this.receipt.getByRole('button', { name: 'Close' }).last().click(); }
}
