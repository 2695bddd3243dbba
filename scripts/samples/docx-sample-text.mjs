/** The text of the sample contract, with its tables, notes, fields, comment and text box. */
import { R, W } from './docx-sample-parts.mjs';

const NAMESPACES = `xmlns:w="${W}" xmlns:r="${R}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"`;
const part = (root, content) => `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:${root} ${NAMESPACES}>${content}</w:${root}>`;
const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

// ---------------------------------------------------------------------------------------------- runs and paragraphs

const run = (text, properties = '') => `<w:r>${properties && `<w:rPr>${properties}</w:rPr>`}<w:t xml:space="preserve">${escaped(text)}</w:t></w:r>`;
/** Text in which **bold** and *italic* are marked. */
const rich = (text) => text.split(/(\*\*[^*]+\*\*|\*[^*]+\*)/).filter(Boolean).map((piece) =>
  piece.startsWith('**') ? run(piece.slice(2, -2), '<w:b/><w:bCs/>') : piece.startsWith('*') ? run(piece.slice(1, -1), '<w:i/><w:iCs/>') : run(piece)).join('');
const p = (style, content, properties = '') => `<w:p><w:pPr><w:pStyle w:val="${style}"/>${properties}</w:pPr>${content}</w:p>`;
const heading = (text) => p('Heading1', run(text));
const clause = (...content) => p('Clause', content.map((piece) => (piece.startsWith('<') ? piece : rich(piece))).join(''));
const link = (relationship, text) => `<w:hyperlink r:id="${relationship}" w:history="1">${run(text, '<w:rStyle w:val="Hyperlink"/>')}</w:hyperlink>`;
const field = (code, result) => `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> ${code} </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>${run(result)}<w:r><w:fldChar w:fldCharType="end"/></w:r>`;
const note = (kind, id) => `<w:r><w:rPr><w:rStyle w:val="${kind === 'footnote' ? 'FootnoteReference' : 'EndnoteReference'}"/></w:rPr><w:${kind}Reference w:id="${id}"/></w:r>`;
const commented = (id, text) => `<w:commentRangeStart w:id="${id}"/>${rich(text)}<w:commentRangeEnd w:id="${id}"/><w:r><w:rPr><w:rStyle w:val="CommentReference"/></w:rPr><w:commentReference w:id="${id}"/></w:r>`;
const bookmarked = (id, name, content) => `<w:bookmarkStart w:id="${id}" w:name="${name}"/>${content}<w:bookmarkEnd w:id="${id}"/>`;

// ---------------------------------------------------------------------------------------------- tables

const border = (sides, size, colour) => sides.map((side) => `<w:${side} w:val="single" w:sz="${size}" w:space="0" w:color="${colour}"/>`).join('');
const cell = (width, content, { shade, right = false, bold = false, span } = {}) =>
  `<w:tc><w:tcPr><w:tcW w:w="${width}" w:type="dxa"/>${span ? `<w:gridSpan w:val="${span}"/>` : ''}${shade ? `<w:shd w:val="clear" w:color="auto" w:fill="${shade}"/>` : ''}<w:vAlign w:val="center"/></w:tcPr>${p('TableText', bold ? run(content, `<w:b/><w:bCs/>${shade === '1F4E79' ? '<w:color w:val="FFFFFF"/>' : ''}`) : rich(content), right ? '<w:jc w:val="right"/>' : '')}</w:tc>`;
const row = (cells, header = false) => `<w:tr><w:trPr><w:cantSplit/>${header ? '<w:tblHeader/>' : ''}</w:trPr>${cells.join('')}</w:tr>`;
const table = (widths, borders, rows) => `<w:tbl><w:tblPr><w:tblW w:w="${widths.reduce((sum, width) => sum + width, 0)}" w:type="dxa"/><w:tblBorders>${borders}</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>${widths.map((width) => `<w:gridCol w:w="${width}"/>`).join('')}</w:tblGrid>${rows.join('')}</w:tbl>`;

const PRICES = [3700, 1500, 1200, 1272, 1400];
const priceRow = (item, index) => row(item.map((text, i) => cell(PRICES[i], text, { right: i >= 2, ...(index % 2 === 1 ? { shade: 'F2F5F9' } : {}) })));
const prices = table(PRICES, border(['top', 'bottom'], 8, '1F4E79') + border(['insideH'], 4, 'D5DBE3'), [
  row(['Product', 'Part number', 'Quantity', 'Unit price', 'Total'].map((text, i) => cell(PRICES[i], text, { shade: '1F4E79', bold: true, right: i >= 2 })), true),
  ...[
    ['Digital pressure sensor, 0–10 bar', 'NF-2210', '120', '€48.50', '€5,820.00'],
    ['Flow meter with stainless steel housing', 'NF-3105/S', '35', '€212.00', '€7,420.00'],
    ['Control unit, firmware 4.2 or later', 'NF-8000', '12', '€1,150.00', '€13,800.00'],
    ['Annual calibration, *per instrument*', 'NF-SVC-1', '47', '€39.90', '€1,875.30'],
  ].map(priceRow),
  row([cell(PRICES[0] + PRICES[1] + PRICES[2] + PRICES[3], 'Total, excluding value added tax', { bold: true, span: 4, right: true, shade: 'E3EAF3' }), cell(PRICES[4], '€28,915.30', { bold: true, right: true, shade: 'E3EAF3' })]),
]);

