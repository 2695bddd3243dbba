/** The parts of the sample contract that hold no text: types, relationships, styles, numbering, settings. */
export const W = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
export const R = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const WORD_TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml';

const overrides = { document: 'document.main', styles: 'styles', numbering: 'numbering', settings: 'settings', header1: 'header', footer1: 'footer', footnotes: 'footnotes', endnotes: 'endnotes', comments: 'comments' };
export const contentTypes = `${DECLARATION}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${
  Object.entries(overrides).map(([name, type]) => `<Override PartName="/word/${name}.xml" ContentType="${WORD_TYPE}.${type}+xml"/>`).join('')
}<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`;

const relationships = (list) => `${DECLARATION}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${list.map(([id, type, target, mode]) => `<Relationship Id="${id}" Type="${type}" Target="${target}"${mode ? ` TargetMode="${mode}"` : ''}/>`).join('')}</Relationships>`;
export const packageRelationships = relationships([
  ['rId1', `${R}/officeDocument`, 'word/document.xml'],
  ['rId2', 'http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties', 'docProps/core.xml'],
]);
export const documentRelationships = relationships([
  ['rId1', `${R}/styles`, 'styles.xml'], ['rId2', `${R}/numbering`, 'numbering.xml'], ['rId3', `${R}/settings`, 'settings.xml'], ['rId4', `${R}/header`, 'header1.xml'], ['rId5', `${R}/footer`, 'footer1.xml'],
  ['rId6', `${R}/footnotes`, 'footnotes.xml'], ['rId7', `${R}/endnotes`, 'endnotes.xml'], ['rId8', `${R}/comments`, 'comments.xml'],
  ['rId9', `${R}/hyperlink`, 'https://www.northfield.example/terms', 'External'], ['rId10', `${R}/hyperlink`, 'mailto:orders@northfield.example', 'External'],
]);
export const coreProperties = `${DECLARATION}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>Supply Agreement</dc:title><dc:creator>Bitext Studio</dc:creator><dcterms:created xsi:type="dcterms:W3CDTF">2026-01-01T00:00:00Z</dcterms:created></cp:coreProperties>`;
export const settings = `${DECLARATION}<w:settings xmlns:w="${W}"><w:defaultTabStop w:val="720"/><w:characterSpacingControl w:val="doNotCompress"/><w:footnotePr><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr><w:endnotePr><w:pos w:val="sectEnd"/><w:numFmt w:val="lowerRoman"/><w:endnote w:id="-1"/><w:endnote w:id="0"/></w:endnotePr><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat><w:themeFontLang w:val="en-GB"/></w:settings>`;

// ---------------------------------------------------------------------------------------------- styles

const INK = '1F2A37', ACCENT = '1F4E79', GREY = '5B6573';
const fonts = (name) => `<w:rFonts w:ascii="${name}" w:hAnsi="${name}" w:cs="${name}" w:eastAsia="${name}"/>`;
const HEAD = fonts('Calibri'), TEXT = fonts('Cambria');
const size = (points) => `<w:sz w:val="${points * 2}"/><w:szCs w:val="${points * 2}"/>`;
const style = (type, id, name, { based, next, paragraph = '', run = '', isDefault = false, quick = true, table = '' }) =>
  `<w:style w:type="${type}"${isDefault ? ' w:default="1"' : ''} w:styleId="${id}"><w:name w:val="${name}"/>${based ? `<w:basedOn w:val="${based}"/>` : ''}${next ? `<w:next w:val="${next}"/>` : ''}${quick ? '<w:qFormat/>' : ''}${paragraph && `<w:pPr>${paragraph}</w:pPr>`}${run && `<w:rPr>${run}</w:rPr>`}${table}</w:style>`;

