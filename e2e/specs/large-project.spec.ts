import { writeLongText } from '../fixtures/documents.ts';
import { StartPage } from '../pages/start-page.ts';
import { expect, test } from '../support/studio.ts';

test('a hundred thousand segments are scrolled, searched and edited', async ({ studio }) => {
  const text = writeLongText(studio.home, 'large.txt', 100_000);
  const editor = await new StartPage(studio).createProject([text]);
  await expect(editor.chip('Not started')).toHaveText('Not started 100,000', { timeout: 180_000 });
  await expect(editor.grid).toHaveAttribute('aria-rowcount', '100001');
  const scroller = editor.page.getByTestId('rows');
  // The page holds what is near the eye, wherever that is.
  for (const share of [0.25, 0.5, 0.75, 1]) {
    await scroller.evaluate((element, part) => { element.scrollTop = element.scrollHeight * part; }, share);
    await expect(async () => {
      const shown = await editor.grid.locator('[data-segment] .source').evaluateAll((cells) => cells.filter((cell) => { const box = cell.getBoundingClientRect(); return box.bottom > 150 && box.top < window.innerHeight - 40; }).map((cell) => cell.textContent.trim().length));
      expect(shown.length).toBeGreaterThan(3);
      expect(Math.min(...shown)).toBeGreaterThan(20);
    }).toPass();
    expect(await editor.rows.count()).toBeLessThan(80);
  }
  // Heights are estimates until rows have been seen: the end moves a little on the way to it.
  await expect(async () => {
    await scroller.evaluate((element) => { element.scrollTop = element.scrollHeight; });
    await expect(editor.sourceOf(100_000)).toContainText('number 100000 ', { timeout: 3000 });
  }).toPass();
  await editor.press('Control+G');
  await editor.page.keyboard.type('77777');
  await editor.press('Enter');
  await expect(editor.activeRow.getByRole('rowheader')).toHaveText('77777');
  await expect(editor.target).toBeFocused();
  await editor.page.keyboard.type('Aqui');
  await expect(editor.saved).toHaveText('saved');
  await editor.press('Control+F');
  await editor.page.keyboard.type('number 4242 ');
  await expect(editor.rows).toHaveCount(1);
  await expect(editor.sourceOf(4242)).toContainText('number 4242 ');
});
