import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerOpen } from '../pages/dialogs.ts';
import { ModelsDialog } from '../pages/models-dialog.ts';
import { StartPage } from '../pages/start-page.ts';
import { TrainingDialog } from '../pages/training-dialog.ts';
import { faults } from '../support/accessibility.ts';
import { killHost } from '../support/processes.ts';
import { expect, type Studio, test as base, withStudio } from '../support/studio.ts';
import { writeToyStudent } from '../support/toy-student.ts';

/** A studio whose only model is one that knows nothing yet. */
const test = base.extend<{ school: { readonly studio: Studio; readonly corpus: string; readonly store: string } }>({
  school: async ({}, use) => {
    let corpus = '';
    await withStudio(async (home) => {
      ({ corpus } = await writeToyStudent(join(home, 'shared')));
      return { BITEXT_MODELS: join(home, 'shared'), BITEXT_CACHE: join(home, 'cache') };
    }, (studio) => use({ studio, corpus, store: join(studio.home, 'models') }));
  },
});

test('a model learns a corpus, is paused and goes on, is used, and is gone back from', async ({ school: { studio, corpus, store } }) => {
  const { app, page, home } = studio;
  const pictures = process.env['BITEXT_PICTURES'] ?? home;
  const document = join(home, 'zoo.txt');
  writeFileSync(document, 'two birds\n');
  const editor = await new StartPage(studio).createProject([document]);
  await editor.choose(1);

  await page.keyboard.press('Control+Shift+K');
  const training = new TrainingDialog(page);
  await expect(training.runs).toHaveText(['Nothing was trained here yet.']);
  await expect(training.button('Start learning')).toBeDisabled();
  expect(await faults(page)).toEqual([]);
  await answerOpen(app, [corpus]);
  await training.button('Choose pairs…').click();
  await training.dialog.getByText('More settings').click();
  await training.field('Passes over the pairs').fill('60');
  await training.field('Highest learning rate').fill('0.006');
  await training.field('Tokens of a batch').fill('300');
  await training.field('Learn the word vectors, too').check();
  expect(await faults(page)).toEqual([]);
  await training.button('Start learning').click();

  await expect(training.curve).toBeVisible({ timeout: 180_000 });
  await expect(training.dialog.getByText(/tokens\/s/u)).toBeVisible();
  await expect(training.dialog.getByText(/about .* left/u)).toBeVisible();
  await training.button('Pause').click();
  await expect(training.button('Go on')).toBeVisible();
  expect(await faults(page)).toEqual([]);
  await expect(training.runs).toHaveText([/English → Portuguese.*Paused · corpus\.tsv/su]);
  expect(existsSync(join(store, 'enpt.tuned-1'))).toBe(false);

  // It goes on while the view is closed.
  await training.button('Go on').click();
  await expect(training.button('Pause')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(training.dialog).toBeHidden();
  await expect(page.getByText('The model has learned')).toBeVisible({ timeout: 300_000 });
  await page.getByRole('button', { name: 'Look', exact: true }).click();
  await expect(training.status).toContainText('Stored as enpt.tuned-1; it is used from now on.');
  await expect(training.runs).toHaveText([/Better · corpus\.tsv/u]);
  await expect(training.scores).toHaveText([/BLEU.*chrF/su, /^Before/u, /^After/u, /^Change\+/u]);
  // A heading, and at least five of the pairs that it did not learn from.
  await expect(training.samples.nth(5)).toBeVisible();
  await expect(training.scoreCurve).toHaveAttribute('aria-label', /^Scores over [\d,]+ updates: BLEU of pairs that are not learned from .* to .*; chrF from .* to /u);
  await training.scoreCurve.scrollIntoViewIfNeeded();
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await faults(page)).toEqual([]);
    await page.screenshot({ path: join(pictures, `training-curves-${colorScheme}.png`) });
  }
  expect(readFileSync(join(store, 'enpt.tuned-1', 'bitext.json'), 'utf8')).toContain('"basedOn": "enpt"');

  // Where it looks, with all and without what it has learned.
  await training.field('Sentence').fill('two birds');
  await training.button('Look').click();
  await expect(training.dialog.getByText('dois pássaros', { exact: true })).toBeVisible();
  await expect(training.attention.getByRole('rowheader').last()).toHaveText('</s>');
  // Every field is as dark as its weight: no two rows of a learned translation look the same.
  const shades = await training.attention.getByRole('row').evaluateAll((rows) => rows.slice(1).map((row) => [...row.querySelectorAll('td')].map((field) => getComputedStyle(field).backgroundColor).join(' ')));
  expect(new Set(shades).size).toBe(shades.length);
  await training.attention.scrollIntoViewIfNeeded();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await faults(page)).toEqual([]);
    await page.screenshot({ path: join(pictures, `training-${colorScheme}.png`) });
  }
  // Back to where it began, by the keyboard.
  await training.checkpoint.focus();
  await page.keyboard.press('Home');
  await expect(training.checkpoint).toHaveAttribute('aria-valuetext', 'Before learning');
  await training.button('Look').click();
  await expect(training.attention).toBeVisible();
  await expect(training.dialog.getByText('dois pássaros', { exact: true })).toBeHidden();
  await page.keyboard.press('End');
  await training.checkpoint.focus();
  await page.keyboard.press('End');
  await training.button('Translate the samples').click();
  await expect(training.samplesThen).toHaveCount(6);
  await expect(training.samplesThen.filter({ hasText: '…' })).toHaveCount(0);
  // The newest checkpoint says what the log of the finished model says, but for the share that was left out and rounding.
  await expect(training.samplesThen.first()).toContainText(/After [\d,]+ updates/u);
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press('Escape');

  // The next suggestion is the new model's.
  await editor.translateAll();
  await expect(editor.target).toHaveText('dois pássaros');

  await page.keyboard.press('Control+Shift+K');
  await training.button('Go back to enpt').click();
  await expect(training.status).toContainText('enpt.tuned-1 is stored, and not used.');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Shift+L');
  const models = new ModelsDialog(page);
  await expect(models.installed.first()).toContainText('learned from enpt, not used');
  await models.button('Use enpt.tuned-1').click();
  await expect(models.installed.first()).not.toContainText('not used');
  await page.keyboard.press('Escape');

  // A project's confirmed segments are a corpus, too; one is too few.
  await editor.choose(1);
  await page.keyboard.press('Control+Enter');
  await page.keyboard.press('Control+Shift+K');
  await training.button('New run').click();
  await expect(training.dialog.getByRole('radio', { name: 'The confirmed segments of zoo 1' })).toBeChecked();
  await training.button('Start learning').click();
  await expect(training.failure).toContainText('A corpus of 1 usable pair');
  await expect(training.runs).toHaveCount(1);
});

