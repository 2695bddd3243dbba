import { expect, test } from 'vitest';
import type { BilingualDocument } from './bilingual-document.ts';
import { EXAMPLE, OPTIONS } from './testing/example-documents.ts';
import { readBilingual, writeBilingual } from './registry.ts';

test('a table a spreadsheet opens: readable tags, guarded formulas, no line ends in cells', () => {
  expect(Buffer.from(writeBilingual('tsv', EXAMPLE, OPTIONS)).toString('utf8').split('\r\n')).toEqual([
    '\ufefffile\tid\tsource\ttarget\tstate\torigin',
    '"manual/Ünïts & ""more"".docx"\t11\tPress {b1}Start{/b1} now{footnote3/}.\tCarregue já em {b1}Iniciar{/b1}{footnote3/}.\ttranslated\ttyped',
    '"manual/Ünïts & ""more"".docx"\t12\t{i4}It opens{br2/}here.\t{i4}Abre-se {br2/}aqui.\tdraft\tmt enpt',
    '"manual/Ünïts & ""more"".docx"\t13\t"5 < 6{/i4} & ]]> ""q"""\t\tnot-started\t',
    `"manual/Ünïts & ""more"".docx"\t14\t'=1+1 <script>alert(1)</script>\t'@x '=-\\{b1} \\\\\\{\\t\\r\\nç 😀\\u0007\trejected\tmt enpt`,
    'page.html\t15\tReviewed.\tRevisto.\treviewed\tmemory 101 % main',
    'page.html\t16\tNot yet.\t\tnot-started\t', '',
  ]);
});

test('what a spreadsheet would take for a formula is guarded, in its full-width form, too, and read back', () => {
  const signs = ['=', '+', '-', '@', "'", '\uff1d', '\uff0b', '\uff0d', '\uff20'];
  const segments = signs.map((sign, i): BilingualDocument['units'][number]['segments'][number] => ({ id: i + 1, source: [`${sign}1`], target: [`a${sign}`], state: 'draft', locked: false, origin: null, gapBefore: [] }));
  const bytes = writeBilingual('tsv', [{ file: 'a', format: 'txt', from: 'en', to: 'pt', units: [{ id: 'u', role: 'p', tags: [], gapAfter: [], segments }] }], OPTIONS);
  expect(Buffer.from(bytes).toString('utf8').split('\r\n').slice(1, -1).map((line) => line.split('\t').slice(2, 4))).toEqual(signs.map((sign) => [`'${sign}1`, `a${sign}`]));
  expect(readBilingual('tsv', bytes).map(({ source }) => source)).toEqual(signs.map((sign) => [`${sign}1`]));
});
test('what is no such table is refused', () => {
  const bytes = (text: string): Uint8Array => Buffer.from(text);
  const header = 'file\tid\tsource\ttarget\tstate\torigin\r\n';
  for (const text of ['', 'a,b\r\n', `${header}a\t1\tx`, `${header}a\tone\tx\ty\tdraft\t\r\n`, `${header}a\t1\tx\ty\tperhaps\t\r\n`]) expect(() => readBilingual('tsv', bytes(text))).toThrowError(expect.objectContaining({ code: 'FORMAT_BROKEN' }));
});
