/**
 * The content of a paragraph: text, things that stand in the text, and elements around text. All but text is written back from
 * its source ranges.
 */
import { descendants, elements, type XmlElement } from '../xml/xml-tree.ts';
import { scriptsOf, type Formatting, type Looks, type Scripts } from './formatting.ts';
import { attribute, isAlternateContent, isMath, isWord, wordChild } from './names.ts';
import type { Field, FieldMark, StoryMarks } from './story-marks.ts';

/** A `w:r` whose properties apply to what came out of it. */
export interface Run {
  readonly element: XmlElement;
  readonly properties: XmlElement | null;
  readonly formatting: Formatting;
}

/**
 * A source range: children of a run, or a whole range at paragraph level when `run` is null. `ownerStart` to `ownerEnd` is the
 * smallest range around it that can be replaced without leaving half an element behind.
 */
export interface Piece { readonly start: number; readonly end: number; readonly run: Run | null; readonly ownerStart: number; readonly ownerEnd: number }

export interface TextToken { readonly kind: 'text'; readonly text: string; readonly run: Run; readonly key: string; readonly pieces: readonly Piece[] }
export interface EmptyToken {
  readonly kind: 'empty';
  readonly label: string;
  readonly pieces: readonly Piece[];
  readonly canDelete: boolean;
  readonly canCopy: boolean;
  readonly equivalent: string;
  /** Not shown and not placed by the translator: written after the text. */
  readonly quiet: boolean;
}
/** An element around text, or a field whose result is text. */
export interface Wrapper {
  readonly label: string;
  readonly open: readonly Piece[];
  readonly close: readonly Piece[];
  readonly canDelete: boolean;
  readonly canCopy: boolean;
}
/** Start or end of a range (bookmark, comment, permission) that need not nest with anything. */
export interface RangeToken { readonly kind: 'range'; readonly end: 'start' | 'end'; readonly key: string; readonly label: string; readonly pieces: readonly Piece[] }
/** Part of a complex field. `grouping.ts` turns these into wrappers and protected tokens. */
export interface FieldToken { readonly kind: 'field'; readonly mark: FieldMark; readonly field: Field; readonly pieces: readonly Piece[] }
export interface InstructionToken { readonly kind: 'instruction'; readonly pieces: readonly Piece[] }
export interface WrapperNode {
  readonly kind: 'wrapper';
  readonly wrapper: Wrapper;
  readonly children: readonly Node[];
  /** Where a link leads, who inserted it: neighbours of one identity are read as one. null: never. */
  readonly identity: string | null;
}

/** The content of a paragraph as a tree, as it stands in the XML. */
export type Node = TextToken | EmptyToken | RangeToken | FieldToken | InstructionToken | WrapperNode;
/** The same as a flat list in document order, fields resolved. */
export type Token = TextToken | EmptyToken | RangeToken | { readonly kind: 'open'; readonly wrapper: Wrapper } | { readonly kind: 'close'; readonly wrapper: Wrapper };

export const rangePiece = (start: number, end: number): Piece => ({ start, end, run: null, ownerStart: start, ownerEnd: end });

/** Fields whose result is text to read in a language, rather than a number, a name or a date (17.16.5). */
const FIELDS_WITH_TEXT = new Set(['HYPERLINK', 'TOC', 'INDEX', 'INCLUDETEXT', 'QUOTE', 'FORMTEXT', 'CITATION', 'BIBLIOGRAPHY']);
export const fieldHoldsText = (instruction: string): boolean => FIELDS_WITH_TEXT.has(fieldType(instruction));
export const fieldType = (instruction: string): string => /^\s*([A-Za-z]+)/.exec(instruction)?.[1]?.toUpperCase() ?? '';

const RANGES: Readonly<Record<string, { label: string; end: 'start' | 'end' }>> = {
  bookmarkStart: { label: 'bookmark', end: 'start' }, bookmarkEnd: { label: 'bookmark', end: 'end' },
  commentRangeStart: { label: 'comment', end: 'start' }, commentRangeEnd: { label: 'comment', end: 'end' },
  permStart: { label: 'editable', end: 'start' }, permEnd: { label: 'editable', end: 'end' },
};

/** `canDelete`: whether a translation may do without it. */
interface WrapperKind { readonly label: string; readonly canDelete: boolean }
const LINK: WrapperKind = { label: 'link', canDelete: false };
const CONTROL: WrapperKind = { label: 'control', canDelete: false };
/** Elements at paragraph level that hold runs. */
const WRAPPERS: Readonly<Record<string, WrapperKind>> = {
  hyperlink: LINK, customXml: { label: 'xml', canDelete: false }, ins: { label: 'ins', canDelete: true }, moveTo: { label: 'ins', canDelete: true },
  dir: { label: 'dir', canDelete: true }, bdo: { label: 'dir', canDelete: true },
};

