import { expect, test } from 'vitest';
import { OPTIONS } from '../testing/invariants.ts';
import { docx } from './docx.ts';
import { docxParts, field, instruction, mark, p, r, storyXml, unitsOf, W, zipped } from './testing/docx-fixtures.ts';

const B = '<w:b/>', I = '<w:i/>';

test('runs that look the same are one text, whatever Word recorded about them', async () => {
  const body = p(`<w:r w:rsidR="00A1"><w:t>Speed</w:t></w:r><w:proofErr w:type="spellStart"/>${r('ing ', '<w:lang w:val="de-DE"/><w:noProof/>')}${r('up', '<w:color w:val="auto"/><w:bCs/><w:spacing w:val="-4"/>')}<w:r><w:lastRenderedPageBreak/><w:t>!</w:t></w:r>`);
  expect(await unitsOf(body)).toEqual(['Speeding up!']);
});

test('formatting is a pair of tags only where it differs from most of the text', async () => {
  expect(await unitsOf(
    p(r('All of this is bold.', B)) + p(r('Mostly plain with ') + r('some bold', B) + r(' and ') + r('both', B + I) + r('.')) + p(r('A very long bold sentence with ', B) + r('plain', '') + r(' text.', B))
    + p(r('H') + r('2', '<w:vertAlign w:val="subscript"/>') + r('O, red: ') + r('stop', '<w:color w:val="FF0000"/>'))
    + p(r('bold') + r(' ', B) + r('space')) + p(r('For the ') + r('Customer', B)),
  )).toEqual([
    'All of this is bold.', 'Mostly plain with <1>some bold</1> and <2>both</2>. | 1=b 2=bi', 'A very long bold sentence with <1>plain</1> text. | 1=plain',
    'H<1>2</1>O, red: <2>stop</2> | 1=sub 2=color', 'bold space', 'For the <1>Customer</1> | 1=b',
  ]);
});

test('styles are resolved: a style without a look makes no tag, and bold in a bold style none either', async () => {
  const styles = `<w:styles xmlns:w="${W}"><w:style w:type="paragraph" w:styleId="H"><w:name w:val="heading 2"/><w:rPr><w:b/></w:rPr></w:style><w:style w:type="character" w:styleId="Web"><w:name w:val="normaltextrun"/></w:style><w:style w:type="character" w:styleId="Strong"><w:name w:val="Strong"/><w:rPr><w:b/></w:rPr></w:style></w:styles>`;
  const body = p(r('Head', B) + r('ing'), '<w:pStyle w:val="H"/>') + p(r('pasted ', '<w:rStyle w:val="Web"/>') + r('text, ') + r('strong', '<w:rStyle w:val="Strong"/>'));
  const { units } = await docx.read(await zipped(docxParts(body, [{ type: 'styles', name: 'styles.xml', xml: styles }])), OPTIONS);
  expect(units.map(({ role, source, tags }) => [role, source, tags.map(({ label }) => label)])).toEqual([
    ['h2', ['Heading'], []], ['p', ['pasted text, ', { tag: 1, kind: 'open' }, 'strong', { tag: 1, kind: 'close' }], ['b']],
  ]);
});

test('what stands at the edges of a text is not shown; what stands inside is', async () => {
  expect(await unitsOf(
    p('<w:bookmarkStart w:id="1" w:name="_Toc1"/><w:r><w:tab/><w:t>Title</w:t><w:br/></w:r><w:bookmarkEnd w:id="1"/><w:r><w:footnoteReference w:id="2"/></w:r>')
    + p('<w:r><w:t>One</w:t><w:tab/><w:tab/><w:t>two</w:t><w:br/><w:t>three</w:t><w:footnoteReference w:id="2"/><w:t>, four</w:t><w:br w:type="page"/><w:t>five</w:t></w:r>')
    + p('<w:r><w:t>non</w:t><w:noBreakHyphen/><w:t>stop hy</w:t><w:softHyphen/><w:t>phen</w:t></w:r>') + p('<w:r><w:tab/></w:r>') + p(r(' \u00a0 ')) + p(r('• –')),
  )).toEqual(['Title', 'One<1/>two<2/>three<3/>, four<4/>five | 1=tab 2=br 3=footnote! 4=page!', 'non\u2011stop hy\u00adphen']);
});

