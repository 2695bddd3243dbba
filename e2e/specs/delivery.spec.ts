import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTRACT, MANUAL, writeDocuments } from '../fixtures/documents.ts';
import { DeliveryDialog } from '../pages/delivery-dialog.ts';
import { StartPage } from '../pages/start-page.ts';
import { expect, test } from '../support/studio.ts';

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

test('a delivery is written, opened again, proved complete and shown as a receipt', async ({ studio }) => {
  const { folder, contract, manual } = writeDocuments(studio.home);
  const editor = await new StartPage(studio).createProject([folder], { from: 'folder' });
  await editor.translateAll();
  await editor.choose(2);
  await editor.retype('O pagamento vence na receção da fatura.');
  await editor.press('Control+Enter');
  await expect(editor.stateOf(2)).toContainText('Confirmed');

  const out = join(studio.home, 'out');
  mkdirSync(out);
  const delivery = new DeliveryDialog(studio);
  await delivery.deliver(out, ['XLIFF 2.1', 'TMX']);
  await expect(delivery.verdict).toContainText('Every file was opened again and is complete');
  await expect(delivery.files).toHaveCount(6);

  const text = readFileSync(join(out, 'contract.txt'), 'utf8');
  expect(text.split('\n\n')).toHaveLength(4);
  expect(text.split('\n\n')[1]).toBe('O pagamento vence na receção da fatura.');
  const page = readFileSync(join(out, 'manual.html'), 'utf8');
  expect(page.match(/<[^>]+>/gu)).toEqual(expect.arrayContaining(['<b>', '</b>', '<a href="start.html">', '</a>']));
  expect(page).not.toContain('Never open the cover');
  // The sources are as they were.
  expect(readFileSync(contract, 'utf8')).toBe(`${CONTRACT.join('\n\n')}\n`);
  expect(readFileSync(manual, 'utf8')).toBe(MANUAL);

  const receipt: unknown = JSON.parse(readFileSync(join(out, 'bitext-receipt.json'), 'utf8'));
  expect(receipt).toMatchObject({ ok: true, failures: [], files: expect.arrayContaining([expect.objectContaining({ kind: 'document', segments: 4, found: 4, targetSha256: sha256(join(out, 'contract.txt')), sourceSha256: sha256(contract) })]) });
  expect(existsSync(join(out, 'bitext-receipt.html'))).toBe(true);
  await delivery.close();
  await expect(editor.grid).toBeVisible();
});

test('a segment with broken tags is named, its document is held back, and the rest is delivered', async ({ studio }) => {
  const { folder } = writeDocuments(studio.home);
  const editor = await new StartPage(studio).createProject([folder], { from: 'folder' });
  await editor.choose(7);
  await editor.page.keyboard.type('Leia ');
  await editor.press('Alt+1');
  await editor.page.keyboard.type('tudo');
  await expect(editor.saved).toHaveText('saved');
  const out = join(studio.home, 'out');
  mkdirSync(out);
  const delivery = new DeliveryDialog(studio);
  await delivery.deliver(out, []);
  await expect(delivery.verdict).toContainText('1 file failed');
  await expect(delivery.receipt.locator('.failures')).toContainText('manual.html');
  expect(existsSync(join(out, 'manual.html'))).toBe(false);
  expect(existsSync(join(out, 'contract.txt'))).toBe(true);
});
