import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Receipt } from '../contract/shapes/delivery.ts';
import { hasModels, MODELS_FOLDER, runCli, treeOf } from './testing/run-cli.ts';

const root = mkdtempSync(join(tmpdir(), 'bitext-translate-'));
afterAll(() => { rmSync(root, { recursive: true, force: true }); });
const SAMPLES = join(import.meta.dirname, '../../resources/samples');
const env = { BITEXT_HOME: join(root, 'home') };
const folder = (name: string): string => { const path = join(root, name); mkdirSync(path, { recursive: true }); return path; };
const receiptOf = (out: string): Receipt => JSON.parse(readFileSync(join(out, 'bitext-receipt.json'), 'utf8')) as Receipt;
/** The superuser may, but not in every container. */
function mayMount(): boolean {
  const place = folder('mounted');
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', place], { stdio: 'ignore' });
    execFileSync('umount', [place]);
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!hasModels)('with the default models', () => {
  test('the samples are delivered, proved, and a second run changes nothing', async () => {
    const out = join(root, 'delivery');
    const first = await runCli(['translate', SAMPLES, '--from', 'en', '--to', 'pt', '--out', out, '--bilingual', 'xliff12,xliff21,tmx,html,tsv'], { env });
    expect([first.code, first.stdout]).toEqual([0, '']);
    const receipt = receiptOf(out);
    const documents = receipt.files.filter(({ kind }) => kind === 'document');
    expect(documents.map(({ target }) => target).sort()).toEqual(readdirSync(SAMPLES, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(SAMPLES.length + 1)).sort());
    expect(receipt.files.map(({ target, found, tagsFound, ok }) => ({ target, found, tagsFound, ok }))).toEqual(receipt.files.map(({ target, segments, tags }) => ({ target, found: segments, tagsFound: tags, ok: true })));
    expect([receipt.failures, receipt.ok, receipt.model]).toEqual([[], true, 'enpt-1693087644']);
    const page = readFileSync(join(out, 'web/index.html'), 'utf8');
    expect(page).toContain('<html lang="pt">');
    expect(page).toContain('<a href="mailto:stay@example.com">stay@example.com</a>');
    expect(page).toContain('translate="no">Harbour View Lda.');

    const before = treeOf(out, /receipt|\.bitext|\.tmx$|\.html$/);
    const second = await runCli(['translate', SAMPLES, '--from', 'en', '--to', 'pt', '--out', out, '--json'], { env });
    expect(second.code).toBe(0);
    const summary = second.stderr.trim().split('\n').map((line) => JSON.parse(line) as { event: string; translated?: number }).find(({ event }) => event === 'summary');
    expect(summary?.translated).toBe(0);
    expect(treeOf(out, /receipt|\.bitext|\.tmx$|\.html$/)).toEqual(before);
  });

  test('a run after one sentence was edited translates that sentence, keeps the rest and leaves other files as they were', async () => {
    const input = folder('edited'), out = join(root, 'edited-out'), contract = join(input, 'contract.html');
    const page = (rent: string): string => `<html lang="en"><body><h1>Contract</h1><p>The tenant pays <b>on time</b>. ${rent}</p><p>The house has a garden.</p></body></html>`;
    writeFileSync(contract, page('The rent is 700 euros.'));
    writeFileSync(join(input, 'letter.txt'), 'Thank you for your letter.\n');
    expect((await runCli(['translate', input, '--to', 'pt', '--out', out], { env })).code).toBe(0);
    const before = treeOf(out, /receipt|\.bitext/), oldPage = readFileSync(join(out, 'contract.html'), 'utf8');
    writeFileSync(contract, page('The rent is 800 euros.'));
    const again = await runCli(['translate', input, '--to', 'pt', '--out', out], { env });
    expect([again.code, again.stderr]).toEqual([0, expect.stringContaining('updated: contract.html, 3 of 4 segments kept')]);
    expect(again.stderr).toContain('Machine translation: 1 segment,');
    expect(readFileSync(join(out, 'contract.html'), 'utf8')).toBe(oldPage.replace('700', '800'));
    expect(treeOf(out, /receipt|\.bitext/)['letter.txt']).toBe(before['letter.txt']);
    const third = await runCli(['translate', input, '--to', 'pt', '--out', out], { env });
    expect([third.code, third.stderr]).toEqual([0, expect.stringContaining('Machine translation: 0 segments')]);
    expect(third.stderr).not.toContain('updated:');
  });

  test('lines from stdin come back one a line in order, and nothing else', async () => {
    const lines = ['Good morning.', '', '12345', 'The contract ends on 31 December 2026.', 'Good morning.', 'https://example.com/a?b=c'];
    const { code, stdout } = await runCli(['translate', '-', '--from', 'en', '--to', 'pt', '--quiet'], { input: lines.join('\n'), env });
    const got = stdout.split('\n');
    expect([code, got.length, got[0], got[1], got[2], got[4], got[5], got[6]]).toEqual([0, 7, 'Bom dia.', '', '12345', 'Bom dia.', 'https://example.com/a?b=c', '']);
    expect(got[3]).toMatch(/31 de dezembro de 2026/i);
  });

  test('a named model of other languages is taken, and that is said', async () => {
    const { code, stderr } = await runCli(['translate', '-', '--from', 'pt', '--to', 'en', '--model', 'enpt-1693087644'], { input: 'Good morning.\n', env });
    expect([code, stderr.split('\n')[0]]).toEqual([0, 'The model enpt-1693087644 translates en to pt, not pt to en.']);
  });

  test('bad files are listed with their reasons, and the rest is delivered', async () => {
    const input = folder('mixed'), out = join(root, 'mixed-out');
    writeFileSync(join(input, 'good.txt'), 'The goods arrived on Monday.\n');
    writeFileSync(join(input, 'locked.docx'), Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(1024), Buffer.from('EncryptedPackage', 'utf16le')]));
    writeFileSync(join(input, 'cut.docx'), Buffer.from('504b030414000000080000', 'hex'));
    writeFileSync(join(input, 'broken.xlf'), '<?xml version="1.0"?><xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"><file>');
    writeFileSync(join(input, 'noise.dat'), Buffer.from([0, 1, 2, 0xff]));
    const { code, stderr } = await runCli(['translate', input, '--to', 'pt', '--out', out, '--json'], { env });
    const failures = stderr.trim().split('\n').map((line) => JSON.parse(line) as { event: string; path: string; code: string; advice: string }).filter(({ event }) => event === 'failure');
    expect(code).toBe(1);
    expect(stderr).toContain(JSON.stringify({ event: 'left-out', paths: [join(input, 'noise.dat')] }));
    expect(failures.map(({ path, code: why }) => [path.slice(input.length + 1), why])).toEqual([['broken.xlf', 'FORMAT_BROKEN'], ['cut.docx', 'FORMAT_BROKEN'], ['locked.docx', 'FORMAT_ENCRYPTED']]);
    expect(failures.every(({ advice }) => advice.length > 10)).toBe(true);
    expect(receiptOf(out).files.map(({ target, ok }) => [target, ok])).toEqual([['good.txt', true]]);
  });

  test('pictures beside the documents of a folder are left out, and nothing has failed; named by the user they fail', async () => {
    const input = folder('site');
    writeFileSync(join(input, 'index.html'), '<p>Welcome to our shop.</p>');
    for (const name of ['a.png', 'b.png', 'c.css']) writeFileSync(join(input, name), Buffer.from([0x89, 0, 1, 2]));
    const whole = await runCli(['translate', input, '--to', 'pt', '--out', join(root, 'site-out')], { env });
    expect([whole.code, whole.stderr]).toEqual([0, expect.stringContaining('Left out, not documents that are read here (bitext formats): 2 .png, 1 .css')]);
    expect((await runCli(['translate', join(input, 'index.html'), join(input, 'a.png'), '--to', 'pt', '--out', join(root, 'site-out2')], { env })).code).toBe(1);
  });

  test('a pair without a model, and a model that is not whole, end with 3 and say what is there', async () => {
    const input = folder('pair');
    writeFileSync(join(input, 'a.txt'), 'Hello.\n');
    const pair = await runCli(['translate', input, '--to', 'ja', '--out', join(root, 'pair-out')], { env });
    expect(pair.code).toBe(3);
    expect(pair.stderr).toContain('There is no model from English to Japanese. Installed: en to pt; pt to en.');
    const broken = join(root, 'broken-model');
    cpSync(join(MODELS_FOLDER, 'enpt-1693087644'), broken, { recursive: true });
    rmSync(join(broken, 'vocab.enpt.spm'));
    const missing = await runCli(['translate', input, '--to', 'pt', '--out', join(root, 'pair-out2'), '--model', broken], { env });
    expect([missing.code, missing.stderr]).toEqual([3, expect.stringMatching(/vocab/)]);
    const cut = join(root, 'cut-model');
    cpSync(join(MODELS_FOLDER, 'enpt-1693087644'), cut, { recursive: true });
    const weights = join(cut, 'model.enpt.intgemm.alphas.bin');
    writeFileSync(weights, readFileSync(weights).subarray(0, 5_000_000));
    const half = await runCli(['translate', input, '--to', 'pt', '--out', join(root, 'pair-out3'), '--model', cut], { env });
    expect([half.code, half.stderr]).toEqual([3, expect.stringContaining('model.enpt.intgemm.alphas.bin')]);
  });

  test('a model folder is imported whole, listed, verified, used and removed', async () => {
    const home = { BITEXT_HOME: join(root, 'home2'), BITEXT_MODELS: join(root, 'none') };
    const imported = await runCli(['models', 'import', join(MODELS_FOLDER, 'pten-1693087646')], { env: home });
    expect([imported.code, imported.stdout.split('\n')[0]]).toEqual([0, 'pten-1693087646  pt to en']);
    expect((await runCli(['models', 'import', join(MODELS_FOLDER, 'pten-1693087646')], { env: home })).code).toBe(2);
    expect((await runCli(['models', 'list'], { env: home })).stdout).toContain(join(root, 'home2', 'models', 'pten-1693087646'));
    expect((await runCli(['translate', '-', '--from', 'pt', '--to', 'en', '--quiet'], { env: home, input: 'Bom dia.\n' })).stdout).toBe('Good morning.\n');
    expect((await runCli(['models', 'remove', 'pten-1693087646'], { env: home })).code).toBe(0);
    expect((await runCli(['models', 'list'], { env: home })).code).toBe(3);
  });

  test.skipIf(process.platform !== 'linux' || !mayMount())('a full disk and a read-only folder are named; what was done is kept, and the run goes on after', async () => {
    const small = folder('small'), input = folder('large');
    for (let i = 0; i < 12; i++) writeFileSync(join(input, `part-${i}.txt`), Array.from({ length: 200 }, (_, n) => `Item ${i * 200 + n} of the inventory was counted twice on Monday.\n`).join(''));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=700k', 'tmpfs', small]);
    try {
      const full = await runCli(['translate', input, '--to', 'pt', '--out', join(small, 'out')], { env });
      expect([full.code, full.stderr]).toEqual([1, expect.stringMatching(/disk is full|No space left/)]);
      execFileSync('mount', ['-o', 'remount,size=64m', small]);
      const again = await runCli(['translate', input, '--to', 'pt', '--out', join(small, 'out')], { env });
      expect(again.code).toBe(0);
      expect(receiptOf(join(small, 'out')).files.map(({ found, ok }) => [found, ok])).toEqual(Array.from({ length: 12 }, () => [200, true]));
      execFileSync('mount', ['-o', 'remount,ro', small]);
      const readOnly = await runCli(['translate', input, '--to', 'pt', '--out', join(small, 'other')], { env });
      expect([readOnly.code, readOnly.stderr]).toEqual([1, expect.stringContaining('read-only')]);
    } finally {
      execFileSync('umount', [small]);
    }
  });
});