test('markup at the edges and the look of the whole text are told, so that a tag that was moved there is found', async () => {
  const { units } = await docx.read(await zipped(docxParts(p('<w:bookmarkStart w:id="1" w:name="x"/><w:r><w:tab/></w:r><w:hyperlink w:anchor="a">' + r('All bold', B) + '</w:hyperlink><w:r><w:footnoteReference w:id="2"/></w:r>') + p(r('Nothing')))), OPTIONS);
  expect(units.map(({ around }) => around)).toEqual([['empty bookmark', 'open bookmark', 'empty tab', 'open link', 'close link', 'empty footnote', 'open b', 'close b'], undefined]);
});

test('links are pairs with the look of their text inside; neighbours that lead to the same place are one', async () => {
  const link = (text: string, at = 'r:id="web"'): string => `<w:hyperlink ${at}>${r(text, '<w:u w:val="single"/><w:color w:val="0000FF"/>')}</w:hyperlink>`;
  expect(await unitsOf(p(r('See ') + link('our ') + link('site') + r(' or ') + link('below', 'w:anchor="a"') + r('.')) + p(link('Whole paragraph'))))
    .toEqual(['See <1>our site</1> or <2>below</2>. | 1=link! 2=link!', 'Whole paragraph']);
});

test('fields: the result of a link is text, a page number is one protected tag with all that is nested in it', async () => {
  expect(await unitsOf(
    p(r('Go ') + field(' HYPERLINK "https://example.org" ', r('there')) + r(' from page ') + field(' PAGE ', r('7')) + r(' of ') + field(` IF ${'1'} = 1 `, r('x') + field('NUMPAGES', r('9'))) + r('.'))
    + p(r('Figure ') + `<w:fldSimple w:instr=" SEQ Figure ">${r('1')}</w:fldSimple>` + r(': a ') + `<w:fldSimple w:instr=' HYPERLINK "x" '>${r('cat')}</w:fldSimple>` + r('.'))
    + p(r('Index') + mark('begin') + instruction(' XE "Entry" ') + mark('end') + r(' entry')),
  )).toEqual(['Go <1>there</1> from page <2/> of <3/>. | 1=link! 2=field! 3=field!', 'Figure <1/>: a <2>cat</2>. | 1=field! 2=link!', 'Index<1/> entry | 1=field!']);
});

test('a table of contents spans paragraphs: its entries are text, their page numbers are not', async () => {
  const entry = (text: string, page: string): string => `<w:hyperlink w:anchor="_Toc1">${r(text)}<w:r><w:tab/></w:r>${field(' PAGEREF _Toc1 ', r(page))}</w:hyperlink>`;
  const body = p(mark('begin') + instruction(' TOC \\o ') + mark('separate') + entry('First', '1')) + p(entry('Second', '2')) + p(mark('end')) + p(r('After'));
  expect(await unitsOf(body)).toEqual(['First', 'Second', 'After']);
});

test('an instruction that spans paragraphs is never text; a field that never ends hides nothing', async () => {
  expect(await unitsOf(p(r('Before ') + mark('begin') + instruction(' IF ')) + p(r('inside the instruction')) + p(instruction(' x ') + mark('separate') + r('result')) + p(r('more') + mark('end') + r(' after'))))
    .toEqual(['Before ', 'result', 'more<1/> after | 1=field!']);
  expect(await unitsOf(p(mark('begin') + instruction(' PAGE ') + r('first')) + p(r('second')))).toEqual(['first', 'second']);
});

