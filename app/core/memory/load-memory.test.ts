import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { calmly, openTestStudio } from '../testing/open-test-studio.ts';
import { UppercaseEngine } from '../testing/uppercase-engine.ts';
import { decodeXml } from '../formats/xliff/xml-file.ts';
import { loadMemory } from './load-memory.ts';
import { readTmxUnits } from './tmx-units.ts';

const folder = mkdtempSync(join(tmpdir(), 'bitext-memory-'));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });
const { signal } = new AbortController(), pair = { from: 'en', to: 'pt' };

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}
const exact = async (path: string, text: string, languages = pair): Promise<string[]> => (await loadMemory([path], languages, signal)).find(text, { least: 100, most: 9 }).map(({ target }) => target);

const TMX = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4"><header creationtool="x" creationtoolversion="1" segtype="sentence" o-tmf="x" adminlang="en" srclang="en" datatype="plaintext"/><body>
<tu><tuv xml:lang="EN-US"><seg>Press <bpt i="1">&lt;b></bpt>OK<ept i="1">&lt;/b></ept> &amp; wait<ph x="2">{0}</ph>.</seg></tuv><tuv xml:lang="pt-PT"><seg>Prima OK.</seg></tuv><tuv xml:lang="pt-BR"><seg>Pressione <hi>OK</hi>.</seg></tuv></tu>
<tu><tuv lang="en"><seg>Old</seg></tuv><tuv lang="pt"><seg>Velho</seg></tuv></tu>
<tu><tuv xml:lang="en"><seg>Only here</seg></tuv><tuv xml:lang="de"><seg>Nur hier</seg></tuv></tu>
</body></tmx>`;

describe('memories are read from', () => {
  it('TMX of any origin: codes left out, the nearest language taken, in both directions', async () => {
    const path = file('any.tmx', TMX);
    expect(await exact(path, 'Press OK & wait.')).toEqual(['Prima OK.']);
    expect(await exact(path, 'Press OK & wait.', { from: 'en', to: 'pt-BR' })).toEqual(['Pressione OK.']);
    expect(await exact(path, 'Velho', { from: 'pt', to: 'en' })).toEqual(['Old']);
    expect(await exact(file('utf16.tmx', Buffer.from(`\ufeff${TMX.replace('UTF-8', 'UTF-16')}`, 'utf16le')), 'Old')).toEqual(['Velho']);
    expect((await loadMemory([path], pair, signal)).size).toBe(2);
  });

  it('tables, the studio\'s own among them, and PO', async () => {
    expect(await exact(file('pairs.tsv', 'Good day.\tBom dia.\r\nno translation\n\tx\n'), 'Good day.')).toEqual(['Bom dia.']);
    expect(await exact(file('own.tsv', '\ufefffile\tid\tsource\ttarget\tstate\torigin\r\na.txt\t1\tGood {b1}day{/b1}\\u0021\tBom {b1}dia{/b1}!\tdraft\t\r\na.txt\t2\tNone\t\tnot-started\t\r\n'), 'Good day!')).toEqual(['Bom dia!']);
    expect(await exact(file('texts.po', 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Good day."\nmsgstr "Bom dia."\n\nmsgid "Empty"\nmsgstr ""\n'), 'Good day.')).toEqual(['Bom dia.']);
  });

  it('projects: what is confirmed', async () => {
    const test = openTestStudio(new UppercaseEngine());
    try {
      const { id: projectId, path } = await test.project({ 'a.txt': 'One day.\n\nTwo days.\n' });
      await test.handlers['translate.run']({ projectId, scope: 'not-started' }, calmly());
      await test.handlers['segment.save']({ projectId, segmentId: 1, version: 1, target: ['Um dia.'], state: 'translated' });
      await test.handlers['project.close']({ projectId });
      expect([await exact(path, 'One day.'), await exact(path, 'Two days.')]).toEqual([['Um dia.'], []]);
      await expect(loadMemory([path], { from: 'de', to: 'pt' }, signal)).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('translates en to pt, not de to pt') });
    } finally {
      test.remove();
    }
  });

  it('nothing else, with what to do', async () => {
    await expect(loadMemory([join(folder, 'none.tmx')], pair, signal)).rejects.toMatchObject({ code: 'FILE_MISSING' });
    await expect(loadMemory([file('cut.tmx', TMX.slice(0, 600))], pair, signal)).rejects.toMatchObject({ code: 'FORMAT_BROKEN' });
    await expect(loadMemory([file('german.tmx', TMX)], { from: 'fr', to: 'it' }, signal)).rejects.toMatchObject({ code: 'INVALID_INPUT', message: 'german.tmx has no translation from fr to it.' });
    await expect(loadMemory([file('page.html', '<p>Text.</p>')], pair, signal)).rejects.toMatchObject({ code: 'INVALID_INPUT', message: 'page.html is no translation memory that can be read.' });
    await expect(loadMemory([file('bomb.tmx', TMX.replace('"tmx14.dtd"', '"tmx14.dtd" [<!ENTITY a "b">]'))], pair, signal)).rejects.toMatchObject({ code: 'FORMAT_LIMIT' });
  });
});

const DATA = process.env['BITEXT_TEST_DATA'] ?? resolve(import.meta.dirname, '../../../../shared/data');
const TMX_FILES = join(DATA, 'documents', 'tmx');
describe.skipIf(!existsSync(TMX_FILES))('TMX files of other programs (needs documents/tmx of the shared test data)', () => {
  it('are read, or refused with a sentence', async () => {
    const read: Record<string, number> = {};
    for (const name of readdirSync(TMX_FILES)) {
      const bytes = readFileSync(join(TMX_FILES, name));
      try {
        read[name] = readTmxUnits(decodeXml(bytes, undefined).text, name, { from: 'en', to: 'fr' }).length;
      } catch (error) {
        expect(error, name).toMatchObject({ name: 'StudioError', code: expect.stringMatching(/^FORMAT_/) });
      }
    }
    // Counted by eye: units with a variant in English and one in French.
    expect([read['okapi-558cd0-mytm.tmx'], read['okapi-512289-ImportTest2A.tmx'], read['omegat-1d15b0-test-multiple-tuv14.tmx'], read['omegat-0e8f15-segment_3.tmx'], read['omegat-3932cd-empty.tmx']]).toEqual([25, 7, 2, 0, 0]);
    expect(Object.keys(read).length).toBeGreaterThan(35);
  });
});
