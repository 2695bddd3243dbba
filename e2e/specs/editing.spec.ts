import { writeDocuments } from '../fixtures/documents.ts';
import type { EditorPage } from '../pages/editor-page.ts';
import { StartPage } from '../pages/start-page.ts';
import { expect, test, type Studio } from '../support/studio.ts';

async function open(studio: Studio): Promise<EditorPage> {
  const { contract, manual } = writeDocuments(studio.home);
  return new StartPage(studio).createProject([contract, manual]);
}
const TAGGED = 7;

test('confirming stores, goes on to the next unconfirmed segment, and carries over to repetitions', async ({ studio }) => {
  const editor = await open(studio);
  await editor.choose(1);
  await editor.page.keyboard.type('O Fornecedor entregará os bens no prazo de 30 dias.');
  await editor.press('Control+Enter');
  await expect(editor.stateOf(1)).toContainText('Confirmed');
  await expect(editor.activeRow.getByRole('rowheader')).toHaveText('2');
  await expect(editor.target).toBeFocused();
  await expect(editor.targetOf(4)).toHaveText('O Fornecedor entregará os bens no prazo de 30 dias.');
  await expect(editor.stateOf(4)).toContainText('repeated');
  // Typing in a confirmed segment un-confirms it.
  await editor.choose(1);
  await editor.page.keyboard.type(' Sempre.');
  await expect(editor.stateOf(1)).toContainText('Draft');
});

test('an empty target is not confirmed, and the source can be copied', async ({ studio }) => {
  const editor = await open(studio);
  await editor.choose(2);
  await editor.press('Control+Enter');
  await expect(editor.messages).toContainText('The target is empty');
  await editor.press('Control+Insert');
  await expect(editor.target).toHaveText('Payment is due on receipt of the invoice.');
  await expect(editor.stateOf(2)).toContainText('source copied');
});

test('a tag is one chip: stepped over, deleted whole, put back, and needed for confirming', async ({ studio }) => {
  const editor = await open(studio);
  await editor.choose(TAGGED);
  await editor.page.keyboard.type('Leia ');
  await editor.sourceOf(TAGGED).getByRole('button', { name: 'Insert tag b 1' }).click();
  await editor.page.keyboard.type('o manual todo');
  await editor.press('Alt+2');
  await expect(editor.target).toHaveText('Leia b1o manual todo/b1');
  // One arrow passes a chip, one Backspace takes it away.
  await editor.press('ArrowLeft');
  await editor.page.keyboard.type('!');
  await expect(editor.target).toHaveText('Leia b1o manual todo!/b1');
  await editor.press('ArrowRight');
  await editor.press('Backspace');
  await expect(editor.target).toHaveText('Leia b1o manual todo!');
  await expect(editor.chips).toHaveText(['b1']);
  await editor.press('Control+Enter');
  await expect(editor.messages).toContainText('The tags don\u2019t match the source');
  await expect(editor.stateOf(TAGGED)).toContainText('Draft');
  await editor.press('Control+Shift+T');
  await expect(editor.chips).toHaveText(['b1', '/b1', 'a2', '/a2']);
  await editor.press('Control+Enter');
  await expect(editor.stateOf(TAGGED)).toContainText('Confirmed');
});

test('copy and paste keep tags, and a selection is wrapped by a pair', async ({ studio }) => {
  const editor = await open(studio);
  await editor.choose(TAGGED);
  await editor.press('Control+Insert');
  await expect(editor.chips).toHaveText(['b1', '/b1', 'a2', '/a2']);
  await editor.press('Control+A');
  await editor.press('Control+X');
  await expect(editor.chips).toHaveCount(0);
  await editor.press('Control+V');
  await expect(editor.target).toHaveText('Read the b1whole manual/b1 before you a2start the pump/a2.');
  await editor.retype('Leia tudo');
  await editor.press('Control+Shift+ArrowLeft');
  await editor.press('Alt+1');
  await expect(editor.target).toHaveText('Leia b1tudo/b1');
});

