/** Finds the parts of a Word package by content types and relationships (ISO 29500-2), never by their usual names alone. */
import path from 'node:path';
import { StudioError } from '../../../contract/errors.ts';
import { elements, parseXml, type XmlElement } from '../xml/xml-tree.ts';
import { attribute } from './names.ts';
import { decodePart } from './xml-part.ts';

export interface StoryPart {
  readonly name: string;
  readonly role: string;
  /** What its text stands in: Word's paragraphs, those of DrawingML, or the numbers of lists. */
  readonly kind: 'word' | 'drawing' | 'numbering';
  /** Targets of the part's relationships by id, external ones as written. */
  readonly links: ReadonlyMap<string, string>;
}
export interface WordParts {
  readonly document: string;
  readonly styles: string | null;
  readonly settings: string | null;
  /** Parts that may keep the values of bound content controls: properties, custom XML. */
  readonly stores: readonly string[];
  /** Parts with text, in the order in which a translator reads them: the body first. */
  readonly stories: readonly StoryPart[];
}

/** Role of the picture that Word keeps of a SmartArt diagram: its text again. */
export const DIAGRAM_PICTURE = 'diagram-picture';
/** Relationship types by their last step, in both namespaces; the order is that of the units. */
const STORIES: readonly (readonly [type: string, role: string, kind: StoryPart['kind']])[] = [
  ['chart', 'chart', 'drawing'], ['diagramData', 'diagram', 'drawing'], ['diagramDrawing', DIAGRAM_PICTURE, 'drawing'],
  ['footnotes', 'footnote', 'word'], ['endnotes', 'endnote', 'word'], ['header', 'header', 'word'], ['footer', 'footer', 'word'], ['comments', 'comment', 'word'], ['glossaryDocument', 'placeholder', 'word'],
  ['numbering', 'numbering', 'numbering'],
];
/** Main content types: document and template, with and without macros. */
const MAIN = /^application\/(vnd\.openxmlformats-officedocument\.wordprocessingml\.(document|template)|vnd\.ms-word\.(document|template)\.macroEnabled(\.12)?)\.main\+xml$/i;
const OTHER_PROGRAMS: readonly (readonly [pattern: RegExp, name: string])[] = [[/spreadsheetml|ms-excel/i, 'an Excel workbook'], [/presentationml|ms-powerpoint/i, 'a PowerPoint presentation']];

/** @param content Bytes of a part by name, case ignored. @throws StudioError FORMAT_BROKEN when there is no Word document in it. */
export function findParts(content: (name: string) => Uint8Array | null): WordParts {
  const read: ReadPart = (name) => {
    const bytes = content(name);
    return bytes && parseXml(decodePart(name, bytes).text, { name }).root;
  };
  const document = linked(read, '').find(({ type }) => type === 'officeDocument')?.target;
  if (document === undefined || !content(document)) throw notWord('it has no document part');
  const type = contentType(read('[Content_Types].xml'), document);
  const other = OTHER_PROGRAMS.find(([pattern]) => pattern.test(type));
  if (other) throw notWord(`it is ${other[1]}`);
  if (!MAIN.test(type) && read(document)?.local !== 'document') throw notWord(`its main part is ${type || 'of an unknown type'}`);
  const links = linked(read, document);
  const first = (wanted: string): string | null => links.find(({ type: kind, target }) => kind === wanted && content(target))?.target ?? null;
  const stories: StoryPart[] = [{ name: document, role: 'p', kind: 'word', links: targetsOf(read, document) }];
  for (const [wanted, role, part] of STORIES)
    for (const { type: kind, target } of links) if (kind === wanted && content(target) && !stories.some(({ name }) => name === target)) stories.push({ name: target, role, kind: part, links: targetsOf(read, target) });
  const stores = [...linked(read, '').filter(({ type: kind }) => /^(core|extended|custom)-properties$/.test(kind)), ...links.filter(({ type: kind }) => kind === 'customXml')].map(({ target }) => target).filter((name) => content(name));
  return { document, styles: first('styles'), settings: first('settings'), stores, stories };
}

interface Link { readonly type: string; readonly target: string }

type ReadPart = (name: string) => XmlElement | null;

/** `Relationship` elements of a part; of the package when `part` is empty. */
function relationshipsOf(read: ReadPart, part: string): XmlElement[] {
  const root = read(path.posix.join(path.posix.dirname(part), '_rels', `${path.posix.basename(part)}.rels`));
  return root ? elements(root, 'Relationship') : [];
}

const targetsOf = (read: ReadPart, part: string): Map<string, string> =>
  new Map(relationshipsOf(read, part).map(({ attributes }) => [attributes['Id'] ?? '', attributes['Target'] ?? '']));

/** Internal relationships. External ones are never followed. */
function linked(read: ReadPart, part: string): Link[] {
  return relationshipsOf(read, part).flatMap((element) => {
    const { Type = '', Target = '', TargetMode } = element.attributes;
    if (TargetMode === 'External' || Target === '') return [];
    const target = path.posix.join('/', path.posix.dirname(part), Target.startsWith('/') ? path.posix.relative(path.posix.join('/', path.posix.dirname(part)), Target) : Target).slice(1);
    return [{ type: Type.slice(Type.lastIndexOf('/') + 1), target: decoded(target) }];
  });
}

/** Part names are compared after percent-decoding (ISO 29500-2, 6.2.2). */
function decoded(name: string): string {
  try { return decodeURI(name); } catch { return name; }
}

function contentType(types: XmlElement | null, part: string): string {
  const entries = types ? elements(types) : [];
  const override = entries.find((element) => element.local === 'Override' && (attribute(element, 'PartName') ?? '').toLowerCase() === `/${part}`.toLowerCase());
  const extension = path.posix.extname(part).slice(1).toLowerCase();
  const found = override ?? entries.find((element) => element.local === 'Default' && (attribute(element, 'Extension') ?? '').toLowerCase() === extension);
  return (found && attribute(found, 'ContentType')) ?? '';
}

const notWord = (why: string): StudioError =>
  new StudioError('FORMAT_BROKEN', `This is not a Word document: ${why}.`, { advice: 'Check the file: it may have a wrong extension, or be damaged.' });
