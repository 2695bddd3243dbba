/**
 * XML as a stream of events that carry raw UTF-16 offsets into the source string (CRLF and entity references included),
 * so that a writer can splice into the original and leave every other character alone. Lexing and well-formedness are
 * saxes' work (XML 1.0, fifth edition); namespaces are resolved here, because saxes' own resolution is quadratic in depth.
 */
import { SaxesParser } from 'saxes';
import { StudioError } from '../../../contract/errors.ts';

export interface XmlName {
  /** As written, with its prefix. */
  readonly name: string;
  readonly local: string;
  /** Namespace name; empty when there is none. */
  readonly ns: string;
}

export interface XmlOpen extends XmlName {
  readonly kind: 'open';
  readonly start: number;
  readonly end: number;
  /** By name as written; values with references resolved. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly selfClosing: boolean;
}
export type XmlEvent =
  | XmlOpen
  /** Of a self-closing element: an empty range at the end of its tag. */
  | (XmlName & { readonly kind: 'close'; readonly start: number; readonly end: number })
  /** `text` has its references resolved and its line ends normalised; the range is raw. */
  | { readonly kind: 'text' | 'cdata' | 'comment' | 'pi' | 'doctype' | 'declaration'; readonly text: string; readonly start: number; readonly end: number };

/** Depth and width that no document of people reaches; beyond them the input is hostile. */
export const XML_LIMITS = { depth: 256, attributes: 1000 } as const;

export interface XmlOptions {
  /** Shown in error messages: `word/document.xml`. */
  readonly name: string;
  /** `refuse` (default): a DOCTYPE that declares entities is an error; external subsets are never fetched in either case. */
  readonly entities?: 'refuse' | 'ignore';
  /** Elements may nest this deep; XML_LIMITS.depth when absent. */
  readonly depth?: number;
}

const XML_NS = 'http://www.w3.org/XML/1998/namespace';

/**
 * Reads a whole document. `source` may begin with U+FEFF; offsets count it.
 * @throws StudioError FORMAT_BROKEN with line and column when it is not well-formed, FORMAT_LIMIT when it is hostile.
 */
export function readXml(source: string, options: XmlOptions, onEvent: (event: XmlEvent) => void): void {
  const parser = new SaxesParser({ position: true, xmlns: false } as const);
  const open: XmlName[] = [];
  let scope: Readonly<Record<string, string>> = Object.freeze(Object.assign(Object.create(null), { xml: XML_NS, '': '' }));
  const scopes: (typeof scope)[] = [];
  const depth = options.depth ?? XML_LIMITS.depth;
  let at = 0;
  let ended = false;

  const resolve = (name: string): XmlName => {
    const colon = name.indexOf(':');
    return { name, local: colon < 0 ? name : name.slice(colon + 1), ns: scope[colon < 0 ? '' : name.slice(0, colon)] ?? '' };
  };
  const flat = (kind: 'cdata' | 'comment' | 'pi' | 'doctype' | 'declaration', text: string, end: number): void => {
    onEvent({ kind, text, start: at, end });
    at = end;
  };

  parser.on('error', (error) => {
    throw new StudioError('FORMAT_BROKEN', `${options.name} is not well-formed XML: ${error.message.replace(/\.$/, '')}.`, {
      advice: 'Open the file in the program that made it and save it again, or ask for a fresh copy.', data: { part: options.name, at: parser.position },
    });
  });
  parser.on('xmldecl', () => flat('declaration', source.slice(at, parser.position), parser.position));
  parser.on('doctype', (text) => {
    if ((options.entities ?? 'refuse') === 'refuse' && /<!ENTITY\s/.test(text))
      throw new StudioError('FORMAT_LIMIT', `${options.name} declares XML entities, which this format does not need.`, { advice: 'Remove the DOCTYPE with its entity declarations if you trust the file.', data: { part: options.name } });
    flat('doctype', text, parser.position);
  });
  parser.on('processinginstruction', ({ target, body }) => flat('pi', `${target} ${body}`, parser.position));
  // saxes announces a comment at its `--`; the `>` is still to come.
  parser.on('comment', (text) => flat('comment', text, parser.position + 1));
  parser.on('cdata', (text) => flat('cdata', text, parser.position));
  // saxes announces text when it has read the `<` that ends it, or at the end of the input.
  parser.on('text', (text) => {
    const end = ended || source[parser.position - 1] !== '<' ? parser.position : parser.position - 1;
    if (end > at) onEvent({ kind: 'text', text, start: at, end });
    at = end;
  });
  parser.on('opentag', (tag) => {
    if (scopes.length >= depth) throw new StudioError('FORMAT_LIMIT', `${options.name} nests elements more than ${depth} deep.`, { advice: 'The file looks damaged or hostile; ask for a fresh copy.', data: { part: options.name } });
    const attributes: Record<string, string> = tag.attributes;
    scopes.push(scope);
    let count = 0;
    for (const key in attributes) {
      if (++count > XML_LIMITS.attributes) throw new StudioError('FORMAT_LIMIT', `${options.name} has an element with more than ${XML_LIMITS.attributes} attributes.`, { data: { part: options.name } });
      if (key !== 'xmlns' && !key.startsWith('xmlns:')) continue;
      if (scope === scopes.at(-1)) scope = Object.assign(Object.create(null), scope);
      scope = Object.assign(scope, { [key === 'xmlns' ? '' : key.slice(6)]: attributes[key] ?? '' });
    }
    const named = resolve(tag.name);
    open.push(named);
    onEvent({ kind: 'open', ...named, attributes, selfClosing: tag.isSelfClosing, start: at, end: parser.position });
    at = parser.position;
  });
  parser.on('closetag', () => {
    const named = open.pop();
    const outer = scopes.pop();
    if (!named || !outer) return;
    onEvent({ kind: 'close', ...named, start: at, end: parser.position });
    at = parser.position;
    scope = outer;
  });
  parser.write(source);
  ended = true;
  parser.close();
}

/** Raw range of an attribute's value (between its quotes) in an opening tag, or null when the tag has no such attribute. */
export function attributeRange(source: string, tag: { readonly start: number; readonly end: number }, attribute: string): { start: number; end: number } | null {
  // The tag is known to be well-formed: a name, then pairs of a name and a quoted value.
  const pattern = /([^\s=/<>]+)\s*=\s*("[^"]*"|'[^']*')/g;
  const raw = source.slice(tag.start, tag.end);
  for (let match = pattern.exec(raw); match; match = pattern.exec(raw)) {
    if (match[1] !== attribute) continue;
    const end = tag.start + match.index + match[0].length - 1;
    return { start: end - (match[2]?.length ?? 2) + 2, end };
  }
  return null;
}

/** Text for character data: `&`, `<` and the `>` of a `]]>` are escaped; a character that XML 1.0 forbids becomes U+FFFD. */
export function escapeText(text: string): string {
  return legal(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/\]\]>/g, ']]&gt;');
}

/** Text for an attribute value in double or single quotes; line breaks and tabs survive as references. */
export function escapeAttribute(text: string): string {
  return legal(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;').replace(/'/g, '&apos;').replace(/\t/g, '&#9;').replace(/\n/g, '&#10;').replace(/\r/g, '&#13;');
}

/** XML 1.0 section 2.2, production Char. */
const legal = (text: string): string => text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
