/** Inline elements of XLIFF 2 (core, section 4.2.3): ph pc sc ec cp, and the annotations mrk sm em, as tokens. */
import type { Tag } from '../../../contract/shapes/text.ts';
import { chipLabel, joinHalves, nativeName, plainEquivalent, type HalfToken, type InlineCode, type Token } from '../xliff/inline-codes.ts';
import { openedTag } from '../xliff/xml-file.ts';
import type { XmlElement } from '../xml/xml-tree.ts';

export interface InlineScope {
  readonly text: string;
  /** `originalData` of the unit, by id. */
  readonly data: ReadonlyMap<string, string>;
  /** Ids of the codes in all sources of the unit. A code of a target whose id is not among them may be a copy. */
  readonly sourceIds: ReadonlySet<string>;
}

const SUBTYPES: Readonly<Record<string, string>> = { 'xlf:b': 'b', 'xlf:i': 'i', 'xlf:u': 'u', 'xlf:lb': 'br', 'xlf:pb': 'pb', 'xlf:var': 'var' };
const TYPES: Readonly<Record<string, string>> = { link: 'link', image: 'img', quote: 'q', ui: 'ui' };

/** Tokens of the content of a `source` or `target`. `collapse`: white space with a line break in it is layout (xml:space="default"). */
export function tokens2(container: XmlElement, scope: InlineScope, collapse: boolean): Token[] {
  const tokens: (Token | HalfToken)[] = [];
  collect(container, scope, collapse, tokens);
  return joinHalves(collapse ? trimLayout(tokens) : tokens);
}

function collect(container: XmlElement, scope: InlineScope, collapse: boolean, tokens: (Token | HalfToken)[]): void {
  for (const node of container.children) {
    // A mark of its own for layout, so that the edges of the text can be trimmed of it.
    if (node.kind === 'text' || node.kind === 'cdata') tokens.push(collapse ? node.text.replace(/[ \t\r\n]+/g, (space) => (space.includes('\n') ? LAYOUT : space)) : node.text);
    else if (node.kind === 'element') collectElement(node, scope, collapse, tokens);
  }
}

const LAYOUT = '\uffff';
function trimLayout(tokens: readonly (Token | HalfToken)[]): (Token | HalfToken)[] {
  const texts = tokens.flatMap((token, i) => (typeof token === 'string' && token.replaceAll(LAYOUT, '') !== '' ? [i] : []));
  const first = texts[0] ?? 0, last = texts.at(-1) ?? tokens.length;
  return tokens.map((token, i) => {
    if (typeof token !== 'string') return token;
    let text = token;
    if (i <= first) text = text.replace(/^\uffff+/, '');
    if (i >= last) text = text.replace(/\uffff+$/, '');
    return text.replaceAll(LAYOUT, ' ');
  });
}

function collectElement(node: XmlElement, scope: InlineScope, collapse: boolean, tokens: (Token | HalfToken)[]): void {
  const { attributes } = node;
  const id = attributes['id'] ?? '';
  const raw = scope.text.slice(node.start, node.end);
  const pair = (open: string): void => {
    const code: InlineCode = { key: `${node.local}:${id}`, element: true, open: openedTag(open), close: `</${node.name}>`, ...copies(node, scope), ...reorder(attributes), shown: shownPair(node, scope) };
    tokens.push({ kind: 'open', code });
    collect(node, scope, collapse, tokens);
    tokens.push({ kind: 'close', code });
  };
  const lone = (shown: Omit<Tag, 'tag'>): InlineCode => ({ key: `${node.local}:${id}`, element: false, open: raw, ...copies(node, scope), ...reorder(attributes), shown });
  switch (node.local) {
    case 'pc': return pair(scope.text.slice(node.start, node.openEnd));
    case 'mrk':
      // What is not to be translated is one sign to the translator, text and all.
      if (attributes['translate'] === 'no') tokens.push({ kind: 'empty', code: lone({ label: 'mrk', open: raw, canDelete: false, canCopy: false }) });
      else pair(scope.text.slice(node.start, node.openEnd));
      return;
    case 'sc': case 'sm': {
      const code = lone(shownAlone(node, scope, 'dataRef'));
      tokens.push(attributes['isolated'] === 'yes' ? { kind: 'empty', code } : { kind: 'open', pair: `${node.local}:${id}`, code });
      return;
    }
    case 'ec': case 'em': {
      const start = `${node.local === 'ec' ? 'sc' : 'sm'}:${attributes['startRef'] ?? id}`;
      const code = { ...lone(shownAlone(node, scope, 'dataRef')), key: start };
      tokens.push(attributes['isolated'] === 'yes' ? { kind: 'empty', code: { ...code, key: `ec:${id}` } } : { kind: 'close', pair: start, code });
      return;
    }
    case 'cp': tokens.push({ kind: 'empty', code: { ...lone({ label: 'cp', open: raw, canDelete: false, canCopy: true }), key: `cp:${attributes['hex'] ?? ''}` } }); return;
    default: tokens.push({ kind: 'empty', code: lone(shownAlone(node, scope, 'dataRef')) });
  }
}

