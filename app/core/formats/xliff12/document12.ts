/** An XLIFF 1.x document as trans-units and their segments, with the places where targets stand. */
import { StudioError } from '../../../contract/errors.ts';
import type { SegmentState } from '../../../contract/shapes/segment.ts';
import { plainText } from '../../segments/runs.ts';
import type { Unit } from '../format.ts';
import { numberSource, numberTarget, tagTable, type InlineCode } from '../xliff/inline-codes.ts';
import { requireFits, UnitNames } from '../xliff/unit-names.ts';
import { child, descendants, elements, parseXml, textContent, type XmlDocument, type XmlElement } from '../xml/xml-tree.ts';
import { isSegmentMark, tokens12, type NativeTag, type NativeTags } from './inline12.ts';
import { segmentStates12 } from './segment-states12.ts';
import { attributeByLocal, sdlState, state12, toolState } from './states12.ts';

export interface Segment12 {
  readonly unit: Unit;
  /** Of source and standing target: what `unit.tags` describes. */
  readonly codes: readonly InlineCode[];
  /** Its mark's `mid`, or null when the segment is the whole trans-unit. */
  readonly mid: string | null;
  /** SDL's definition of the segment, which carries its state. */
  readonly sdl: XmlElement | undefined;
}
export interface TransUnit12 {
  readonly element: XmlElement;
  readonly source: XmlElement;
  readonly segSource: XmlElement | undefined;
  readonly target: XmlElement | undefined;
  readonly segments: readonly Segment12[];
}
export interface File12 { readonly element: XmlElement; readonly transUnits: readonly TransUnit12[] }
export interface Document12 { readonly xml: XmlDocument; readonly files: readonly File12[] }

const VERSIONS = /^urn:oasis:names:tc:xliff:document:1\.\d$/;
const isXliff = (element: XmlElement): boolean => element.ns === '' || VERSIONS.test(element.ns);

/** @throws StudioError FORMAT_BROKEN when it is not well-formed or not XLIFF 1.x. */
export function parseDocument12(text: string, name: string): Document12 {
  const xml = parseXml(text, { name });
  if (xml.root.local !== 'xliff' || !isXliff(xml.root))
    throw new StudioError('FORMAT_BROKEN', `${name} is not an XLIFF 1.2 document: its root element is ${xml.root.name}.`, { advice: 'Check that the file has the right name, or export it again from the program that made it.' });
  const ids = new UnitNames();
  const files = elements(xml.root, 'file').filter(isXliff).map((element, i): File12 => {
    const natives = nativeTags(element);
    const transUnits: TransUnit12[] = [];
    const body = child(element, 'body');
    if (body) collectUnits(body, true, (unit) => {
      const read = readTransUnit(unit, `${i + 1}/${unit.attributes['id'] ?? ''}`, xml.source, natives, ids);
      if (read) transUnits.push(read);
    });
    return { element, transUnits };
  });
  return { xml, files };
}

/** Trans-units that may be translated: `translate` is inherited from groups (section 2.5). */
function collectUnits(parent: XmlElement, translate: boolean, onUnit: (unit: XmlElement) => void): void {
  for (const element of elements(parent)) {
    if (!isXliff(element) || (element.local !== 'group' && element.local !== 'trans-unit')) continue;
    const own = element.attributes['translate'];
    const may = own === undefined ? translate : own !== 'no';
    if (element.local === 'group') collectUnits(element, may, onUnit);
    else if (may) onUnit(element);
  }
}

/** SDL's `tag-defs`: the native markup behind the ids of g and x. */
function nativeTags(file: XmlElement): NativeTags {
  const natives = new Map<string, NativeTag>();
  const header = child(file, 'header');
  const definitions = header && child(header, 'tag-defs');
  for (const tag of definitions ? elements(definitions, 'tag') : []) {
    const opening = child(tag, 'bpt') ?? child(tag, 'ph') ?? child(tag, 'st');
    const closing = child(tag, 'ept');
    const id = tag.attributes['id'];
    if (opening && id !== undefined) natives.set(id, { name: opening.attributes['name'], open: textContent(opening), close: closing && textContent(closing) });
  }
  return natives;
}

