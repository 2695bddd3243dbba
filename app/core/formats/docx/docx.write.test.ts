import { expect, test } from 'vitest';
import type { ReadonlyRuns } from '../../../contract/shapes/text.ts';
import { brokenTags, failure, OPTIONS } from '../testing/invariants.ts';
import { readXml } from '../xml/xml-events.ts';
import { readPackage } from '../zip/read-package.ts';
import { docx } from './docx.ts';
import { alone, bodyWith, close, docxParts, field, open, p, r, storyXml, unzipped, W, zipped } from './testing/docx-fixtures.ts';

const B = '<w:b/>';

test('the new text takes the properties of the runs it came from; nothing else in the part changes', async () => {
  const before = p(r('Untouched', B)) + '<w:p w:rsidR="00FF"><w:pPr><w:jc w:val="center"/></w:pPr><w:r w:rsidR="1"><w:rPr><w:i/></w:rPr><w:t>Big </w:t></w:r><w:proofErr w:type="x"/>', after = '</w:p><w:sectPr/>';
  expect(await bodyWith(`${before}${r('house', '<w:i/><w:b/>')}${after}`, [undefined, ['casa ', open(1), 'grande', close(1)]]))
    .toBe(`${p(r('Untouched', B))}<w:p w:rsidR="00FF"><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:i/><w:b/></w:rPr><w:t xml:space="preserve">casa </w:t></w:r><w:r><w:rPr><w:i/></w:rPr><w:t>grande</w:t></w:r>${after}`);
});

test('what stands at the edges stays where it is, byte for byte', async () => {
  const head = '<w:bookmarkStart w:id="1" w:name="_Toc1"/><w:r w:rsidR="2"><w:footnoteReference w:id="7"/></w:r>', tail = '<w:bookmarkEnd w:id="1"/>';
  expect(await bodyWith(p(`${head}<w:r w:rsidR="3"><w:tab/><w:t>Title</w:t><w:br/></w:r>${tail}`), [['Título']]))
    .toBe(p(`${head}<w:r><w:tab/><w:t>Título</w:t><w:br/></w:r>${tail}`));
});

test('tags may change places; formatting may go; notes, fields and pictures may not, and no tag may come in halves', async () => {
  const body = p(r('One') + '<w:r><w:footnoteReference w:id="2"/></w:r>' + r(' and ') + r('two', B) + r(' three'));
  expect(await bodyWith(body, [[open(2), 'Dois', close(2), ' e um', alone(1), ' três']]))
    .toBe(p('<w:r><w:rPr><w:b/></w:rPr><w:t>Dois</w:t></w:r><w:r><w:t xml:space="preserve"> e um</w:t><w:footnoteReference w:id="2"/><w:t xml:space="preserve"> três</w:t></w:r>'));
  expect(await bodyWith(body, [['Um', alone(1)]])).toBe(p('<w:r><w:t>Um</w:t><w:footnoteReference w:id="2"/></w:r>'));
  const bytes = await zipped(docxParts(body)), refused = { code: 'TAGS_BROKEN', unit: 'word/document.xml#1' };
  for (const broken of [['Um e dois'], ['Um', alone(1), alone(1)], [open(2), 'Um', alone(1)], [close(2), 'Um', open(2), alone(1)], ['Um', alone(1), alone(9)]] satisfies ReadonlyRuns[])
    expect(await brokenTags(docx, bytes, 'word/document.xml#1', broken)).toEqual(refused);
  expect((await failure(() => docx.write(bytes, new Map([['word/document.xml#9', ['x']]]), OPTIONS))).code).toBe('INVALID_INPUT');
});

test('text is escaped, its edges are preserved, and characters that XML forbids do not get in', async () => {
  expect(await bodyWith(p(r('x')), [[' a < b & c\u0000 \ud800 ']])).toBe(p('<w:r><w:t xml:space="preserve"> a &lt; b &amp; c\ufffd \ufffd </w:t></w:r>'));
  expect(await bodyWith(p(r('x')), [['a\tb\nc\u2011d\u00ade']])).toBe(p('<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t><w:softHyphen/><w:t>e</w:t></w:r>'));
});