test('fields whose marks lie in tracked insertions keep their text and stay whole', async () => {
  const ins = (content: string): string => `<w:ins w:id="1" w:author="A">${content}</w:ins>`;
  expect(await unitsOf(p(r('To ') + ins(mark('begin') + instruction(' HYPERLINK "x" ')) + ins(mark('separate') + r('the shop')) + r(' now') + ins(mark('end') + r(' or never')))))
    .toEqual(['To <1><2>the shop</2> now</1><3> or never</3> | 1=link! 2=ins 3=ins']);
});

test('tracked changes: inserted text is text, deleted and moved-away text is a tag', async () => {
  const body = p(r('Keep ') + `<w:del w:id="1" w:author="A"><w:r><w:delText>old</w:delText></w:r></w:del><w:ins w:id="2" w:author="A">${r('new')}</w:ins>` + r(' text') + `<w:moveFrom w:id="3" w:author="A">${r(' gone')}</w:moveFrom>`)
    + p(`<w:del w:id="4" w:author="A"><w:r><w:delText>All deleted</w:delText></w:r></w:del>`) + p(`<w:moveTo w:id="5" w:author="A">${r('moved here')}</w:moveTo>`);
  expect(await unitsOf(body)).toEqual(['Keep <1/><2>new</2> text | 1=del 2=ins', 'moved here']);
});

test('bookmarks and comments around words are pairs; a comment takes its mark along; the cursor bookmark is not shown', async () => {
  expect(await unitsOf(
    p(r('A ') + '<w:bookmarkStart w:id="0" w:name="_GoBack"/><w:bookmarkEnd w:id="0"/><w:bookmarkStart w:id="1" w:name="x"/>' + r('marked') + '<w:bookmarkEnd w:id="1"/>' + r(' word'))
    + p('<w:commentRangeStart w:id="3"/>' + r('Odd') + '<w:commentRangeEnd w:id="3"/><w:bookmarkEnd w:id="0"/><w:r><w:commentReference w:id="3"/></w:r>' + r(' wording'))
    + p(r('a ') + '<w:bookmarkStart w:id="4" w:name="y"/>' + r('b ') + '<w:hyperlink w:anchor="z">' + r('c ') + '<w:bookmarkEnd w:id="4"/>' + r('d') + '</w:hyperlink>' + r(' e')),
  )).toEqual(['A <1>marked</1> word | 1=bookmark!', '<1>Odd</1> wording | 1=comment!', 'a <1/>b <2>c <3/>d</2> e | 1=bookmark! 2=link! 3=bookmark!']);
});

test('content controls, ruby, hidden text, symbols, mathematics, smart tags', async () => {
  const control = (properties: string, content: string): string => `<w:sdt><w:sdtPr>${properties}</w:sdtPr><w:sdtContent>${content}</w:sdtContent></w:sdt>`;
  expect(await unitsOf(
    p(r('Name: ') + control('<w:text/>', r('your name')) + r(', agreed ') + control('<w:picture/>', '<w:r><w:drawing/></w:r>') + r('.')) + p(control('', r('whole')))
    + p(r('漢') + `<w:r><w:ruby><w:rubyPr/><w:rt>${r('kan')}</w:rt><w:rubyBase>${r('字')}</w:rubyBase></w:ruby></w:r>` + r('文')) + p(r('seen ') + r('secret', '<w:vanish/>') + r('too'))
    + p(r('alpha ') + '<w:r><w:sym w:font="Symbol" w:char="F061"/></w:r>' + r(' is ') + `<m:oMath><m:r><m:t>x</m:t></m:r></m:oMath>` + r('.')) + p(r('in ') + `<w:smartTag w:element="place">${r('Paris')}</w:smartTag>` + r(' now')),
  )).toEqual(['Name: <1>your name</1>, agreed <2/>. | 1=control! 2=control!', 'whole', '漢<1>字</1>文 | 1=ruby', 'seen <1/>too | 1=hidden', 'alpha <1/> is <2/>. | 1=sym 2=math!', 'in Paris now']);
});