const SIGNATURES = [4400, 272, 4400];
const signatureRow = (left, right, top) => `<w:tr><w:trPr><w:cantSplit/></w:trPr>${[left, '', right].map((text, i) => `<w:tc><w:tcPr><w:tcW w:w="${SIGNATURES[i]}" w:type="dxa"/>${top && text ? `<w:tcBorders>${border(['top'], 6, '5B6573')}</w:tcBorders>` : ''}</w:tcPr>${p('TableText', text ? rich(text) : '', top === 'space' ? '' : '<w:keepNext/>')}</w:tc>`).join('')}</w:tr>`;
const signatures = table(SIGNATURES, '', [
  signatureRow('For the **Supplier**', 'For the **Customer**', false),
  `<w:tr><w:trPr><w:trHeight w:val="760"/></w:trPr>${SIGNATURES.map((width) => `<w:tc><w:tcPr><w:tcW w:w="${width}" w:type="dxa"/></w:tcPr>${p('TableText', '', '<w:keepNext/>')}</w:tc>`).join('')}</w:tr>`,
  signatureRow('Eleanor Whitcombe, Managing Director', 'Tomás Figueira, Head of Purchasing', true),
  signatureRow('Date: ____________________', 'Date: ____________________', false),
]);

// ---------------------------------------------------------------------------------------------- a text box

const boxContent = [p('BoxText', run('At a glance', '<w:b/><w:bCs/><w:color w:val="1F4E79"/>')), p('BoxText', rich('First delivery: **14 April 2026**')), p('BoxText', rich('Payment: *30 days* after invoice')), p('BoxText', rich('Warranty: 24 months'))].join('');
const EMU = 12_700;
/** In the form of Word 2010 and, for older readers, in VML: the same text twice. */
const box = (width, height) => `<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor distT="45720" distB="45720" distL="182880" distR="0" simplePos="0" relativeHeight="251659264" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="margin"><wp:align>right</wp:align></wp:positionH><wp:positionV relativeFrom="paragraph"><wp:posOffset>60000</wp:posOffset></wp:positionV><wp:extent cx="${width * EMU}" cy="${height * EMU}"/><wp:wrapSquare wrapText="bothSides"/><wp:docPr id="1" name="Text Box 1"/><wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="${width * EMU}" cy="${height * EMU}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:srgbClr val="F2F5F9"/></a:solidFill><a:ln w="9525"><a:solidFill><a:srgbClr val="1F4E79"/></a:solidFill></a:ln></wps:spPr><wps:txbx><w:txbxContent>${boxContent}</w:txbxContent></wps:txbx><wps:bodyPr wrap="square" lIns="108000" tIns="72000" rIns="108000" bIns="36000" anchor="ctr"><a:noAutofit/></wps:bodyPr></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape type="#_x0000_t202" style="position:absolute;margin-left:0;margin-top:4.7pt;width:${width}pt;height:${height}pt;z-index:251659264;mso-position-horizontal:right;mso-position-horizontal-relative:margin" fillcolor="#f2f5f9" strokecolor="#1f4e79"><v:textbox><w:txbxContent>${boxContent}</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>`;

// ---------------------------------------------------------------------------------------------- the contract

