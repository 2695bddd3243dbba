import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerOpen } from '../pages/dialogs.ts';
import { ModelsDialog } from '../pages/models-dialog.ts';
import { StartPage } from '../pages/start-page.ts';
import { faults } from '../support/accessibility.ts';
import { type Catalogue, startCatalogue } from '../support/catalogue.ts';
import { expect, type Studio, test as base, withStudio } from '../support/studio.ts';

interface Library { readonly studio: Studio; readonly catalogue: Catalogue; readonly store: string }

/** A studio without any model, beside a catalogue with `rows` further entries. */
const test = base.extend<{ rows: number; library: Library }>({
  rows: [0, { option: true }],
  library: async ({ rows }, use) => {
    const catalogues: Catalogue[] = [];
    await withStudio(async (home) => {
      const catalogue = await startCatalogue(join(home, 'published'), rows);
      catalogues.push(catalogue);
      return { BITEXT_MODELS: join(home, 'none'), BITEXT_CATALOGUE: catalogue.address };
    }, async (studio) => {
      for (const catalogue of catalogues) await use({ studio, catalogue, store: join(studio.home, 'models') });
    });
    for (const catalogue of catalogues) await catalogue.close();
  },
});

const MODEL = 'de-en-tiny-3.0', FILE = 'model.deen.intgemm.alphas.bin.zst';