test('links and fields keep their ends around the new text', async () => {
  const link = (text: string): string => `<w:hyperlink r:id="web">${text}</w:hyperlink>`;
  const shown = '<w:u w:val="single"/>';
  const page = field(' PAGE ', r('7', B));
  expect(await bodyWith(p(r('See ') + link(r('our site', shown)) + r(', page ') + page + r('.')), [['Na página ', alone(2), ' do ', open(1), 'nosso sítio', close(1), '.']]))
    .toBe(p(`<w:r><w:t xml:space="preserve">Na página </w:t><w:fldChar w:fldCharType="begin"/><w:instrText xml:space="preserve"> PAGE </w:instrText><w:fldChar w:fldCharType="separate"/></w:r>${r('7', B)}<w:r><w:fldChar w:fldCharType="end"/><w:t xml:space="preserve"> do </w:t></w:r>${link(`<w:r><w:rPr>${shown}</w:rPr><w:t>nosso sítio</w:t></w:r>`)}<w:r><w:t>.</w:t></w:r>`));
});

test('pairs that cross in a translation are written well-nested', async () => {
  const body = p(r('a ') + `<w:hyperlink w:anchor="x">${r('b')}</w:hyperlink>` + r(' c ') + `<w:ins w:id="1" w:author="A">${r('d')}</w:ins>` + r(' e'));
  const crossed = await bodyWith(body, [[open(1), 'B', open(2), 'D', close(1), 'E', close(2)]]);
  expect(crossed).toBe(p('<w:hyperlink w:anchor="x"><w:r><w:t>B</w:t></w:r><w:ins w:id="1" w:author="A"><w:r><w:t>D</w:t></w:r></w:ins></w:hyperlink><w:ins w:id="1" w:author="A"><w:r><w:t>E</w:t></w:r></w:ins>'));
});

test('a text box in a paragraph is written in both its forms, together with the paragraph around it', async () => {
  const box = (text: string): string => `<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><w:txbxContent>${p(text)}</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>${p(text)}</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>`;
  const written = '<w:r><w:t>caixa</w:t></w:r>';
  expect(await bodyWith(p(r('Around ') + box(r('box')) + r('it')), [['À volta', alone(1)], ['caixa']])).toBe(p(`<w:r><w:t>À volta</w:t></w:r>${box(written)}`).replace('</w:t></w:r><w:r><mc:', '</w:t><mc:'));
  expect(await bodyWith(p(r('Around ') + box(r('box')) + r('it')), [undefined, ['caixa']])).toBe(p(r('Around ') + box(written) + r('it')));
});

test('words in the numbers of lists are translated around their numbers, wherever they stand', async () => {
  const level = (value: string): string => `<w:lvl><w:lvlText w:val="${value}"/></w:lvl>`;
  const numbering = (article: string): string => `<w:numbering xmlns:w="${W}">${level('%1.')}${level(article)}${level('\uf0b7')}${level('%2)')}${level(article)}</w:numbering>`;
  const bytes = await zipped(docxParts(p(r('a')), [{ type: 'numbering', name: 'numbering.xml', xml: numbering('Article %1.%2:') }]));
  const { units } = await docx.read(bytes, OPTIONS);
  expect(units[1]).toEqual({ id: 'word/numbering.xml#1', role: 'numbering', segmented: false, source: ['Article ', alone(1), '.', alone(2), ':'], tags: [1, 2].map((tag) => ({ tag, label: 'number', open: `%${tag}`, canDelete: false, canCopy: false })) });
  const written = await unzipped(await docx.write(bytes, new Map([['word/numbering.xml#1', [alone(1), '.', alone(2), '. "cláusula"']]]), OPTIONS));
  expect(written['word/numbering.xml']).toBe(numbering('%1.%2. &quot;cláusula&quot;'));
});