export const body = part('document', `<w:body>${[
  p('Title', run('Supply Agreement')),
  p('Subtitle', run('Agreement No. 2026/0417, dated 3 March 2026')),
  p('Normal', box(176, 92) + rich('This agreement is made between **Northfield Instruments Ltd**, 18 Harbour Road, Bristol (the “*Supplier*”), and **Casa Azul Laboratories**, 42 Garden Street, Lisbon (the “*Customer*”). The Supplier manufactures measuring instruments, and the Customer wishes to buy them for its laboratories. The parties therefore agree as follows.'), '<w:jc w:val="both"/>'),

  heading('Definitions'),
  clause('“**Goods**” means the products listed in the table of clause ', field('REF prices \\r', '2'), ', together with their manuals and accessories.'),
  clause('“**Business day**” means a day other than a Saturday, a Sunday or a public holiday in Lisbon', note('footnote', 1), '.'),
  clause('A reference to writing includes e-mail, but *not* messages sent by telephone.'),

  p('Heading1', bookmarked(1, 'prices', run('Goods and prices'))),
  clause('The Supplier sells and the Customer buys the Goods at the prices below. Prices are in euros and include packaging, but they do not include value added tax.'),
  p('Caption', run('Table ') + field('SEQ Table', '1') + run(': Goods, quantities and prices')),
  prices,
  p('Clause', rich('The Supplier may change a price once a year, by no more than **3.5%**, if it gives notice at least 60 days before the change takes effect.'), '<w:spacing w:before="200"/>'),

  heading('Orders and delivery'),
  clause('The Customer sends its orders to ', link('rId10', 'orders@northfield.example'), ' or places them on the website of the Supplier. Each order is confirmed within two business days.'),
  clause('The Supplier delivers the Goods to the address of the Customer within ', commented(0, '**ten business days**'), ' of the confirmation. Delivery is made between 9:00 and 17:30.'),
  clause('If a delivery is late by more than five business days, the Customer may cancel the order and is owed a full refund', note('endnote', 1), '.'),

  heading('Payment'),
  clause('Invoices are payable within **30 days** of their date, by bank transfer, without deduction.'),
  clause('Interest of 0.5% per month is due on late payments. The full terms of payment are published at ', link('rId9', 'www.northfield.example/terms'), '.'),

  heading('Warranty'),
  clause('The Supplier warrants that the Goods are free from defects in material and workmanship for a period of 24 months from delivery.'),
  clause('The warranty does not cover damage caused by *incorrect installation*, by use outside the limits of temperature (from −10 °C to 60 °C) or pressure (at most 12 bar), or by repairs that were not made by the Supplier.'),
  clause('Defective Goods are repaired or replaced, **at the choice of the Customer**, within 15 business days of their return.'),

  heading('Confidentiality'),
  clause('Each party keeps secret what it learns about the business of the other party. This duty continues for three years after the end of this agreement.'),

  heading('Liability'),
  clause('The liability of either party in any calendar year is limited to the total price of the Goods delivered in that year. Nothing in this agreement limits liability for death, personal injury or fraud.'),

  heading('Term and termination'),
  clause('This agreement begins on the date of the last signature and continues for two years. Either party may end it by giving three months’ notice in writing.'),
  clause('A party may end this agreement with immediate effect if the other party **seriously breaches** it and does not put the breach right within 20 days of being asked to do so.'),

  heading('General'),
  clause('This agreement is governed by the laws of Portugal. The courts of Lisbon have jurisdiction over any dispute.'),
  clause('This agreement is made in two copies, one for each party. Changes are valid only if they are made in writing and signed by both parties.'),
  p('Normal', '', '<w:keepNext/><w:spacing w:after="120"/>'),
  signatures,
  '<w:sectPr><w:headerReference w:type="default" r:id="rId4"/><w:footerReference w:type="default" r:id="rId5"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1531" w:right="1417" w:bottom="1304" w:left="1417" w:header="680" w:footer="567" w:gutter="0"/><w:cols w:space="708"/></w:sectPr>',
].join('')}</w:body>`);

export const header = part('hdr', p('Header', run('Supply Agreement No. 2026/0417') + '<w:r><w:tab/></w:r>' + run('Page ') + field('PAGE', '1') + run(' of ') + field('NUMPAGES', '3')));
export const footer = part('ftr', p('Footer', rich('Northfield Instruments Ltd · 18 Harbour Road, Bristol · *Confidential*')));

const separators = (kind) => `<w:${kind} w:type="separator" w:id="-1">${p('Normal', '<w:r><w:separator/></w:r>', '<w:spacing w:after="0" w:line="240" w:lineRule="auto"/>')}</w:${kind}><w:${kind} w:type="continuationSeparator" w:id="0">${p('Normal', '<w:r><w:continuationSeparator/></w:r>', '<w:spacing w:after="0" w:line="240" w:lineRule="auto"/>')}</w:${kind}>`;
const noteText = (kind, id, text) => {
  const name = kind === 'footnote' ? 'Footnote' : 'Endnote';
  return `<w:${kind} w:id="${id}">${p(`${name}Text`, `<w:r><w:rPr><w:rStyle w:val="${name}Reference"/></w:rPr><w:${kind}Ref/></w:r>${rich(` ${text}`)}`)}</w:${kind}>`;
};
export const footnotes = part('footnotes', separators('footnote') + noteText('footnote', 1, 'Public holidays of the municipality, such as 13 June, are **not** business days either.'));
export const endnotes = part('endnotes', separators('endnote') + noteText('endnote', 1, 'The refund is paid to the account from which the Supplier received the payment.'));
export const comments = part('comments', `<w:comment w:id="0" w:author="Legal" w:date="2026-02-20T10:15:00Z" w:initials="L">${p('CommentText', '<w:r><w:rPr><w:rStyle w:val="CommentReference"/></w:rPr><w:annotationRef/></w:r>' + run('The Customer asked for eight days; ten is our offer.'))}</w:comment>`);
