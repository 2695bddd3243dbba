/**
 * Word documents (ECMA-376 / ISO 29500 WordprocessingML, Transitional and Strict): body, tables, text boxes, notes, headers,
 * footers and comments. A paragraph is a unit. Writing splices into the parts that change; every other part keeps its bytes.
 */
import { StudioError } from '../../../contract/errors.ts';
import type { ReadonlyRuns } from '../../../contract/shapes.ts';
import { requireWholeTags, sameRuns } from '../../segments/runs.ts';
import type { DocumentFormat, ParsedDocument, ReadOptions, WriteOptions } from '../format.ts';
import { parseXml } from '../xml/xml-tree.ts';
import { isCompoundFile, readPackage, type Package } from '../zip/read-package.ts';
import { writePackage } from '../zip/write-package.ts';
import { readStyles, type Styles } from './formatting.ts';
import { findParts, type StoryPart, type WordParts } from './package-parts.ts';
import { spliceRanges, type RangeEdit } from './range-edits.ts';
import { readStory, type Story } from './story.ts';
import { writeParagraph } from './write-paragraph.ts';
import { decodePart, encodePart, type XmlPart } from './xml-part.ts';

const WHAT = 'Word document';
const EXTENSIONS = ['docx', 'docm', 'dotx', 'dotm'];
const CONTENT_TYPES = '[Content_Types].xml';

export const docx: DocumentFormat = {
  id: 'docx',
  name: 'Word',
  extensions: EXTENSIONS,
  sniff(bytes, fileName) {
    const named = EXTENSIONS.some((extension) => fileName.toLowerCase().endsWith(`.${extension}`));
    if (isZip(bytes)) return named ? 1 : holdsWordParts(bytes) ? 0.8 : 0;
    return named ? (isCompoundFile(bytes) ? 0.9 : 0.5) : 0;
  },
  async read(bytes, options) {
    const { stories } = await openDocument(bytes, options, (name) => XML_PART.test(name));
    return { units: stories.flatMap(({ story }) => story.units.map(({ unit }) => unit)) } satisfies ParsedDocument;
  },
  async write(bytes, targets, options) {
    const document = await openDocument(bytes, options, () => true);
    requireKnownUnits(document.stories, targets);
    if (targets.size === 0 && !options.setLanguage) return bytes;
    const replaced = new Map<string, Uint8Array>();
    for (const { part, xml, story } of document.stories) {
      options.signal?.throwIfAborted();
      const text = writeStory(story, targets);
      if (text !== xml.text) replaced.set(part.name, encodePart({ ...xml, text }));
    }
    return replaced.size === 0 ? bytes : writePackage(document.package, { replaced, first: CONTENT_TYPES });
  },
};

/** Parts that reading looks at; pictures and embedded files are only checked. */
const XML_PART = /\.(xml|rels)$|^[^.]*$/i;

const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);

/** The names of parts stand in clear text in the central directory, at the end of the file. */
function holdsWordParts(bytes: Uint8Array): boolean {
  const tail = bytes.subarray(Math.max(0, bytes.length - 65_536));
  return Buffer.from(tail.buffer, tail.byteOffset, tail.byteLength).includes('word/document');
}

interface OpenStory { readonly part: StoryPart; readonly xml: XmlPart; readonly story: Story }
interface OpenDocument { readonly package: Package; readonly parts: WordParts; readonly stories: readonly OpenStory[] }

async function openDocument(bytes: Uint8Array, options: ReadOptions, keep: (name: string) => boolean): Promise<OpenDocument> {
  const found = await readPackage(bytes, { what: WHAT, keep, signal: options.signal });
  const content = new Map(found.entries.map((entry) => [entry.name.toLowerCase(), entry]));
  const bytesOf = (name: string): Uint8Array | null => content.get(name.toLowerCase())?.bytes ?? null;
  const parts = findParts(bytesOf);
  const read = (name: string): XmlPart => decodePart(name, bytesOf(name) ?? new Uint8Array());
  const styles: Styles = readStyles(parts.styles === null ? null : parseXml(read(parts.styles).text, { name: parts.styles }).root);
  const stories = parts.stories.map((part) => {
    options.signal?.throwIfAborted();
    const name = content.get(part.name.toLowerCase())?.name ?? part.name;
    const xml = read(name);
    return { part: { ...part, name }, xml, story: readStory(name, xml.text, part.role, styles) };
  });
  return { package: found, parts, stories };
}

function requireKnownUnits(stories: readonly OpenStory[], targets: ReadonlyMap<string, ReadonlyRuns>): void {
  const units = new Map(stories.flatMap(({ story }) => story.units.map(({ unit }) => [unit.id, unit] as const)));
  for (const [id, target] of targets) {
    const unit = units.get(id);
    if (!unit) throw new StudioError('INVALID_INPUT', `This ${WHAT} has no text ${id}.`, { advice: 'The document has changed since it was added; add it to the project again.', data: { unit: id } });
    requireWholeTags(id, unit.source, target, unit.tags);
  }
}

function writeStory(story: Story, targets: ReadonlyMap<string, ReadonlyRuns>): string {
  const edits: RangeEdit[] = [];
  const slice = (start: number, end: number): string => sliced(start, end);
  for (const { unit, paragraphs } of story.units) {
    const target = targets.get(unit.id);
    if (!target || sameRuns(target, unit.source)) continue;
    for (const paragraph of paragraphs) {
      const write = (): string => writeParagraph(paragraph, target, { source: story.source, slice, properties: (_run, written) => written });
      edits.push({ start: paragraph.start, end: paragraph.end, text: write });
    }
  }
  const sliced = spliceRanges(story.source, edits);
  return sliced(0, story.source.length);
}
