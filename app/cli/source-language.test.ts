import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { hasModels, runCli } from './testing/run-cli.ts';

const root = mkdtempSync(join(tmpdir(), 'bitext-language-'));
afterAll(() => { rmSync(root, { recursive: true, force: true }); });
const env = { BITEXT_HOME: join(root, 'home') };
const folder = (name: string, files: Readonly<Record<string, string>>): string => {
  mkdirSync(join(root, name), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(root, name, file), text);
  return join(root, name);
};

describe.skipIf(!hasModels)('--from auto, with the default models', () => {
  test('tells the language of lines', async () => {
    const { code, stdout, stderr } = await runCli(['translate', '-', '--from', 'auto', '--to', 'en'], { env, input: 'Bom dia.\nO contrato termina no dia 31 de dezembro.\n' });
    expect([code, stdout.split('\n')[0], stderr]).toEqual([0, 'Good morning.', expect.stringContaining('The source language is Portuguese (pt), as the text looks.')]);
  });

  test('tells the language of documents, and keeps to it', async () => {
    const input = folder('papers', { 'a.html': '<p>O contrato termina no dia 31 de dezembro e pode ser renovado por escrito.</p>', 'b.txt': 'As mercadorias chegaram na segunda-feira.\n', 'broken.docx': 'PK' });
    const out = join(root, 'out');
    const args = ['translate', input, '--from', 'auto', '--to', 'en', '--out', out];
    const first = await runCli(args, { env });
    expect([first.code, first.stderr]).toEqual([1, expect.stringContaining('The source language is Portuguese (pt)')]);
    expect(readFileSync(join(out, 'b.txt'), 'utf8')).toMatch(/goods/i);
    // The project knows its languages: nothing is guessed again.
    const second = await runCli(args, { env });
    expect([second.code, second.stderr]).toEqual([1, expect.not.stringContaining('The source language is')]);
  });
});

test('a project may be made with it', async () => {
  const input = folder('letters', { 'a.txt': 'Der Vertrag endet am 31. Dezember und kann schriftlich verlängert werden.\n' });
  const { code, stdout } = await runCli(['project', 'new', join(root, 'offer.bitext'), input, '--from', 'auto', '--to', 'en', '--json'], { env });
  expect([code, JSON.parse(stdout.split('\n')[0] ?? '')]).toEqual([0, expect.objectContaining({ from: 'de', to: 'en' })]);
});

test('what can not be told is asked for', async () => {
  const input = folder('short', { 'a.txt': 'OK\n' });
  const files = await runCli(['translate', input, '--from', 'auto', '--to', 'en', '--out', join(root, 'none')], { env });
  expect([files.code, files.stderr]).toEqual([2, expect.stringMatching(/can't be told: there is too little text\.[^]*--from/)]);
  const lines = await runCli(['translate', '-', '--from', 'auto', '--to', 'en'], { env, input: '12\n34\n' });
  expect([lines.code, lines.stdout]).toEqual([2, '']);
  const nothing = await runCli(['translate', folder('empty', {}), '--from', 'auto', '--to', 'en', '--out', join(root, 'none2')], { env });
  expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('There is no document to translate')]);
});
