/** Small Word packages for tests. Test code only. */
import { OPTIONS, showRuns } from '../../testing/invariants.ts';
import type { WriteOptions } from '../../format.ts';
import type { ReadonlyRuns } from '../../../../contract/shapes/text.ts';
import { readPackage, type PackageEntry } from '../../zip/read-package.ts';
import { writePackage } from '../../zip/write-package.ts';
import { docx } from '../docx.ts';

export const W = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const NAMESPACES = `xmlns:w="${W}" xmlns:r="${RELATIONS}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:wp="urn:wp" xmlns:v="urn:v"`;
const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n';

/** A package from parts in order; names that end in `/` are folders. */
export function zipped(parts: Readonly<Record<string, string | Uint8Array>>): Promise<Uint8Array> {
  const entries = Object.entries(parts).map(([name, content]): PackageEntry =>
    ({ name, directory: name.endsWith('/'), stored: false, mtime: new Date(2024, 0, 2, 3, 4, 6), mode: null, bytes: typeof content === 'string' ? Buffer.from(content) : content }));
  return writePackage({ entries }, { replaced: new Map(), first: '' });
}

/** Content of the parts of a package as text. */
export async function unzipped(bytes: Uint8Array): Promise<Record<string, string>> {
  const { entries } = await readPackage(bytes, { what: 'test package' });
  return Object.fromEntries(entries.map(({ name, bytes: content }) => [name, content ? Buffer.from(content).toString('utf8') : '']));
}

/** A story part around its content: `document`, `footnotes`, `hdr` ... */
export const storyXml = (root: string, content: string): string => `${DECLARATION}<w:${root} ${NAMESPACES}>${content}</w:${root}>`;

/** Parts of a package with a body; `more` maps relationship types to the parts of that type (`header` -> name and XML). */
export function docxParts(body: string, more: readonly { type: string; name: string; xml: string; relationships?: string }[] = []): Record<string, string> {
  const links = more.map(({ type, name }, i) => `<Relationship Id="rId${i + 1}" Type="${RELATIONS}/${type}" Target="${name}"/>`).join('');
  return {
    '[Content_Types].xml': `${DECLARATION}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
    '_rels/.rels': `${DECLARATION}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="word/document.xml"/></Relationships>`,
    'word/document.xml': storyXml('document', `<w:body>${body}</w:body>`),
    'word/_rels/document.xml.rels': `${DECLARATION}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${links}<Relationship Id="web" Type="${RELATIONS}/hyperlink" Target="https://example.org/" TargetMode="External"/></Relationships>`,
    ...Object.fromEntries(more.map(({ name, xml }) => [`word/${name}`, xml])),
  };
}

export const p = (content: string, properties = ''): string => `<w:p>${properties && `<w:pPr>${properties}</w:pPr>`}${content}</w:p>`;
export const r = (text: string, properties = ''): string => `<w:r>${properties && `<w:rPr>${properties}</w:rPr>`}<w:t xml:space="preserve">${text}</w:t></w:r>`;
/** `begin`, `separate` or `end` of a complex field, or its instruction. */
export const mark = (type: string): string => `<w:r><w:fldChar w:fldCharType="${type}"/></w:r>`;
export const instruction = (text: string): string => `<w:r><w:instrText xml:space="preserve">${text}</w:instrText></w:r>`;
export const field = (code: string, result: string): string => mark('begin') + instruction(code) + mark('separate') + result + mark('end');

/** Units of a body as text: `text with <1>tags</1> | 1=b`, an exclamation mark after a tag that can't be deleted. */
export async function unitsOf(body: string): Promise<string[]> {
  const { units } = await docx.read(await zipped(docxParts(body)), OPTIONS);
  return units.map(({ source, tags }) => showRuns(source) + (tags.length > 0 ? ` | ${tags.map(({ tag, label, canDelete }) => `${tag}=${label}${canDelete ? '' : '!'}`).join(' ')}` : ''));
}

/** The body after its units, in order, were replaced by targets (undefined: not translated). */
export async function bodyWith(body: string, targets: readonly (ReadonlyRuns | undefined)[], options: WriteOptions = OPTIONS): Promise<string> {
  const bytes = await zipped(docxParts(body));
  const { units } = await docx.read(bytes, options);
  const byId = new Map(units.flatMap(({ id }, i) => { const target = targets[i]; return target ? [[id, target] as const] : []; }));
  const written = await unzipped(await docx.write(bytes, byId, options));
  return (written['word/document.xml'] ?? '').replace(/^.*<w:body>|<\/w:body>.*$/gs, '');
}

export const open = (tag: number): { tag: number; kind: 'open' } => ({ tag, kind: 'open' });
export const close = (tag: number): { tag: number; kind: 'close' } => ({ tag, kind: 'close' });
export const alone = (tag: number): { tag: number; kind: 'empty' } => ({ tag, kind: 'empty' });