test('a control that shows the title of the document has that title translated too, and no other value', async () => {
  const bound = (id: number, name: string, text: string): string => `<w:sdt><w:sdtPr><w:id w:val="${id}"/><w:dataBinding w:prefixMappings="xmlns:a='urn:core' xmlns:b='urn:dc'" w:xpath="/a:properties[1]/b:${name}[1]"/></w:sdtPr><w:sdtContent>${r(text)}</w:sdtContent></w:sdt>`;
  const core = (title: string): string => `<x:properties xmlns:x="urn:core" xmlns:dc="urn:dc"><dc:title>${title}</dc:title><dc:creator>Somebody</dc:creator></x:properties>`;
  const parts = docxParts(p(bound(1, 'title', 'Annual report')) + p(r('By ') + bound(2, 'creator', 'Somebody else')), [{ type: 'customXml', name: 'core.xml', xml: core('Annual report') }]);
  const targets = new Map<string, ReadonlyRuns>([['word/document.xml#1', ['Relatório <anual>']], ['word/document.xml#2', ['Por ', open(1), 'outro', close(1)]]]);
  expect((await unzipped(await docx.write(await zipped(parts), targets, OPTIONS)))['word/core.xml']).toBe(core('Relatório &lt;anual>'));
});

test('a package keeps its other parts, their order and its times; the same input gives the same bytes', async () => {
  const parts: Record<string, string> = { ...docxParts(p(r('a')) + p(r('b')), [{ type: 'header', name: 'header1.xml', xml: storyXml('hdr', p(r('Top'))) }]), 'word/media/image1.png': '\u0089PNG', 'docProps/': '', 'docProps/app.xml': '<a/>' };
  const bytes = await zipped(parts);
  expect(await docx.write(bytes, new Map(), OPTIONS)).toBe(bytes);
  const targets = new Map([['word/document.xml#2', ['B']]]);
  const written = await docx.write(bytes, targets, OPTIONS);
  const { 'word/document.xml': body, ...others } = await unzipped(written);
  expect({ keys: Object.keys(await unzipped(written)), others }).toEqual({ keys: Object.keys(parts), others: Object.fromEntries(Object.entries(parts).filter(([name]) => name !== 'word/document.xml')) });
  expect(body).toBe(parts['word/document.xml']?.replace(r('b'), '<w:r><w:t>B</w:t></w:r>'));
  expect(Buffer.compare(written, await docx.write(bytes, targets, OPTIONS))).toBe(0);
  const times = [...Buffer.from(bytes).subarray(10, 14)];
  expect([...Buffer.from(written).subarray(10, 14)]).toEqual(times);
});

test('parts in UTF-16 and with a byte order mark stay so', async () => {
  const parts = docxParts(p(r('a')));
  const xml = parts['word/document.xml']?.replace('UTF-8', 'UTF-16') ?? '';
  const swapped = Buffer.from(`\ufeff${xml}`, 'utf16le').swap16();
  const expected = `\ufeff${xml.replace(r('a'), '<w:r><w:t>ç</w:t></w:r>')}`;
  for (const [encoded, decode] of [[Buffer.from(`\ufeff${xml}`, 'utf16le'), (b: Buffer) => b.toString('utf16le')], [swapped, (b: Buffer) => Buffer.from(b).swap16().toString('utf16le')], [Buffer.from(`\ufeff${xml}`), (b: Buffer) => b.toString('utf8')]] as const) {
    const written = await docx.write(await zipped({ ...parts, 'word/document.xml': encoded }), new Map([['word/document.xml#1', ['ç']]]), OPTIONS);
    const part = (await readPackage(written, { what: 'test' })).entries.find(({ name }) => name === 'word/document.xml')?.bytes;
    expect(part && decode(Buffer.from(part))).toBe(expected);
  }
});

test('a namespace that only a run declares is still declared after its text changed', async () => {
  const written = await bodyWith(p('<w:r xmlns:w14="urn:w14"><w:rPr><w14:glow/></w:rPr><w:t>a</w:t></w:r>'), [['b']]);
  expect(written).toBe(p('<w:r xmlns:w14="urn:w14"><w:rPr><w14:glow/></w:rPr><w:t>b</w:t></w:r>'));
  readXml(`<x xmlns:w="${W}">${written}</x>`, { name: 'x' }, () => undefined);
});

