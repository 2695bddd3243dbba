/**
 * Word documents (ECMA-376 / ISO 29500 WordprocessingML, Transitional and Strict): body, tables, text boxes, notes, headers,
 * footers and comments. A paragraph is a unit. Writing splices into the parts that change; every other part keeps its bytes.
 */
import { StudioError } from '../../../contract/errors.ts';
import type { ReadonlyRuns } from '../../../contract/shapes/text.ts';
import { requireWholeTags, sameRuns } from '../../segments/runs.ts';
import type { DocumentFormat, ParsedDocument, ReadOptions, Unit } from '../format.ts';
import { parseXml, type XmlElement } from '../xml/xml-tree.ts';
import { isCompoundFile, readPackage, type Package } from '../zip/read-package.ts';
import { writePackage } from '../zip/write-package.ts';
import { boundChanges, storeEdits, type BoundChange } from './data-binding.ts';
import { readStyles } from './formatting.ts';
import { languageChange, languageEdits, layoutEdits, paragraphEdits, settingsEdits, styleEdits, turnedProperties, type LanguageChange } from './language.ts';
import { isWord } from './names.ts';
import { DIAGRAM_PICTURE, findParts, type StoryPart } from './package-parts.ts';
import { spliceRanges, type RangeEdit } from './range-edits.ts';
import { readStory, type Story } from './story.ts';
import type { Run } from './tokens.ts';
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
    const units = new Map(stories.flatMap(({ story }) => story.units.map(({ unit }) => [unit.id, unit] as const)));
    return { units: [...units.values()] } satisfies ParsedDocument;
  },
  async write(bytes, targets, options) {
    if (targets.size === 0 && !options.setLanguage) return bytes;
    const document = await openDocument(bytes, options, () => true);
    requireKnownUnits(document.stories, targets);
    const change = options.setLanguage ? languageChange(options.from, options.to) : null;
    const replaced = new Map<string, Uint8Array>();
    const bound: BoundChange[] = [];
    const replace = (name: string, xml: XmlPart, text: string): void => {
      if (text !== xml.text) replaced.set(name, encodePart({ ...xml, text }));
    };
    for (const { part, xml, story } of document.stories) {
      options.signal?.throwIfAborted();
      const text = writeStory(story, targets, change);
      replace(part.name, xml, text);
      if (text !== xml.text && part.kind === 'word') bound.push(...boundChanges(part.name, story.root, text));
    }
    for (const { name, xml, root } of bound.length > 0 ? document.stores() : []) replace(name, xml, spliceRanges(xml.text, storeEdits(root, bound))(0, xml.text.length));
    const { styles, settings } = document;
    if (change && styles) replace(styles.name, styles.xml, spliceRanges(styles.xml.text, styleEdits(styles.xml.text, styles.root, change))(0, styles.xml.text.length));
    if (change && settings) replace(settings.name, settings.xml, spliceRanges(settings.xml.text, settingsEdits(settings.xml.text, settings.root, change))(0, settings.xml.text.length));
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

interface OpenPart { readonly name: string; readonly xml: XmlPart; readonly root: XmlElement }
interface OpenStory { readonly part: StoryPart; readonly xml: XmlPart; readonly story: Story }
interface OpenDocument { readonly package: Package; readonly stories: readonly OpenStory[]; readonly styles: OpenPart | null; readonly settings: OpenPart | null; readonly stores: () => OpenPart[] }

async function openDocument(bytes: Uint8Array, options: ReadOptions, keep: (name: string) => boolean): Promise<OpenDocument> {
  const found = await readPackage(bytes, { what: WHAT, keep, signal: options.signal });
  const content = new Map(found.entries.map((entry) => [entry.name.toLowerCase(), entry]));
  const bytesOf = (name: string): Uint8Array | null => content.get(name.toLowerCase())?.bytes ?? null;
  const decode = (name: string): XmlPart => decodePart(name, bytesOf(name) ?? new Uint8Array());
  const nameOf = (name: string): string => content.get(name.toLowerCase())?.name ?? name;
  const openPart = (name: string | null): OpenPart | null => {
    if (name === null) return null;
    const xml = decode(name);
    return { name: nameOf(name), xml, root: parseXml(xml.text, { name }).root };
  };
  const parts = findParts(bytesOf);
  const styles = openPart(parts.styles);
  const looks = readStyles(styles?.root ?? null);
  const stories = parts.stories.map((part) => {
    options.signal?.throwIfAborted();
    const named = { ...part, name: nameOf(part.name) }, xml = decode(part.name);
    return { part: named, xml, story: readStory(named, xml.text, looks) };
  });
  return { package: found, stories: withPictures(stories), styles, settings: openPart(parts.settings), stores: () => parts.stores.flatMap((name) => readable(() => openPart(name)) ?? []) };
}

/** null for a part that can't be read: custom XML may be anything, and is not needed. */
function readable(open: () => OpenPart | null): OpenPart | null {
  try { return open(); } catch (error) {
    if (error instanceof StudioError) return null;
    throw error;
  }
}

/** A text in the picture of a diagram that is also in the diagram is one unit with it. */
function withPictures(stories: readonly OpenStory[]): OpenStory[] {
  const key = (unit: Unit): string => JSON.stringify([unit.source, unit.tags.map(({ label }) => label)]);
  const known = new Map(stories.flatMap(({ part, story }) => (part.role === 'diagram' ? story.units.map(({ unit }) => [key(unit), unit] as const) : [])));
  return stories.map((open) => (open.part.role === DIAGRAM_PICTURE ? { ...open, story: { ...open.story, units: open.story.units.map(({ unit, places }) => ({ unit: known.get(key(unit)) ?? { ...unit, role: 'diagram' }, places })) } } : open));
}

function requireKnownUnits(stories: readonly OpenStory[], targets: ReadonlyMap<string, ReadonlyRuns>): void {
  const units = new Map(stories.flatMap(({ story }) => story.units.map(({ unit }) => [unit.id, unit] as const)));
  for (const [id, target] of targets) {
    const unit = units.get(id);
    if (!unit) throw new StudioError('INVALID_INPUT', `This ${WHAT} has no text ${id}.`, { advice: 'The document has changed since it was added; add it to the project again.', data: { unit: id } });
    requireWholeTags(id, unit.source, target, unit.tags);
  }
}

/** The part with its translations spliced in, and its language and direction changed when asked for. */
function writeStory({ source, root, units }: Story, targets: ReadonlyMap<string, ReadonlyRuns>, change: LanguageChange | null): string {
  const direction = change?.direction ?? null;
  const edits: RangeEdit[] = change ? languageEdits(source, root, change) : [];
  if (direction) edits.push(...layoutEdits(source, root, direction));
  const properties = (run: Run, written: string): string => (direction && isWord(run.element) ? turnedProperties(run.element, written, direction) : written);
  const writer = { source, properties, slice: (start: number, end: number): string => sliced(start, end) };
  for (const { unit, places } of units) {
    const target = targets.get(unit.id);
    if (!target || (!direction && sameRuns(target, unit.source))) continue;
    for (const place of places) {
      const { start, end } = place;
      edits.push({ start, end, text: () => (place.kind === 'label' ? place.write(target) : writeParagraph(place, target, writer)) });
      if (direction && place.kind === 'paragraph' && isWord(place.element)) edits.push(...paragraphEdits(source, place.element, direction));
    }
  }
  const sliced = spliceRanges(source, edits);
  return sliced(0, source.length);
}