test('undo and redo go through typing, then through other segments, and come back there', async ({ studio }) => {
  const editor = await open(studio);
  await editor.choose(2);
  await editor.page.keyboard.type('O pagamento');
  await expect(editor.saved).toHaveText('saved');
  await editor.choose(3);
  await editor.page.keyboard.type('Qualquer litígio');
  await expect(editor.saved).toHaveText('saved');
  await editor.press('Control+Z');
  await expect(editor.target).toHaveText('Translation');
  await expect(editor.activeRow.getByRole('rowheader')).toHaveText('3');
  await editor.press('Control+Z');
  await expect(editor.activeRow.getByRole('rowheader')).toHaveText('2');
  await expect(editor.stateOf(2)).toContainText('Not started');
  await editor.press('Control+Shift+Z');
  await expect(editor.target).toHaveText('O pagamento');
  await editor.press('Control+Y');
  await expect(editor.activeRow.getByRole('rowheader')).toHaveText('3');
  await expect(editor.target).toHaveText('Qualquer litígio');
});

test('the history of a segment gives an earlier text back', async ({ studio }) => {
  const editor = await open(studio);
  await editor.choose(3);
  await editor.page.keyboard.type('Primeira versão');
  await editor.press('Control+Enter');
  await expect(editor.stateOf(3)).toContainText('Confirmed');
  await editor.choose(3);
  await editor.retype('Segunda versão');
  await expect(editor.saved).toHaveText('saved');
  await editor.history.filter({ hasText: 'Primeira versão' }).first().getByRole('button', { name: 'Restore' }).click();
  await expect(editor.target).toHaveText('Primeira versão');
  await expect(editor.stateOf(3)).toContainText('from history');
});

test('rows are walked by keyboard alone, and every command is in the palette with its key', async ({ studio }) => {
  const editor = await open(studio);
  await editor.choose(1);
  await editor.press('Control+ArrowDown');
  await editor.press('Control+ArrowDown');
  await expect(editor.activeRow.getByRole('rowheader')).toHaveText('3');
  await editor.press('Control+ArrowUp');
  await expect(editor.activeRow.getByRole('rowheader')).toHaveText('2');
  await expect(editor.target).toBeFocused();
  await editor.press('Control+Shift+P');
  await expect(editor.page.getByRole('option', { name: /^Segment Confirm and go to the next/u })).toContainText('CtrlEnter');
  await editor.page.keyboard.type('go to segment');
  await editor.press('Enter');
  await editor.page.keyboard.type('8');
  await editor.press('Enter');
  await expect(editor.activeRow.getByRole('rowheader')).toHaveText('8');
  await expect(editor.target).toBeFocused();
});

test('non-printing characters are shown on demand and never stored', async ({ studio }) => {
  const editor = await open(studio);
  await editor.choose(2);
  await editor.page.keyboard.type('30');
  await editor.press('Control+Shift+Space');
  await editor.page.keyboard.type('dias');
  await editor.press('Control+Shift+8');
  await expect(editor.target.locator('[data-sign="\u00b0"]')).toHaveCount(1);
  await expect(editor.saved).toHaveText('saved');
  expect(await editor.target.evaluate((element) => element.textContent)).toBe('30\u00a0dias');
});

test('the list is filtered by text, by expression and by state', async ({ studio }) => {
  const editor = await open(studio);
  await editor.choose(2);
  await editor.page.keyboard.type('O pagamento');
  await editor.press('Control+F');
  await editor.page.keyboard.type('supplier');
  await expect(editor.rows).toHaveCount(2);
  await editor.filter.fill('/\\bP(ump|ayment)/');
  await expect(editor.rows).toHaveCount(2);
  await editor.filter.fill('/(/');
  await expect(editor.filter).toHaveAttribute('aria-invalid', 'true');
  await editor.filter.fill('pagamento');
  await expect(editor.rows).toHaveCount(1);
  await editor.press('Escape');
  await expect(editor.rows).toHaveCount(8);
  await editor.chip('Draft').click();
  await expect(editor.rows).toHaveCount(1);
  await expect(editor.rows).toContainText('O pagamento');
  await editor.press('Control+Shift+F');
  await expect(editor.rows).toHaveCount(8);
});