const BOX = (text: string): string => `<w:txbxContent>${p(r(text))}</w:txbxContent>`;
const boxRun = (choice: string, fallback: string): string => `<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:x>${BOX(choice)}</wp:x></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>${BOX(fallback)}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>`;

test('text boxes are read once for both their forms, and both where they differ', async () => {
  expect(await unitsOf(p(r('Around ') + boxRun('boxed', 'boxed') + r('it')) + p(boxRun('new', 'old')))).toEqual(['Around <1/>it | 1=box!', 'boxed', 'new', 'old']);
});

test('tables, nested tables, block controls and roles', async () => {
  const table = (content: string): string => `<w:tbl><w:tblPr/><w:tr><w:tc>${content}</w:tc></w:tr></w:tbl>`;
  const body = p(r('item'), '<w:numPr><w:numId w:val="1"/></w:numPr>') + table(p(r('cell')) + table(p(r('inner'))) + p('')) + `<w:sdt><w:sdtContent>${p(r('block'))}</w:sdtContent></w:sdt>` + p(boxRun('box', 'box'));
  const header = { type: 'header', name: 'header1.xml', xml: storyXml('hdr', p(r('Top'))) };
  const notes = { type: 'footnotes', name: 'notes.xml', xml: storyXml('footnotes', `<w:footnote w:type="separator" w:id="-1">${p('<w:r><w:separator/></w:r>')}</w:footnote><w:footnote w:id="2">${p('<w:r><w:footnoteRef/></w:r>' + r(' See there.'))}</w:footnote>`) };
  const { units } = await docx.read(await zipped(docxParts(body, [header, notes])), OPTIONS);
  expect(units.map(({ id, role, source }) => [id, role, source])).toEqual([
    ['word/document.xml#1', 'li', ['item']], ['word/document.xml#2', 'cell', ['cell']], ['word/document.xml#3', 'cell', ['inner']], ['word/document.xml#5', 'p', ['block']], ['word/document.xml#7', 'textbox', ['box']],
    ['word/notes.xml#2', 'footnote', [' See there.']], ['word/header1.xml#1', 'header', ['Top']],
  ]);
});

test('the prompts of content controls are read from the glossary, its building blocks are not', async () => {
  const block = (type: string, text: string): string => `<w:docPart><w:docPartPr><w:types><w:type w:val="${type}"/></w:types></w:docPartPr><w:docPartBody>${p(r(text))}</w:docPartBody></w:docPart>`;
  const glossary = { type: 'glossaryDocument', name: 'glossary/document.xml', xml: storyXml('glossaryDocument', `<w:docParts>${block('bbPlcHdr', '[Type the title]')}${block('autoTxt', 'Stock')}</w:docParts>`) };
  const { units } = await docx.read(await zipped(docxParts(p(r('Body')), [glossary])), OPTIONS);
  expect(units.map(({ id, role, source }) => [id, role, source])).toEqual([['word/document.xml#1', 'p', ['Body']], ['word/glossary/document.xml#1', 'placeholder', ['[Type the title]']]]);
});

test('any prefix and both namespaces are read; white space counts where it is preserved', async () => {
  const parts = docxParts('');
  for (const ns of [W, 'http://purl.oclc.org/ooxml/wordprocessingml/main']) {
    parts['word/document.xml'] = `<document xmlns="${ns}" xmlns:a="${ns}"><body><p><r><rPr><b/></rPr><t> lost </t></r><r><t xml:space="preserve"> kept\nline </t></r></p></body></document>`;
    const { units } = await docx.read(await zipped(parts), OPTIONS);
    expect(units.map(({ source }) => source)).toEqual([[{ tag: 1, kind: 'open' }, 'lost', { tag: 1, kind: 'close' }, ' kept line ']]);
  }
});
