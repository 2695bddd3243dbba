/** Units of one part of a package: its paragraphs in document order, those of tables, content controls and text boxes included. */
import { StudioError } from '../../../contract/errors.ts';
import type { ReadonlyRuns } from '../../../contract/shapes/text.ts';
import { MAX_TEXT } from '../../../contract/shapes/values.ts';
import { plainText, sameRuns } from '../../segments/runs.ts';
import type { Unit } from '../format.ts';
import { escapeText } from '../xml/xml-events.ts';
import { descendants, elements, parseXml, textContent, type XmlElement } from '../xml/xml-tree.ts';
import { chartLabels, drawingTokens } from './drawing-text.ts';
import { Looks, type Styles } from './formatting.ts';
import { groupFields, OpenFields } from './grouping.ts';
import { attribute, isAlternateContent, isDrawing, isWord, wordChild } from './names.ts';
import { levelTexts } from './numbering.ts';
import type { StoryPart } from './package-parts.ts';
import { readParagraph, type ParagraphText } from './paragraph.ts';
import { findStoryMarks } from './story-marks.ts';
import { readContent, type Piece, type TokenContext } from './tokens.ts';

export interface Paragraph extends ParagraphText { readonly kind: 'paragraph'; readonly element: XmlElement }
/** A value that holds nothing but its text. */
export interface Label { readonly kind: 'label'; readonly start: number; readonly end: number; readonly write: (target: ReadonlyRuns) => string }
/** A unit and where it stands: in two paragraphs when a text box is kept in a new and an old form. */
export interface StoryUnit { readonly unit: Unit; readonly places: readonly (Paragraph | Label)[] }
export interface Story { readonly source: string; readonly root: XmlElement; readonly units: readonly StoryUnit[] }

/** A segment never has more runs than this (`Runs` in the contract). */
const MAX_RUNS = 100_000;

interface Place { readonly role: string; readonly open: OpenFields }

/** Reads a part. @throws StudioError FORMAT_BROKEN, FORMAT_LIMIT. */
export function readStory({ name: part, role, kind, links }: StoryPart, source: string, styles: Styles): Story {
  const { root } = parseXml(source, { name: part });
  if (kind === 'drawing') return { source, root, units: drawingUnits(part, source, root, role) };
  if (kind === 'numbering') return { source, root, units: numberingUnits(part, source, root, role) };
  const reader = new StoryReader(part, styles, { source, linkTarget: (id) => links.get(id), looks: new Looks(styles), marks: findStoryMarks(root) });
  return { source, root, units: reader.collect(root, { role, open: new OpenFields() }) };
}

class StoryReader {
  readonly #part: string;
  readonly #styles: Styles;
  readonly #context: TokenContext;
  #ordinal = 0;

  constructor(part: string, styles: Styles, context: TokenContext) {
    this.#part = part;
    this.#styles = styles;
    this.#context = context;
  }

