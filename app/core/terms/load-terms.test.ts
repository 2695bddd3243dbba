import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadTerms } from './load-terms.ts';

const pair = { from: 'en', to: 'pt-BR' };
let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'bitext-terms-')); });
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

function termbase(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('tables', () => {
  it('hold forms, further forms and notes; the first line may name the columns', async () => {
    const path = termbase('a.tsv', '\ufeffsource\ttarget\tforms\tnote\r\ncar|cars\tviatura|viaturas\r\nbig\tamplo\tampla | amplos\tan adjective\r\nBlue Sky\t\t\tDNT\r\nApple\tApple Brasil\t\tcase\r\nfile\tarquivo\tarquivos\tforbidden, case\r\n');
    expect(await loadTerms([path], pair)).toEqual({
      failures: [],
      entries: [
        { sources: ['car', 'cars'], targets: ['viatura', 'viaturas'] },
        { sources: ['big'], targets: ['amplo', 'ampla', 'amplos'] },
        { sources: ['Blue Sky'], targets: [], doNotTranslate: true },
        { sources: ['Apple'], targets: ['Apple Brasil'], caseSensitive: true },
        { sources: ['file'], targets: [], forbidden: ['arquivo', 'arquivos'], caseSensitive: true },
      ],
    });
  });

  it('of an unknown encoding say how to save them', async () => {
    // Bytes that no encoding the studio tries can hold without loss.
    const path = termbase('bytes.tsv', Uint8Array.of(0x63, 0x61, 0x72, 0x09, 0x81, 0x8d, 0x00, 0x01, 0xff, 0xfe, 0x0a));
    await expect(loadTerms([path], pair)).rejects.toMatchObject({ code: 'INVALID_INPUT', advice: 'Save the termbase as UTF-8.' });
  });

  it('name what is no term by its line, cells of several lines counted, and use the rest', async () => {
    const path = termbase('b.csv', 'pump,bomba\n"two\nlines",duas linhas\nvalve,\n,válvula\n\n???,x\nhose,mangueira\n');
    const { entries, failures } = await loadTerms([path], pair);
    expect(entries).toEqual([{ sources: ['pump'], targets: ['bomba'] }, { sources: ['two lines'], targets: ['duas linhas'] }, { sources: ['hose'], targets: ['mangueira'] }]);
    expect(failures.map((failure) => [failure.path, failure.message])).toEqual([
      [path, 'Line 4: There is no translation of “valve”.'],
      [path, 'Line 5: There is no term in the first column.'],
      [path, 'Line 7: “???” has no letter or digit.'],
    ]);
  });

  it('may have semicolons, the languages for headings, and these the other way round', async () => {
    const path = termbase('c.csv', 'pt;EN-us\nbomba;pump\n"a; b";both\n');
    expect((await loadTerms([path], pair)).entries).toEqual([{ sources: ['pump'], targets: ['bomba'] }, { sources: ['both'], targets: ['a; b'] }]);
  });

  it('keep quotation marks that are part of a term in tabs, and take off those of a spreadsheet', async () => {
    const path = termbase('d.tsv', '5" pipe\ttubo de 5"\n"a ""big"" one"\t"um, dois"\n');
    expect((await loadTerms([path], pair)).entries).toEqual([{ sources: ['5" pipe'], targets: ['tubo de 5"'] }, { sources: ['a "big" one'], targets: ['um, dois'] }]);
  });

  it('are read in the encoding that they have', async () => {
    const utf16 = termbase('e.txt', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('valve\tválvula\n', 'utf16le')]));
    expect((await loadTerms([utf16], pair)).entries).toEqual([{ sources: ['valve'], targets: ['válvula'] }]);
  });
});

describe('TBX', () => {
  it('of version 2: preferred terms first, deprecated ones forbidden, languages by their primary subtag', async () => {
    const path = termbase('a.tbx', `<?xml version="1.0"?><!DOCTYPE martif SYSTEM "TBXcoreStructV02.dtd">
<martif type="TBX" xml:lang="en"><text><body>
<termEntry id="1"><descrip type="definition">moves water</descrip>
 <langSet xml:lang="en-GB"><tig><term>pump</term></tig><tig><term>pumping unit</term></tig></langSet>
 <langSet xml:lang="pt"><ntig><termGrp><term>bomba</term><termNote type="administrativeStatus">admittedTerm-admn-sts</termNote></termGrp></ntig>
  <ntig><termGrp><term>moto<hi>bomba</hi></term><termNote type="administrativeStatus">preferredTerm-admn-sts</termNote></termGrp></ntig>
  <ntig><termGrp><term>bombeta</term><termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote></termGrp></ntig></langSet>
 <langSet xml:lang="de"><tig><term>Pumpe</term></tig></langSet>
</termEntry>
<termEntry id="2"><langSet xml:lang="en"><tig><term>only English</term></tig></langSet></termEntry>
<termEntry id="3"><langSet xml:lang="en"><tig><term>--</term></tig></langSet><langSet xml:lang="pt"><tig><term>traço</term></tig></langSet></termEntry>
</body></text></martif>`);
    expect(await loadTerms([path], pair)).toEqual({
      entries: [{ sources: ['pump', 'pumping unit'], targets: ['motobomba', 'bomba'], forbidden: ['bombeta'] }],
      failures: [{ path, code: 'TERM_UNUSABLE', message: 'Line 11: “--” has no letter or digit.', advice: 'Correct the line in the termbase; the others are used.' }],
    });
  });

  it('of version 3, with the elements of a data category module', async () => {
    const path = termbase('b.tbx', `<tbx type="TBX-Basic" style="dct" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2" xmlns:basic="http://www.tbxinfo.net/ns/basic"><text><body>
<conceptEntry id="c1"><langSec xml:lang="en"><termSec><term>valve</term></termSec></langSec>
<langSec xml:lang="pt-PT"><termSec><term>registro</term><basic:administrativeStatus>supersededTerm-admn-sts</basic:administrativeStatus></termSec><termSec><term>válvula</term></termSec></langSec></conceptEntry>
</body></text></tbx>`);
    expect((await loadTerms([path], pair)).entries).toEqual([{ sources: ['valve'], targets: ['válvula'], forbidden: ['registro'] }]);
  });
});

describe('what is no termbase', () => {
  it.each([
    ['f.docx', 'x', 'INVALID_INPUT'],
    ['empty.tsv', '\n\n', 'INVALID_INPUT'],
    ['broken.tbx', '<tbx><text>', 'FORMAT_BROKEN'],
    ['other-language.tbx', '<tbx><text><body><conceptEntry><langSec xml:lang="fr"><termSec><term>pompe</term></termSec></langSec></conceptEntry></body></text></tbx>', 'INVALID_INPUT'],
  ])('%s is refused', async (name, content, code) => {
    await expect(loadTerms([termbase(name, content)], pair)).rejects.toMatchObject({ code });
  });

  it('is told when it is not there', async () => {
    await expect(loadTerms([join(folder, 'none.tsv')], pair)).rejects.toMatchObject({ code: 'FILE_MISSING' });
  });
});
