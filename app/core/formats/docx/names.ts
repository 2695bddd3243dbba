/** Names of WordprocessingML in both conformance classes of ECMA-376 / ISO 29500: Transitional and Strict. Prefixes are never assumed. */
import type { XmlName } from '../xml/xml-events.ts';
import type { XmlElement } from '../xml/xml-tree.ts';

const WORD = new Set(['http://schemas.openxmlformats.org/wordprocessingml/2006/main', 'http://purl.oclc.org/ooxml/wordprocessingml/main']);
const MATH = new Set(['http://schemas.openxmlformats.org/officeDocument/2006/math', 'http://purl.oclc.org/ooxml/officeDocument/math']);
const DRAWING = new Set(['http://schemas.openxmlformats.org/drawingml/2006/main', 'http://purl.oclc.org/ooxml/drawingml/main']);
const COMPATIBILITY = 'http://schemas.openxmlformats.org/markup-compatibility/2006';

/** An element of WordprocessingML, of one local name if given. */
export const isWord = (element: XmlName, local?: string): boolean => WORD.has(element.ns) && (local === undefined || element.local === local);
export const isMath = (element: XmlName): boolean => MATH.has(element.ns);
export const isDrawing = (element: XmlName): boolean => DRAWING.has(element.ns);
export const isAlternateContent = (element: XmlName): boolean => element.ns === COMPATIBILITY && element.local === 'AlternateContent';

/** `w:` of `w:p`; empty when the namespace is the default one. */
export const prefixOf = (element: XmlName): string => element.name.slice(0, element.name.length - element.local.length);

/** Name as written of an attribute, whatever its prefix: `w:val` for `val`. */
export function attributeName(element: XmlElement, local: string): string | undefined {
  const usual = prefixOf(element) + local;
  if (usual in element.attributes) return usual;
  if (local in element.attributes) return local;
  for (const name in element.attributes) if (name.endsWith(`:${local}`)) return name;
  return undefined;
}

/** Value of an attribute, whatever its prefix. */
export function attribute(element: XmlElement, local: string): string | undefined {
  const name = attributeName(element, local);
  return name === undefined ? undefined : element.attributes[name];
}

/** First child of WordprocessingML with a local name. */
export function wordChild(parent: XmlElement, local: string): XmlElement | undefined {
  for (const node of parent.children) if (node.kind === 'element' && isWord(node, local)) return node;
  return undefined;
}

/** ST_OnOff (17.17.4): absent means on. */
export const isOn = (element: XmlElement): boolean => !/^(0|false|off)$/.test(attribute(element, 'val') ?? '');