export const styles = `${DECLARATION}<w:styles xmlns:w="${W}"><w:docDefaults><w:rPrDefault><w:rPr>${TEXT}<w:color w:val="${INK}"/>${size(10.5)}<w:lang w:val="en-GB" w:eastAsia="en-US" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="276" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>${[
  style('paragraph', 'Normal', 'Normal', { isDefault: true }),
  style('paragraph', 'Title', 'Title', { based: 'Normal', next: 'Subtitle', paragraph: `<w:keepNext/><w:spacing w:before="120" w:after="40" w:line="240" w:lineRule="auto"/><w:jc w:val="center"/>`, run: `${HEAD}<w:b/><w:bCs/><w:caps/><w:color w:val="${ACCENT}"/><w:spacing w:val="40"/>${size(24)}` }),
  style('paragraph', 'Subtitle', 'Subtitle', { based: 'Normal', next: 'Normal', paragraph: `<w:pBdr><w:bottom w:val="single" w:sz="8" w:space="8" w:color="${ACCENT}"/></w:pBdr><w:spacing w:after="280"/><w:jc w:val="center"/>`, run: `${HEAD}<w:color w:val="${GREY}"/>${size(11.5)}` }),
  style('paragraph', 'Heading1', 'heading 1', { based: 'Normal', next: 'Clause', paragraph: '<w:keepNext/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:spacing w:before="240" w:after="80"/><w:outlineLvl w:val="0"/>', run: `${HEAD}<w:b/><w:bCs/><w:color w:val="${ACCENT}"/>${size(12.5)}` }),
  style('paragraph', 'Clause', 'Clause', { based: 'Normal', paragraph: '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr><w:jc w:val="both"/>' }),
  style('paragraph', 'TableText', 'Table Text', { based: 'Normal', paragraph: '<w:spacing w:before="50" w:after="50" w:line="240" w:lineRule="auto"/>', run: `${HEAD}${size(10)}` }),
  style('paragraph', 'Caption', 'caption', { based: 'Normal', paragraph: '<w:keepNext/><w:spacing w:before="120" w:after="80"/>', run: `${HEAD}<w:i/><w:iCs/><w:color w:val="${GREY}"/>${size(9.5)}` }),
  style('paragraph', 'BoxText', 'Box Text', { based: 'Normal', paragraph: '<w:spacing w:after="40" w:line="252" w:lineRule="auto"/>', run: `${HEAD}${size(9.5)}` }),
  style('paragraph', 'Header', 'header', { based: 'Normal', paragraph: `<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="4" w:color="C5CCD6"/></w:pBdr><w:tabs><w:tab w:val="right" w:pos="9072"/></w:tabs><w:spacing w:after="0" w:line="240" w:lineRule="auto"/>`, run: `${HEAD}<w:color w:val="${GREY}"/>${size(9)}` }),
  style('paragraph', 'Footer', 'footer', { based: 'Normal', paragraph: '<w:spacing w:after="0" w:line="240" w:lineRule="auto"/><w:jc w:val="center"/>', run: `${HEAD}<w:color w:val="${GREY}"/>${size(8.5)}` }),
  ...['Footnote', 'Endnote'].flatMap((note) => [
    style('paragraph', `${note}Text`, `${note.toLowerCase()} text`, { based: 'Normal', paragraph: '<w:spacing w:after="40" w:line="240" w:lineRule="auto"/>', run: size(9), quick: false }),
    style('character', `${note}Reference`, `${note.toLowerCase()} reference`, { run: '<w:vertAlign w:val="superscript"/>', quick: false }),
  ]),
  style('paragraph', 'CommentText', 'annotation text', { based: 'Normal', run: size(10), quick: false }),
  style('character', 'CommentReference', 'annotation reference', { run: size(8), quick: false }),
  style('character', 'Hyperlink', 'Hyperlink', { run: '<w:color w:val="0563C1"/><w:u w:val="single"/>', quick: false }),
  style('table', 'TableNormal', 'Normal Table', { isDefault: true, quick: false, table: '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr>' }),
].join('')}</w:styles>`;

const level = (index, text, left, hanging, run = '') => `<w:lvl w:ilvl="${index}"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="${text}"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="${left}" w:hanging="${hanging}"/></w:pPr>${run && `<w:rPr>${run}</w:rPr>`}</w:lvl>`;
export const numbering = `${DECLARATION}<w:numbering xmlns:w="${W}"><w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="multilevel"/>${level(0, '%1.', 567, 567)}${level(1, '%1.%2', 567, 567, `${HEAD}<w:color w:val="${GREY}"/>${size(9.5)}`)}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>`;
