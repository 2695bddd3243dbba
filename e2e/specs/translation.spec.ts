import { writeDocuments, writeLongText } from '../fixtures/documents.ts';
import { StartPage } from '../pages/start-page.ts';
import { killHost } from '../support/processes.ts';
import { expect, test } from '../support/studio.ts';

/** Segments of a translation that is to be caught in its middle: seconds of work for the fastest machine. */
const MANY = 6000;

test('the local model translates everything, tags in their places, and the whole batch is undone at once', async ({ studio }) => {
  const { contract, manual } = writeDocuments(studio.home);
  const editor = await new StartPage(studio).createProject([contract, manual]);
  await editor.translateAll();
  await expect(editor.chip('Draft')).toHaveText('Draft 8');
  await expect(editor.targetOf(1)).toContainText('30 dias');
  await expect(editor.targetOf(4)).toHaveText(await editor.target.innerText());
  await expect(editor.targetOf(7)).toContainText('manual');
  await expect(editor.targetOf(7).locator('.tag-chip')).toHaveCount(4);
  await expect(editor.stateOf(8)).toContainText('machine');
  await expect(editor.page.getByTestId('device')).toContainText('CPU');
  await expect(editor.page.getByTestId('model')).toContainText('Portuguese');
  await editor.press('Control+Z');
  await expect(editor.chip('Not started')).toHaveText('Not started 8');
  await editor.press('Control+Shift+Z');
  await expect(editor.chip('Draft')).toHaveText('Draft 8');
});

test('a suggestion for the active segment is offered and taken with a key', async ({ studio }) => {
  const { contract } = writeDocuments(studio.home);
  const editor = await new StartPage(studio).createProject([contract]);
  await editor.choose(2);
  await expect(editor.suggestion).toContainText('pagamento', { timeout: 180_000 });
  const offered = await editor.suggestion.innerText();
  await editor.press('Control+1');
  await expect(editor.target).toHaveText(offered);
  await expect(editor.stateOf(2)).toContainText('machine');
  await editor.press('Control+Enter');
  await expect(editor.stateOf(2)).toContainText('Confirmed');
});

test('a translation is cancelled, what is done is kept, and the rest is done when it goes on', async ({ studio }) => {
  const text = writeLongText(studio.home, 'long.txt', MANY);
  const editor = await new StartPage(studio).createProject([text]);
  await editor.startTranslation();
  const bar = editor.translation.getByRole('progressbar');
  await expect(async () => { expect(Number(await bar.getAttribute('aria-valuenow'))).toBeGreaterThan(2); }).toPass({ timeout: 300_000, intervals: [50] });
  await expect(editor.translation).toContainText('words/s');
  await editor.translation.getByRole('button', { name: 'Cancel' }).click();
  await expect(editor.messages).toContainText('Translation stopped');
  const kept = Number((await editor.chip('Draft').innerText()).replace(/\D/gu, ''));
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(MANY);
  await editor.translateAll();
  await expect(editor.chip('Draft')).toHaveText('Draft 6,000');
});

test('the death of the engine\u2019s process is told once; the window lives, and the translation goes on by itself', async ({ studio }) => {
  const text = writeLongText(studio.home, 'long.txt', MANY);
  const editor = await new StartPage(studio).createProject([text]);
  await editor.startTranslation();
  const bar = editor.translation.getByRole('progressbar');
  await expect(async () => { expect(Number(await bar.getAttribute('aria-valuenow'))).toBeGreaterThan(2); }).toPass({ timeout: 300_000, intervals: [50] });
  await killHost(studio.app, 'engine');
  const told = editor.messages.locator('[data-topic="engine"]');
  await expect(told).toContainText('The translation engine stopped and was started again');
  await expect(told).toHaveCount(1);
  // Editing goes on meanwhile.
  await editor.choose(1);
  await editor.press('Control+End');
  await editor.page.keyboard.type(' Sim.');
  await expect(editor.saved).toHaveText('saved');
  await expect(editor.messages.getByText(/segments? translated/u)).toBeVisible({ timeout: 600_000 });
  await expect(editor.chip('Draft')).toHaveText('Draft 6,000');
  await expect(editor.target).toHaveText(/Sim\.$/u);
});

test('a translation that died with the core\u2019s process is offered again, and goes on', async ({ studio }) => {
  const text = writeLongText(studio.home, 'long.txt', MANY);
  const editor = await new StartPage(studio).createProject([text]);
  await editor.startTranslation();
  const bar = editor.translation.getByRole('progressbar');
  await expect(async () => { expect(Number(await bar.getAttribute('aria-valuenow'))).toBeGreaterThan(2); }).toPass({ timeout: 300_000, intervals: [50] });
  await killHost(studio.app, 'core');
  await expect(editor.messages).toContainText('storage is back');
  await expect(editor.unfinished).toContainText('What is done is kept');
  await editor.unfinished.getByRole('button', { name: 'Continue' }).click();
  await expect(editor.messages.getByText(/segments? translated/u)).toBeVisible({ timeout: 600_000 });
  await expect(editor.chip('Draft')).toHaveText('Draft 6,000');
  await expect(editor.unfinished).toBeHidden();
});

test('the death of the core\u2019s process loses nothing that was saved', async ({ studio }) => {
  const { contract } = writeDocuments(studio.home);
  const editor = await new StartPage(studio).createProject([contract]);
  await editor.choose(2);
  await editor.page.keyboard.type('O pagamento vence');
  await expect(editor.saved).toHaveText('saved');
  await killHost(studio.app, 'core');
  await expect(editor.messages).toContainText('storage is back');
  await expect(editor.targetOf(2)).toHaveText('O pagamento vence');
  await editor.choose(3);
  await editor.page.keyboard.type('Depois');
  await expect(editor.saved).toHaveText('saved');
});