function readTransUnit(element: XmlElement, name: string, text: string, natives: NativeTags, ids: UnitNames): TransUnit12 | undefined {
  const source = child(element, 'source');
  if (!source) return undefined;
  const segSource = child(element, 'seg-source');
  const target = child(element, 'target');
  const marks = segSource ? segmentMarks(segSource) : null;
  const standing = target ? segmentMarks(target) : null;
  // A target none of whose marks is one of the source's belongs to the whole.
  const whole = target !== undefined && textContent(target).trim() !== '' && ![...(marks?.keys() ?? [])].some((mid) => standing?.has(mid));
  const note = notesOf(element).join('\n');
  const definitions = new Map([...descendants(element)].filter((e) => e.local === 'seg' && e.parent?.local === 'seg-defs').map((e) => [e.attributes['id'] ?? '', e]));
  const states = segmentStates12(element);

  const read = (content: XmlElement, translation: XmlElement | undefined, mid: string | null): Segment12 | undefined => {
    const { runs, codes } = numberSource(tokens12(content, text, natives));
    if (plainText(runs).trim() === '') return undefined;
    const sdl = mid === null ? undefined : definitions.get(mid);
    const has = translation !== undefined && textContent(translation).trim() !== '';
    const own = has ? numberTarget(tokens12(translation, text, natives), codes) : undefined;
    const state: SegmentState | undefined = has ? standingState(element, target, sdl, states.get(mid ?? '')) : undefined;
    const locked = sdl?.attributes['locked'] === 'true' || /^(locked|true)$/.test(attributeByLocal(element, 'locked') ?? '');
    const unit: Unit = {
      id: ids.take(mid === null ? name : `${name}#${mid}`), source: runs, tags: tagTable(own?.codes ?? codes), role: element.attributes['restype'] ?? 'trans-unit', segmented: mid !== null || has,
      ...(own ? { target: own.runs, state: state ?? 'draft' } : {}), ...(locked ? { locked } : {}), ...(note ? { note } : {}),
    };
    requireFits(unit);
    return { unit, codes: own?.codes ?? codes, mid, sdl };
  };

  const segments: Segment12[] = [];
  // A target that is not cut as its source is (but for a single segment) can only be taken as a whole.
  if (marks?.size && !(whole && marks.size > 1)) {
    for (const [mid, mark] of marks) {
      const segment = read(mark, whole ? target : standing?.get(mid), mid);
      if (segment) segments.push(segment);
    }
  } else {
    const segment = read(source, target, null);
    if (segment) segments.push(segment);
  }
  return segments.length > 0 ? { element, source, segSource, target, segments } : undefined;
}

/** State of a text that stands in a target, from wherever the document says it. A tool that calls a text not started is behind. */
function standingState(element: XmlElement, target: XmlElement | undefined, sdl: XmlElement | undefined, own: SegmentState | undefined): SegmentState {
  const state = sdlState(sdl?.attributes['conf']) ?? toolState(element) ?? own ?? state12(target?.attributes ?? {}, element.attributes['approved']);
  return state === 'not-started' ? 'draft' : state;
}

function notesOf(element: XmlElement): string[] {
  const notes = elements(element, 'note').filter(({ attributes }) => attributes['annotates'] !== 'target').map((note) => textContent(note).trim()).filter(Boolean);
  const { maxwidth, 'size-unit': unit } = element.attributes;
  return maxwidth !== undefined && unit === 'char' ? [...notes, `At most ${maxwidth} characters`] : notes;
}

/** Segment marks by `mid`, outermost ones; null when one has no `mid` or two share it. */
export function segmentMarks(container: XmlElement): ReadonlyMap<string, XmlElement> | null {
  const marks = new Map<string, XmlElement>();
  const visit = (parent: XmlElement): boolean => parent.children.every((node) => {
    if (node.kind !== 'element') return true;
    if (!isSegmentMark(node)) return visit(node);
    const mid = node.attributes['mid'];
    if (mid === undefined || marks.has(mid)) return false;
    marks.set(mid, node);
    return true;
  });
  return visit(container) ? marks : null;
}
