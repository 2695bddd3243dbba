/** An XML document as a tree whose nodes know their raw ranges in the source string. For splicing, never for serialising. */
import { readXml, type XmlName, type XmlOptions } from './xml-events.ts';

export interface XmlLeaf {
  readonly kind: 'text' | 'cdata' | 'comment' | 'pi' | 'doctype' | 'declaration';
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly parent: XmlElement | null;
}

export interface XmlElement extends XmlName {
  readonly kind: 'element';
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
  readonly parent: XmlElement | null;
  readonly selfClosing: boolean;
  /** `<` of the opening tag. */
  readonly start: number;
  /** Just after the `>` of the opening tag. */
  readonly openEnd: number;
  /** `<` of the closing tag; `openEnd` when self-closing. */
  readonly closeStart: number;
  /** Just after the `>` of the closing tag. */
  readonly end: number;
}
export type XmlNode = XmlElement | XmlLeaf;

export interface XmlDocument {
  readonly source: string;
  readonly root: XmlElement;
  /** What stands before and after the root: declaration, comments, DOCTYPE. */
  readonly outside: readonly XmlLeaf[];
}

type Building = { -readonly [K in keyof XmlElement]: XmlElement[K] } & { children: XmlNode[] };

/** Parses a whole document. Throws as `readXml` does. */
export function parseXml(source: string, options: XmlOptions): XmlDocument {
  const stack: Building[] = [];
  const outside: XmlLeaf[] = [];
  let root: XmlElement | undefined;
  readXml(source, options, (event) => {
    const parent = stack.at(-1) ?? null;
    if (event.kind === 'open') {
      const element: Building = {
        kind: 'element', name: event.name, local: event.local, ns: event.ns, attributes: event.attributes, children: [], parent,
        selfClosing: event.selfClosing, start: event.start, openEnd: event.end, closeStart: event.end, end: event.end,
      };
      if (parent) parent.children.push(element);
      else root = element;
      stack.push(element);
    } else if (event.kind === 'close') {
      const element = stack.pop();
      if (element) { element.closeStart = event.start; element.end = event.end; }
    } else {
      const leaf: XmlLeaf = { kind: event.kind, text: event.text, start: event.start, end: event.end, parent };
      (parent ? parent.children : outside).push(leaf);
    }
  });
  // saxes refuses a document without a root element, so this can't be reached with one missing.
  if (!root) throw new Error('A well-formed document has a root element.');
  return { source, root, outside };
}

/** Children that are elements, of one local name if given. */
export const elements = (parent: XmlElement, local?: string): XmlElement[] =>
  parent.children.filter((node): node is XmlElement => node.kind === 'element' && (local === undefined || node.local === local));

/** First child element of a local name. */
export const child = (parent: XmlElement, local: string): XmlElement | undefined => elements(parent, local)[0];

/** All elements below (and including) `from`, in document order. */
export function* descendants(from: XmlElement): Generator<XmlElement> {
  yield from;
  for (const node of from.children) if (node.kind === 'element') yield* descendants(node);
}

/** Character data of an element and everything below it. */
export function textContent(element: XmlElement): string {
  let text = '';
  for (const node of element.children) text += node.kind === 'element' ? textContent(node) : node.kind === 'text' || node.kind === 'cdata' ? node.text : '';
  return text;
}
