import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ReadingDialog } from '../pages/reading-dialog.ts';
import { StartPage } from '../pages/start-page.ts';
import { faults } from '../support/accessibility.ts';
import { expect, type Studio, test as base, withStudio } from '../support/studio.ts';
import { writeToyReaders } from '../support/toy-reader.ts';

/** A studio whose models are those of one folder; with `readers` there are two that read. */
const test = base.extend<{ readers: boolean; library: Studio }>({
  readers: [true, { option: true }],
  library: async ({ readers }, use) => {
    await withStudio(async (home) => {
      if (readers) await writeToyReaders(join(home, 'shared'));
      return { BITEXT_MODELS: join(home, 'shared'), BITEXT_CACHE: join(home, 'cache') };
    }, use);
  },
});

const LINES = ['anna has a red car.', 'bruno has a blue boat.', 'carla has a green bike.'];

test('a text is asked and summed up; an answer leads to its segment', async ({ library: studio }) => {
  const { app, page, home } = studio;
  const source = join(home, 'things.txt');
  writeFileSync(source, LINES.join('\n\n'));
  const editor = await new StartPage(studio).createProject([source]);
  await editor.choose(1);
  await editor.press('Control+Shift+S');
  const reading = new ReadingDialog(studio);
  await expect(reading.question).toBeFocused();
  await expect(reading.button('Ask')).toBeDisabled();
  await page.keyboard.type('what colour is the boat?');
  await editor.press('Enter');
  await expect(reading.answer).toHaveText(/^(red|blue|green|white)$/u);
  const cite = reading.button(/^Go to segment \d/u).first();
  const number = /\d/u.exec((await cite.getAttribute('aria-label')) ?? '')?.[0] ?? '';
  await expect(cite).toContainText(LINES[Number(number) - 1] ?? 'no such line');

  await reading.button('Sum up').click();
  await expect(reading.summary).not.toBeEmpty();
  await reading.button('Copy').click();
  await expect(reading.dialog.getByText('Copied')).toBeVisible();
  expect(await app.evaluate(({ clipboard }) => clipboard.readText())).toBe(await reading.summary.innerText());
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await faults(page)).toEqual([]);
    await page.screenshot({ path: join(process.env['BITEXT_PICTURES'] ?? home, `reading-${colorScheme}.png`) });
  }

  // What was found is there when the dialog is opened again, and a citation leads into the text.
  await editor.press('Escape');
  await editor.press('Control+Shift+S');
  await expect(reading.answer).not.toBeEmpty();
  await cite.focus();
  await editor.press('Enter');
  await expect(reading.dialog).toBeHidden();
  await expect(editor.activeRow.getByRole('rowheader')).toHaveText(number);
  await expect(editor.target).toBeFocused();
});

test('a question is cancelled, and what the core refuses is told', async ({ library: studio }) => {
  const { page, home } = studio;
  const source = join(home, 'long.txt');
  writeFileSync(source, Array.from({ length: 4000 }, () => LINES.join(' ')).join('\n\n'));
  const editor = await new StartPage(studio).createProject([source]);
  await editor.press('Control+Shift+S');
  const reading = new ReadingDialog(studio);
  await reading.button('Sum up').click();
  await expect(reading.dialog.getByRole('progressbar')).toBeVisible();
  await reading.button('Cancel').click();
  await expect(reading.button('Sum up')).toBeVisible();
  await expect(reading.failure).toHaveCount(0);
  await reading.question.fill('what colour is the car? '.repeat(200));
  await editor.press('Enter');
  await expect(reading.failure).toContainText('That can’t be done.');
  expect(await faults(page)).toEqual([]);
});

test.describe('without a model for it', () => {
  test.use({ readers: false });

  test('the dialog says which models to import, and leads there', async ({ library: studio }) => {
    const { page, home } = studio;
    const source = join(home, 'things.txt');
    writeFileSync(source, LINES.join('\n\n'));
    const editor = await new StartPage(studio).createProject([source]);
    await editor.command('Summarize the text, or ask it');
    const reading = new ReadingDialog(studio);
    await expect(reading.dialog).toContainText('BART and Pegasus (summaries) and T5 (both)');
    expect(await faults(page)).toEqual([]);
    await reading.button('Models…').click();
    await expect(page.getByRole('dialog', { name: 'Models' })).toBeVisible();
    await editor.press('Escape');
    await expect(reading.dialog).toBeVisible();
  });
});