test('a model is looked for, downloaded with a stop on the way, verified and removed', async ({ library: { studio, catalogue, store } }) => {
  const { page } = studio;
  await expect(page.getByText('No model yet.')).toBeVisible();
  await page.getByRole('button', { name: /^Models…/u }).click();
  const models = new ModelsDialog(page);
  await expect(models.installed).toHaveText(['No model is installed. The catalogue has some; a folder or a zip can be imported.']);
  // The tabs are one stop of the keyboard; arrows go between them.
  await models.tab('On this machine').focus();
  await page.keyboard.press('ArrowRight');
  await expect(models.tab('Catalogue')).toBeFocused();
  await expect(models.button('Look at the catalogue')).toBeVisible();
  await models.button('Look at the catalogue').click();
  await expect(models.published).toHaveCount(2);
  await models.search.fill('german');
  await expect(models.published).toHaveText([/German.*English.*tiny · version 3\.0 · .* to fetch, .* on the disk · MPL-2\.0/su]);
  expect(catalogue.asked).toEqual([]);

  // The connection falls silent in the middle; what has come is kept.
  catalogue.misbehave(FILE, [{ kind: 'stall', after: 2000 }]);
  await models.button(`Download ${MODEL}`).click();
  await expect(models.published.getByRole('progressbar')).toHaveAttribute('aria-valuenow', /^[1-9]/u);
  await models.button(`Stop the download of ${MODEL}`).click();
  await expect(models.button(`Go on with ${MODEL}`)).toBeVisible();
  await models.tab('On this machine').click();
  await expect(models.unfinished).toHaveCount(1);
  await models.button(`Go on with ${MODEL}`).click();
  await expect(models.dialog.getByRole('status').filter({ hasText: 'is there.' })).toBeVisible();
  expect(catalogue.asked.filter((asked) => asked.startsWith(FILE))).toEqual([`${FILE} whole`, expect.stringMatching(/bytes=\d+-$/u)]);
  await expect(models.installed).toHaveText([/German → English.*marian-student.*MPL-2\.0.*de-en-tiny-3\.0 · from http/su]);
  expect(readdirSync(store)).toEqual([MODEL]);

  await models.button('Verify').click();
  await expect(models.installed.getByText('2 files are as published.')).toBeVisible();
  writeFileSync(join(store, MODEL, 'vocab.deen.spm'), 'another');
  await models.button('Verify').click();
  await expect(models.failure).toContainText('vocab.deen.spm is not the file it should be');
  await models.button('Remove German to English').click();
  await models.installed.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(models.installed).toHaveText([/No model is installed/u]);
  expect(readdirSync(store)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(models.dialog).toBeHidden();
});

/** A text in German, on the disk of a studio. */
function writeLetter({ home }: Studio): string {
  const source = join(home, 'brief.txt');
  writeFileSync(source, 'der die das\n');
  return source;
}

test('a project for a pair without a model leads to the models that would serve it', async ({ library: { studio } }) => {
  const { page } = studio;
  const dialog = await new StartPage(studio).chooseFor([writeLetter(studio)], { languages: ['de', 'fr'] });
  await expect(dialog.getByText('No model serves German to French')).toBeVisible();
  await dialog.getByRole('button', { name: 'Find models…' }).click();
  const models = new ModelsDialog(page);
  await expect(models.dialog.getByText('Get one for the pair, or two that go by way of English: German to English and English to French.')).toBeVisible();
  await models.button('Look at the catalogue').click();
  await expect(models.published).toHaveText([/German.*English/su, /English.*French/su]);
  await models.button('Download de-en-tiny-3.0').click();
  await expect(models.dialog.getByText('German to English (is there) and English to French')).toBeVisible();
  await models.button('Download en-fr-tiny-3.0').click();
  await expect(models.dialog.getByText('German to French is served now.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog.getByLabel('To', { exact: true })).toHaveValue('fr');
  await expect(dialog.getByText('No model serves')).toBeHidden();
});

test('translating and suggesting without a model lead there, too', async ({ library: { studio } }) => {
  const { page } = studio;
  const editor = await new StartPage(studio).createProject([writeLetter(studio)], { languages: ['de', 'en'] });
  await editor.startTranslation();
  await editor.messages.getByRole('button', { name: 'Find models…' }).click();
  const models = new ModelsDialog(page);
  await expect(models.dialog.getByText('No model serves German to English. Get one for the pair.')).toBeVisible();
  await page.keyboard.press('Escape');
  await editor.choose(1);
  await page.getByRole('button', { name: 'Find models…' }).click();
  await expect(models.dialog.getByText('No model serves German to English. Get one for the pair.')).toBeVisible();
});

test('a folder is imported, a server that is gone is told, and every state passes WCAG 2.2 AA', async ({ library: { studio, catalogue, store } }) => {
  const { app, page, home } = studio;
  await new StartPage(studio).models.waitFor({ state: 'detached' });
  await page.keyboard.press('Control+Shift+L');
  const models = new ModelsDialog(page);
  await answerOpen(app, [join(home, 'published', 'enfr')]);
  await models.button('Import a folder…').click();
  await expect(models.installed).toHaveText([/English → French/u]);
  expect(readdirSync(store)).toEqual(['enfr']);
  mkdirSync(join(store, '.downloading-x'));
  mkdirSync(join(store, 'odd'));
  writeFileSync(join(store, 'odd', 'vocab.spm'), '');
  await answerOpen(app, [join(home, 'published', 'enfr')]);
  await models.button('Import a folder…').click();
  await expect(models.failure).toContainText('is there already');
  await expect(models.unfinished).toHaveCount(1);
  await expect(models.dialog.getByText('Folders that can’t be used')).toBeVisible();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await faults(page)).toEqual([]);
    await page.screenshot({ path: join(process.env['BITEXT_PICTURES'] ?? home, `models-installed-${colorScheme}.png`) });
  }
  await models.tab('Catalogue').click();
  expect(await faults(page)).toEqual([]);
  await models.button('Look at the catalogue').click();
  await expect(models.published).toHaveCount(2);
  catalogue.misbehave(FILE, [{ kind: 'stall', after: 2000 }]);
  await models.button(`Download ${MODEL}`).click();
  await expect(models.published.getByRole('progressbar')).toHaveAttribute('aria-valuenow', /^[1-9]/u);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await faults(page)).toEqual([]);
    await page.screenshot({ path: join(process.env['BITEXT_PICTURES'] ?? home, `models-catalogue-${colorScheme}.png`) });
  }
  await models.button(`Stop the download of ${MODEL}`).click();
  await expect(models.button(`Go on with ${MODEL}`)).toBeVisible();
  catalogue.misbehave('root', [{ kind: 'status', status: 403 }]);
  await models.button('Look again').click();
  await expect(models.failure).toContainText('answers 403');
  // What was found before stays.
  await expect(models.published).toHaveCount(2);
});

test.describe('a long catalogue', () => {
  test.use({ rows: 100_000 });

  test('a hundred thousand models are listed, searched and gone through by the keyboard, a page of them in the document', async ({ library: { studio } }) => {
    const { page } = studio;
    await page.keyboard.press('Control+Shift+L');
    const models = new ModelsDialog(page);
    await models.tab('Catalogue').click();
    await models.button('Look at the catalogue').click();
    await expect(models.dialog.getByText('100,002 models')).toBeVisible({ timeout: 180_000 });
    expect(await models.published.count()).toBeLessThan(60);
    await models.published.first().getByRole('button').focus();
    await page.keyboard.press('End');
    await expect(models.published.last()).toHaveAttribute('aria-posinset', '100002');
    await expect(models.published.last().getByRole('button')).toBeFocused();
    await page.keyboard.press('ArrowUp');
    await expect(models.published.locator('css=button:focus')).toHaveCount(1);
    await models.search.fill('polish t12345');
    await expect(models.published).toHaveCount(0);
    await models.search.fill('t12344');
    await expect(models.published).toHaveText([/English.*Spanish.*t12344/su]);
  });
});
