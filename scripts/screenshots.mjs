/**
 * Takes the pictures of the README from the real window: `node scripts/screenshots.mjs` (after set-up and build; without a
 * display it starts one of its own). Writes resources/screenshots/{start,editor-light,editor-dark,terms,receipt}.png.
 * The documents are those of resources/samples/, the translations those of the default model.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkout } from './setup/places.mjs';

if (process.platform === 'linux' && !process.env.DISPLAY) {
  const { status } = spawnSync('xvfb-run', ['-a', '--server-args=-screen 0 1600x1000x24', process.execPath, fileURLToPath(import.meta.url)], { stdio: 'inherit' });
  process.exit(status ?? 1);
}

const { startElectron } = await import('../e2e/support/electron.ts');
const { answerOpen, answerSave } = await import('../e2e/pages/dialogs.ts');
const { DeliveryDialog } = await import('../e2e/pages/delivery-dialog.ts');
const { EditorPage } = await import('../e2e/pages/editor-page.ts');
const { TermsDialog } = await import('../e2e/pages/terms-dialog.ts');

const pictures = join(checkout, 'resources', 'screenshots');
// A folder whose name may be seen in a picture.
const desk = join(tmpdir(), 'Translations');
rmSync(desk, { recursive: true, force: true });
mkdirSync(pictures, { recursive: true });
cpSync(join(checkout, 'resources', 'samples'), join(desk, 'Greenhouse'), { recursive: true });

/** Term, translation, further forms, note. */
const TERMS = [
  ['Goods', 'Mercadorias', '', 'case'], ['clause|clauses', 'cláusula|cláusulas'], ['pump|pumps', 'bomba|bombas'], ['valve|valves', 'válvula|válvulas'], ['seal|seals', 'junta|juntas'], ['seal', 'selo', '', 'forbidden'], ['main switch', 'interruptor geral'],
  ['power supply', 'alimentação elétrica'], ['Supplier', 'Fornecedor', '', 'case'], ['PX-200', '', '', 'DNT'], ['order|orders', 'encomenda|encomendas'], ['invoice|invoices', 'fatura|faturas'],
];

const app = await startElectron({ home: join(desk, '.studio'), env: { LANG: 'en_GB.UTF-8' } });
try {
  const page = await app.firstWindow();
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  const studio = { app, page, home: desk };
  const editor = new EditorPage(studio);
  // Notices go by themselves after a while; a picture doesn't wait. Behind a dialog they can't be closed.
  const closeNotices = async () => {
    const closing = editor.messages.getByRole('button', { name: 'Close this message' });
    while (await closing.count() > 0) await closing.first().click();
  };
  const picture = async (name) => {
    if (await page.locator('dialog[open]').count() === 0) await closeNotices();
    await page.mouse.move(4, 895);
    await page.waitForTimeout(400);
    await page.screenshot({ path: join(pictures, `${name}.png`) });
    console.log(join('resources', 'screenshots', `${name}.png`));
  };
  const create = async (input, name) => {
    await answerOpen(app, [join(desk, 'Greenhouse', ...input)]);
    await answerSave(app, join(desk, `${name}.bitext`));
    await page.getByRole('button', { name: 'Choose a folder\u2026' }).click();
    const dialog = page.getByRole('dialog', { name: 'New project' });
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByRole('button', { name: 'Create project\u2026' }).click();
    await editor.grid.waitFor();
  };
  const close = () => page.getByRole('button', { name: 'Close the project' }).click();

  await create(['web'], 'Shop front');
  await close();
  await create(['manual'], 'Pump manual');
  await close();
  await create([], 'Greenhouse launch');
  const termbase = join(desk, 'greenhouse.tsv');
  writeFileSync(termbase, TERMS.map((row) => row.join('\t')).join('\n'));
  await answerOpen(app, [termbase]);
  await closeNotices();
  await editor.press('Control+Shift+G');
  const terms = new TermsDialog(studio);
  await terms.button('Add termbases…').click();
  await terms.terms.first().waitFor();
  await picture('terms');
  await editor.press('Escape');
  await editor.translateAll();
  // A morning's work: the first segments are read and confirmed.
  await editor.choose(1);
  for (let i = 0; i < 10; i++) {
    await editor.press('Control+Enter');
    await page.waitForTimeout(150);
  }
  await editor.suggestion.waitFor();
  await picture('editor-light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await picture('editor-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  const delivery = new DeliveryDialog(studio);
  mkdirSync(join(desk, 'Delivery'));
  await delivery.deliver(join(desk, 'Delivery'), ['XLIFF 2.1']);
  await picture('receipt');
  await delivery.close();
  await close();
  await page.getByRole('region', { name: 'Recent projects' }).getByRole('listitem').nth(2).waitFor();
  await picture('start');
} finally {
  await app.close();
  rmSync(desk, { recursive: true, force: true });
}