/** Children of a run that stand for themselves. Unknown ones are `x`. */
const OBJECTS: Readonly<Record<string, string>> = {
  drawing: 'img', pict: 'img', object: 'object', footnoteReference: 'footnote', endnoteReference: 'endnote', commentReference: 'comment', footnoteRef: 'ref', endnoteRef: 'ref', annotationRef: 'ref', pgNum: 'field',
};

export interface TokenContext {
  readonly source: string;
  /** Where a relationship of the part leads. */
  readonly linkTarget: (relationship: string) => string | undefined;
  readonly looks: Looks;
  readonly marks: StoryMarks;
}

type Flattening = TokenContext & { readonly style: string | undefined; readonly scripts: Scripts; readonly owner: XmlElement | null };

/** A piece that can only be replaced together with the smart tag it lies in, if it lies in one. */
const placed = ({ owner }: Flattening, piece: Piece): Piece => (owner ? { ...piece, ownerStart: owner.start, ownerEnd: owner.end } : piece);

/** Content of a `w:p`, its properties aside. Spelling marks and page breaks of the last rendering are left out. */
export function readContent(paragraph: XmlElement, context: TokenContext): Node[] {
  const properties = wordChild(paragraph, 'pPr');
  const style = properties && wordChild(properties, 'pStyle');
  let text = '';
  for (const element of descendants(paragraph)) if (isWord(element, 't')) text += textOf(element);
  return content(paragraph, { ...context, style: style && attribute(style, 'val'), scripts: scriptsOf(text), owner: null });
}

/** `nodes` is added to and returned. */
function content(parent: XmlElement, context: Flattening, nodes: Node[] = []): Node[] {
  for (const element of elements(parent)) {
    const whole = placed(context, rangePiece(element.start, element.end));
    const { local } = element;
    const range = RANGES[local], wrapper = WRAPPERS[local];
    if (!isWord(element)) nodes.push(empty(isMath(element) ? 'math' : isAlternateContent(element) ? 'object' : 'x', whole));
    else if (local === 'r') nodes.push(...runContent(element, context));
    else if (local === 'proofErr' || local.endsWith('Pr')) continue;
    else if (local === 'del' || local === 'moveFrom') nodes.push(empty('del', whole, { canDelete: true }));
    else if (local === 'sdt') nodes.push(contentControl(element, context));
    // What Word guessed about words of the old language: left out where the text is written anew.
    else if (local === 'smartTag') content(element, context.owner ? context : { ...context, owner: element }, nodes);
    else if (local === 'fldSimple') nodes.push(fieldHoldsText(attribute(element, 'instr') ?? '') ? wrapped(element, element, LINK, context) : empty('field', whole));
    else if (range) {
      const id = attribute(element, 'id') ?? '';
      if (range.label === 'bookmark' && context.marks.cursorBookmarks.has(id)) nodes.push(empty('bookmark', whole, { quiet: true }));
      else nodes.push({ kind: 'range', end: range.end, key: `${range.label} ${id}`, label: range.label, pieces: [whole] });
    } else nodes.push(wrapper ? wrapped(element, element, wrapper, context) : empty('x', whole));
  }
  return nodes;
}

function identity(element: XmlElement, context: Flattening): string | null {
  if (element.local === 'ins') return `ins ${attribute(element, 'author') ?? ''}`;
  if (element.local !== 'hyperlink') return null;
  const relationship = attribute(element, 'id');
  return `link ${relationship === undefined ? '' : (context.linkTarget(relationship) ?? relationship)}#${attribute(element, 'anchor') ?? ''}`;
}

/** `inner` is where the content of `element` stands: itself, or the one child that holds it. */
function wrapped(element: XmlElement, inner: XmlElement, { label, canDelete }: WrapperKind, context: Flattening): Node {
  if (inner.selfClosing) return empty(label, placed(context, rangePiece(element.start, element.end)), { canDelete });
  const wrapper: Wrapper = { label, canDelete, canCopy: label === 'link', open: [placed(context, rangePiece(element.start, inner.openEnd))], close: [placed(context, rangePiece(inner.closeStart, element.end))] };
  return { kind: 'wrapper', wrapper, identity: identity(element, context), children: content(inner, context) };
}

/** A content control (17.5.2): its content is text, unless it is a picture or a check box. */
function contentControl(element: XmlElement, context: Flattening): Node {
  const properties = wordChild(element, 'sdtPr'), inner = wordChild(element, 'sdtContent');
  const opaque = properties && elements(properties).some(({ local }) => local === 'picture' || local === 'checkbox');
  return !inner || opaque ? empty('control', placed(context, rangePiece(element.start, element.end))) : wrapped(element, inner, CONTROL, context);
}