/** Core, `copyOf`: a copy names its original, unless both have original data. */
function copies(node: XmlElement, { sourceIds }: InlineScope): { copyOf?: string; kin?: string } {
  const { copyOf, id, dataRef, dataRefStart, dataRefEnd } = node.attributes;
  if (copyOf !== undefined) return { copyOf: `${node.local}:${copyOf}` };
  if (dataRef === undefined && dataRefStart === undefined) return {};
  const kin = `${node.local} ${dataRef ?? ''} ${dataRefStart ?? ''} ${dataRefEnd ?? ''}`;
  // In a target, an id of the sources stands for that code and no other.
  return node.parent !== null && insideTarget(node) && sourceIds.has(id ?? '') ? {} : { kin };
}

function insideTarget(node: XmlElement): boolean {
  for (let at: XmlElement | null = node; at; at = at.parent) if (at.local === 'target') return true;
  return false;
}

const reorder = ({ canReorder }: Readonly<Record<string, string>>): { reorder?: 'firstNo' | 'no' } => (canReorder === 'firstNo' || canReorder === 'no' ? { reorder: canReorder } : {});
const can = (attributes: Readonly<Record<string, string>>, what: 'canDelete' | 'canCopy'): boolean => attributes[what] !== 'no';
const isAnnotation = ({ local }: XmlElement): boolean => local === 'mrk' || local === 'sm' || local === 'em';

function labelOf({ attributes, local }: XmlElement, data: string | undefined): string {
  const { subType, type, disp, dispStart } = attributes;
  const own = subType?.startsWith('bitext:') ? subType.slice(7) : undefined;
  const bracketed = /^[[<{(]\/?([^\s\])}>]{1,12})[\])}>]?$/.exec(disp ?? dispStart ?? '')?.[1];
  return chipLabel([own, SUBTYPES[subType ?? ''], data === undefined ? undefined : nativeName(data), bracketed, TYPES[type ?? ''], local === 'mrk' || local === 'sm' ? type : undefined, local]);
}

function shownPair(node: XmlElement, scope: InlineScope): Omit<Tag, 'tag'> {
  const { dataRefStart, dataRefEnd, dispStart, dispEnd } = node.attributes;
  const start = scope.data.get(dataRefStart ?? '') ?? dispStart, end = scope.data.get(dataRefEnd ?? '') ?? dispEnd;
  const annotation = isAnnotation(node);
  return {
    label: labelOf(node, start), open: start ?? scope.text.slice(node.start, node.openEnd), close: end ?? `</${node.name}>`,
    canDelete: annotation || can(node.attributes, 'canDelete'), canCopy: !annotation && can(node.attributes, 'canCopy'),
  };
}

function shownAlone(node: XmlElement, scope: InlineScope, reference: string): Omit<Tag, 'tag'> {
  const { attributes } = node;
  const data = scope.data.get(attributes[reference] ?? '');
  const equivalent = attributes['subType'] === 'xlf:lb' ? '\n' : plainEquivalent(attributes['equiv']);
  const annotation = isAnnotation(node);
  return {
    label: labelOf(node, data), open: data ?? attributes['disp'] ?? scope.text.slice(node.start, node.end), ...(equivalent === undefined ? {} : { equivalent }),
    canDelete: annotation || can(attributes, 'canDelete'), canCopy: !annotation && can(attributes, 'canCopy'),
  };
}