test('the declared language follows where it was the source\'s, and always in the defaults', async () => {
  const styles = `<w:styles xmlns:w="${W}"><w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="22"/><w:lang w:val="de-DE" w:eastAsia="en-US" w:bidi="ar-SA"/></w:rPr></w:rPrDefault></w:docDefaults></w:styles>`;
  const settings = `<w:settings xmlns:w="${W}"><w:themeFontLang w:val="en-GB"/></w:settings>`;
  const bytes = await zipped(docxParts(p(r('Hello', '<w:lang w:val="en-US"/>')) + p(r('Salut', '<w:lang w:val="fr-FR"/>')) + p(r('Bye', '<w:lang w:val="en-GB"/>')), [{ type: 'styles', name: 'styles.xml', xml: styles }, { type: 'settings', name: 'settings.xml', xml: settings }]));
  const changed = async (to: string): Promise<unknown> => {
    const parts = await unzipped(await docx.write(bytes, new Map([['word/document.xml#1', ['X']]]), { from: 'en', to, setLanguage: true }));
    return ['word/document.xml', 'word/styles.xml', 'word/settings.xml'].map((name) => [...(parts[name] ?? '').matchAll(/<w:(?:lang|themeFontLang) ([^>]*)\/>/g)].map(([, attributes]) => attributes));
  };
  expect(await changed('pt')).toEqual([['w:val="pt-BR"', 'w:val="fr-FR"', 'w:val="pt-BR"'], ['w:val="pt-BR" w:eastAsia="en-US" w:bidi="ar-SA"'], ['w:val="pt-BR"']]);
  expect(await changed('pt-PT')).toEqual([['w:val="pt-PT"', 'w:val="fr-FR"', 'w:val="pt-PT"'], ['w:val="pt-PT" w:eastAsia="en-US" w:bidi="ar-SA"'], ['w:val="pt-PT"']]);
  expect(await changed('ja')).toEqual([['w:eastAsia="ja-JP" w:val="en-US"', 'w:val="fr-FR"', 'w:eastAsia="ja-JP" w:val="en-GB"'], ['w:val="de-DE" w:eastAsia="ja-JP" w:bidi="ar-SA"'], ['w:eastAsia="ja-JP" w:val="en-GB"']]);
});

test('a right-to-left target turns its paragraphs, runs, tables and sections; a left-to-right one turns them back', async () => {
  const table = (properties: string, content: string): string => `<w:tbl><w:tblPr>${properties}<w:tblW w:w="0"/></w:tblPr><w:tr><w:tc>${content}</w:tc></w:tr></w:tbl>`;
  const latin = p(r('Plain')) + table('', p(r('Bold', '<w:b/><w:sz w:val="20"/><w:lang w:val="en-US"/>'), '<w:keepNext/><w:jc w:val="left"/>')) + p(r('Not translated')) + '<w:sectPr><w:docGrid/></w:sectPr>';
  const arabic = '<w:p><w:pPr><w:bidi/></w:pPr><w:r><w:rPr><w:rtl/></w:rPr><w:t>نص</w:t></w:r></w:p>'
    + table('<w:bidiVisual/>', p('<w:r><w:rPr><w:b/><w:bCs/><w:sz w:val="20"/><w:szCs w:val="20"/><w:rtl/><w:lang w:bidi="ar-EG" w:val="en-US"/></w:rPr><w:t>غامق</w:t></w:r>', '<w:keepNext/><w:bidi/><w:jc w:val="left"/>')) + p(r('Not translated')) + '<w:sectPr><w:bidi/><w:docGrid/></w:sectPr>';
  expect(await bodyWith(latin, [['نص'], ['غامق']], { from: 'en', to: 'ar', setLanguage: true })).toBe(arabic);
  expect(await bodyWith('<w:p><w:pPr><w:bidi/></w:pPr><w:r><w:rPr><w:b/><w:rtl/></w:rPr><w:t>نص</w:t></w:r></w:p>' + table('<w:bidiVisual/>', p('')), [['Texto']], { from: 'ar', to: 'pt', setLanguage: true }))
    .toBe('<w:p><w:pPr></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t>Texto</w:t></w:r></w:p>' + table('', p('')));
});
