import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCli } from './testing/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'bitext-cli-'));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

test('segment prints a sentence a line, and offsets with --json', async () => {
  const text = 'Dr. Lee came\nat 5 p.m. yesterday. She left.\n';
  expect(await runCli(['segment', '--lang', 'en'], { input: text })).toEqual({ code: 0, stdout: 'Dr. Lee came at 5 p.m. yesterday.\nShe left.\n', stderr: '' });
  const { stdout } = await runCli(['segment', '--json'], { input: 'A b. C d.' });
  expect(stdout.trim().split('\n').map((line) => JSON.parse(line) as unknown)).toEqual([{ text: 'A b.', start: 0, end: 4 }, { text: 'C d.', start: 5, end: 9 }]);
});

test('extract gives units with their tags, roundtrip the same bytes, pseudo the same document in other letters', async () => {
  const page = '<!doctype html>\r\n<html lang="en"><body><p>Press <b>Start</b> &amp; wait.</p></body></html>';
  const path = file('page.html', page);
  const { stdout } = await runCli(['extract', path, '--json']);
  expect(stdout.trim().split('\n').map((line) => JSON.parse(line) as unknown)).toEqual([
    { id: 'line-2', source: ['Press ', { tag: 1, kind: 'open' }, 'Start', { tag: 1, kind: 'close' }, ' & wait.'], codes: [{ tag: 1, label: 'b', open: '<b>', close: '</b>' }], role: 'p' },
  ]);
  const copy = join(folder, 'copy.html'), pseudo = join(folder, 'pseudo.html');
  expect((await runCli(['roundtrip', path, '-o', copy])).code).toBe(0);
  expect(readFileSync(copy, 'utf8')).toBe(page);
  expect((await runCli(['pseudo', path, '-o', pseudo, '--to', 'de'])).code).toBe(0);
  expect(readFileSync(pseudo, 'utf8')).toBe('<!doctype html>\r\n<html lang="de"><body><p>Préss <b>Stárt</b> &amp; wáít.</p></body></html>');
});

test('usage errors end with 2, and say how it is used', async () => {
  const none = await runCli(['translate', 'x.txt']);
  expect([none.code, none.stdout]).toEqual([2, '']);
  expect(none.stderr).toContain("required option '--to <lang>' not specified");
  const unknown = await runCli(['frobnicate']);
  expect([unknown.code, unknown.stderr.split('\n')[0]]).toEqual([2, "error: unknown command 'frobnicate'"]);
  const kind = await runCli(['translate', folder, '--to', 'pt', '--out', join(folder, 'o'), '--bilingual', 'xliff12,docx'], { env: { BITEXT_HOME: join(folder, 'home') } });
  expect([kind.code, kind.stderr]).toEqual([2, 'bitext: There are no bilingual files of the kind docx.\n        Use xliff12, xliff21, tmx, html, tsv.\n']);
});

test('help and version end with 0 on stdout', async () => {
  const help = await runCli(['translate', '--help']);
  expect([help.code, help.stderr]).toEqual([0, '']);
  expect(help.stdout).toContain('bitext translate contracts/ --from en --to pt --out delivery');
  expect((await runCli(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('files that can not be read say why and what to do', async () => {
  const said = async (path: string) => { const { code, stdout, stderr } = await runCli(['extract', path]); return { code, stdout, stderr: stderr.replaceAll(folder, '') }; };
  expect(await said(join(folder, 'nowhere.docx'))).toEqual({ code: 1, stdout: '', stderr: 'bitext: /nowhere.docx does not exist.\n        Check the path; the file may have been moved or renamed.\n' });
  const locked = await said(file('locked.docx', Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(1024), Buffer.from('EncryptedPackage', 'utf16le')])));
  expect([locked.code, locked.stderr]).toEqual([1, expect.stringContaining('password')]);
  const cut = await said(file('cut.docx', Buffer.from('504b0304140000000800', 'hex')));
  expect([cut.code, cut.stderr.split('\n').length]).toEqual([1, 3]);
  const odd = await said(file('noise.bin', Buffer.from([0, 1, 2, 3, 0xff, 0xfe])));
  expect([odd.code, odd.stderr]).toEqual([1, expect.stringContaining('not in a format that the studio reads')]);
});

test('check lists what is wrong with the translations of a file', async () => {
  const po = file('app.po', 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n#, c-format\nmsgid "Delete %d of 3 files?"\nmsgstr "Apagar 4 arquivos?"\n\nmsgid "Open"\nmsgstr "Abrir"\n');
  const { code, stdout, stderr } = await runCli(['check', po, '--json']);
  expect([code, stderr]).toEqual([1, '']);
  expect(stdout.trim().split('\n').map((line) => JSON.parse(line) as { severity: string; code: string }).map(({ severity, code: what }) => [severity, what])).toEqual([['error', 'tag-missing'], ['warning', 'number-changed']]);
  expect((await runCli(['check', file('plain.txt', 'Hello.')])).code).toBe(2);
});

test('completion scripts name every command', async () => {
  const { stdout } = await runCli(['completion', 'bash']);
  for (const command of ['translate', 'segment', 'extract', 'project', 'models', 'doctor']) expect(stdout).toContain(command);
  expect((await runCli(['completion', 'tcsh'])).code).toBe(2);
});