/** A node whose pieces can only be replaced together with all of a larger range. */
export function owned(node: Node, ownerStart: number, ownerEnd: number): Node {
  const own = (pieces: readonly Piece[]): Piece[] => pieces.map((piece) => ({ ...piece, ownerStart, ownerEnd }));
  if (node.kind !== 'wrapper') return { ...node, pieces: own(node.pieces) };
  const { wrapper, children } = node;
  return { ...node, wrapper: { ...wrapper, open: own(wrapper.open), close: own(wrapper.close) }, children: children.map((child) => owned(child, ownerStart, ownerEnd)) };
}

function runContent(element: XmlElement, context: Flattening): Node[] {
  const properties = wordChild(element, 'rPr') ?? null;
  const run: Run = { element, properties, formatting: context.looks.of(context.style, properties, context.source) };
  const hidden = run.formatting.has('vanish');
  const inside = elements(element).filter((inner) => inner !== properties);
  const nodes: Node[] = [];
  for (const inner of inside) {
    const piece = placed(context, { start: inner.start, end: inner.end, run, ownerStart: element.start, ownerEnd: element.end });
    const { local } = inner;
    if (!isWord(inner)) nodes.push(empty(isAlternateContent(inner) ? objectLabel(inner, 'object') : 'x', piece));
    else if (local === 't' || local === 'noBreakHyphen' || local === 'softHyphen') {
      const text = local === 't' ? textOf(inner) : local === 'noBreakHyphen' ? '\u2011' : '\u00ad';
      if (text === '') continue;
      if (hidden) nodes.push(empty('hidden', piece, { canDelete: true }));
      else nodes.push({ kind: 'text', text, run, key: context.looks.key(run.formatting, context.scripts), pieces: [piece] });
    } else if (local === 'fldChar') {
      const field = context.marks.fields.get(inner);
      nodes.push(field ? { kind: 'field', mark: field.mark, field: field.field, pieces: [piece] } : empty('field', piece));
    } else if (local === 'instrText' || local === 'delInstrText') nodes.push(context.marks.instructions.has(inner) ? { kind: 'instruction', pieces: [piece] } : empty('field', piece));
    else if (local === 'tab' || local === 'ptab') nodes.push(empty('tab', piece, { canDelete: true, canCopy: true, equivalent: ' ' }));
    else if (local === 'br' || local === 'cr') nodes.push(lineBreak(inner, piece));
    else if (local === 'sym') nodes.push(empty('sym', piece, { canDelete: true, canCopy: true }));
    else if (local === 'ruby' && inside.length === 1) nodes.push(phoneticGuide(element, inner, context));
    else if (local !== 'lastRenderedPageBreak') nodes.push(empty(objectLabel(inner, OBJECTS[local] ?? 'x'), piece));
  }
  return nodes;
}

function lineBreak(element: XmlElement, piece: Piece): EmptyToken {
  const type = attribute(element, 'type');
  if (type === 'page' || type === 'column') return empty(type, piece, { equivalent: '\n' });
  return empty('br', piece, { canDelete: true, canCopy: true, equivalent: '\n' });
}

/** A phonetic guide (17.3.3.25): the base is text, the guide above it stays as it is. */
function phoneticGuide(run: XmlElement, ruby: XmlElement, context: Flattening): Node {
  const base = wordChild(ruby, 'rubyBase');
  if (!base || base.selfClosing) return empty('ruby', placed(context, rangePiece(run.start, run.end)));
  const wrapper: Wrapper = { label: 'ruby', canDelete: true, canCopy: false, open: [placed(context, rangePiece(run.start, base.openEnd))], close: [placed(context, rangePiece(base.closeStart, run.end))] };
  return { kind: 'wrapper', wrapper, identity: null, children: content(base, context) };
}

function empty(label: string, piece: Piece, { canDelete = false, canCopy = false, equivalent = '', quiet = false }: Partial<Pick<EmptyToken, 'canDelete' | 'canCopy' | 'equivalent' | 'quiet'>> = {}): EmptyToken {
  return { kind: 'empty', label, pieces: [piece], canDelete, canCopy, equivalent, quiet };
}

/** A drawing or picture that holds text of its own is a `box`. */
function objectLabel(object: XmlElement, label: string): string {
  if (label !== 'img' && label !== 'object') return label;
  for (const element of descendants(object)) {
    if (isWord(element, 'txbxContent')) return 'box';
    if (element.local === 'drawing' || element.local === 'pict') label = 'img';
  }
  return label;
}

/** Text of a `w:t` as Word shows it: line ends are spaces, and white space at its edges counts only where it is preserved (2.10 of XML, 17.3.3.31). */
function textOf(element: XmlElement): string {
  let text = '';
  for (const node of element.children) if (node.kind === 'text' || node.kind === 'cdata') text += node.text;
  text = text.replace(/[\n\t\r]/g, ' ');
  if (!/^ | $/.test(text)) return text;
  for (let at: XmlElement | null = element; at; at = at.parent) {
    const space = at.attributes['xml:space'];
    if (space !== undefined) return space === 'preserve' ? text : text.replace(/^ +| +$/g, '');
  }
  return text.replace(/^ +| +$/g, '');
}