test('a corpus that can\u2019t be used is told, a killed run goes on, and a run is removed', async ({ school: { studio, corpus } }) => {
  const { app, page, home } = studio;
  await new StartPage(studio).models.first().waitFor();
  await page.keyboard.press('Control+Shift+K');
  const training = new TrainingDialog(page);
  const bad = join(home, 'bad.tsv');
  writeFileSync(bad, 'only one column\n\u0000\n');
  await answerOpen(app, [bad]);
  await training.button('Choose pairs…').click();
  await training.button('Start learning').click();
  await expect(training.failure).toContainText('has fewer columns');
  await expect(training.runs).toHaveText(['Nothing was trained here yet.']);
  expect(await faults(page)).toEqual([]);

  await answerOpen(app, [corpus]);
  await training.button('Choose pairs…').click();
  await training.dialog.getByText('More settings').click();
  await training.field('Passes over the pairs').fill('1000');
  await training.button('Start learning').click();
  await expect(training.curve).toBeVisible({ timeout: 180_000 });
  expect(await faults(page)).toEqual([]);
  // Who looks at the form of the next run is left there while this one goes on.
  await training.button('New run').click();
  const [before = ''] = await training.runs.allInnerTexts();
  await expect(training.runs).not.toHaveText([before]);
  await expect(training.dialog.getByText('Another run is under way.')).toBeVisible();
  await training.runs.getByRole('button').click();
  await killHost(app, 'engine');
  await expect(training.failure).toContainText('It is being started again');
  await expect(training.runs).toHaveText([/Interrupted · corpus\.tsv/u]);
  await training.button('Go on').click();
  await training.button('Pause').click();
  await expect(training.runs).toHaveText([/Paused · corpus\.tsv/u]);

  await training.button('Remove…').click();
  await training.button(/^Remove$/u).click();
  await expect(training.runs).toHaveText(['Nothing was trained here yet.']);
});