  collect(parent: XmlElement, place: Place): StoryUnit[] {
    const found: StoryUnit[] = [];
    for (const element of elements(parent)) {
      if (isAlternateContent(element)) found.push(...this.#alternatives(element, place));
      else if (!isWord(element)) found.push(...this.collect(element, place));
      else if (element.local === 'p') found.push(...this.#paragraph(element, place), ...this.collect(element, place));
      else if (DELETED.has(element.local) || element.local.endsWith('Pr') || isBuildingBlock(element)) continue;
      else found.push(...this.collect(element, placeIn(element, place)));
    }
    return found;
  }

  /** The first choice is read; the same text in the others is the same unit, to be written in each (ISO 29500-3, 10.2). */
  #alternatives(element: XmlElement, place: Place): StoryUnit[] {
    const [first, ...others] = elements(element);
    const units = first ? this.collect(first, place) : [];
    const more: StoryUnit[] = [];
    let next = 0;
    for (const other of others.flatMap((alternative) => this.collect(alternative, place))) {
      const at = units.findIndex(({ unit }, i) => i >= next && sameText(unit, other.unit));
      const twin = units[at];
      if (!twin) { more.push(other); continue; }
      units[at] = { unit: twin.unit, places: [...twin.places, ...other.places] };
      next = at + 1;
    }
    return [...units, ...more];
  }

  #paragraph(element: XmlElement, place: Place): StoryUnit[] {
    const ordinal = ++this.#ordinal;
    const { source } = this.#context;
    const tokens = groupFields(readContent(element, this.#context), place.open);
    const text = readParagraph(tokens, this.#styles.paragraph(styleOf(element)), (pieces: readonly Piece[]) => pieces.map(({ start, end }) => source.slice(start, end)).join(''));
    if (!text) return [];
    const unit = newUnit(this.#part, ordinal, text, roleOf(element, place.role, this.#styles));
    return [{ unit, places: [{ ...text, kind: 'paragraph', element }] }];
  }
}

/** @throws StudioError FORMAT_LIMIT when the text is longer than a segment may be. */
function newUnit(part: string, ordinal: number, { source, tags, around = [] }: Pick<ParagraphText, 'source' | 'tags'> & Partial<Pick<ParagraphText, 'around'>>, role: string): Unit {
  const id = `${part}#${ordinal}`;
  if (source.length > MAX_RUNS || plainText(source).length > MAX_TEXT)
    throw new StudioError('FORMAT_LIMIT', `A paragraph of ${part} is longer than ${MAX_TEXT} characters.`, { advice: 'Split the paragraph in Word and add the file again.', data: { unit: id } });
  return { id, source, tags, role, segmented: false, ...(around.length > 0 && { around }) };
}

/** Paragraphs and labels of a chart or a diagram; a label that a chart repeats for each of its series is one unit. */
function drawingUnits(part: string, source: string, root: XmlElement, role: string): StoryUnit[] {
  const units: StoryUnit[] = [];
  let ordinal = 0;
  for (const element of descendants(root)) {
    if (!isDrawing(element) || element.local !== 'p') continue;
    ordinal++;
    const text = readParagraph(drawingTokens(element, source), new Map(), (pieces) => pieces.map(({ start, end }) => source.slice(start, end)).join(''));
    if (text) units.push({ unit: newUnit(part, ordinal, text, role), places: [{ ...text, kind: 'paragraph', element }] });
  }
  const labels = new Map<string, Label[]>();
  for (const { openEnd, closeStart } of chartLabels(root)) {
    const places = labels.get(source.slice(openEnd, closeStart)) ?? [];
    labels.set(source.slice(openEnd, closeStart), [...places, { kind: 'label', start: openEnd, end: closeStart, write: (target) => escapeText(plainText(target)) }]);
  }
  for (const element of chartLabels(root)) {
    const raw = source.slice(element.openEnd, element.closeStart), places = labels.get(raw);
    ordinal++;
    labels.delete(raw);
    if (places) units.push({ unit: newUnit(part, ordinal, { source: [textContent(element)], tags: [] }, role), places });
  }
  return units;
}

/** Levels of lists with words; levels that read the same are one unit. */
function numberingUnits(part: string, source: string, root: XmlElement, role: string): StoryUnit[] {
  const units = new Map<string, StoryUnit>();
  let ordinal = 0;
  for (const { source: runs, tags, start, end, write } of levelTexts(root, source)) {
    ordinal++;
    const key = source.slice(start, end), known = units.get(key);
    units.set(key, { unit: known?.unit ?? newUnit(part, ordinal, { source: runs, tags }, role), places: [...(known?.places ?? []), { kind: 'label', start, end, write }] });
  }
  return [...units.values()];
}

/** Content that a reader no longer sees. */
const DELETED = new Set(['del', 'moveFrom']);
const OWN_STORIES = new Set(['txbxContent', 'footnote', 'endnote', 'comment', 'docPart']);

/** Of the glossary only the prompts of content controls are text of the document (17.12.16); the rest is the author's stock. */
function isBuildingBlock(element: XmlElement): boolean {
  if (element.local !== 'docPart') return false;
  const properties = wordChild(element, 'docPartPr'), types = properties && wordChild(properties, 'types');
  return !(types && elements(types).some((type) => attribute(type, 'val') === 'bbPlcHdr'));
}

function placeIn(element: XmlElement, place: Place): Place {
  if (element.local === 'txbxContent') return { role: 'textbox', open: new OpenFields() };
  if (OWN_STORIES.has(element.local)) return { ...place, open: new OpenFields() };
  return element.local === 'tc' && place.role === 'p' ? { ...place, role: 'cell' } : place;
}

function styleOf(paragraph: XmlElement): string | undefined {
  const properties = wordChild(paragraph, 'pPr'), style = properties && wordChild(properties, 'pStyle');
  return style && attribute(style, 'val');
}

function roleOf(paragraph: XmlElement, role: string, styles: Styles): string {
  if (role !== 'p' && role !== 'cell') return role;
  const properties = wordChild(paragraph, 'pPr');
  const named = styles.role(styleOf(paragraph));
  return named ?? (role === 'p' && properties && wordChild(properties, 'numPr') ? 'li' : role);
}

const sameText = (a: Unit, b: Unit): boolean => sameRuns(a.source, b.source) && a.tags.every((tag, i) => tag.label === b.tags[i]?.label);
