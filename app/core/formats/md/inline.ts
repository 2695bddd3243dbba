/** The inline content of a block as pieces, and the units inside its markup: link titles, image descriptions. */
import { parseFragment } from 'parse5';
import { inlineText, matchPairs, type MarkPiece, type Piece } from '../inline-pieces.ts';
import type { FoundUnit } from '../placed-units.ts';
import { escapeDescription, escapeTitle } from './escape.ts';
import type { MarkdownNode } from './syntax-tree.ts';

export interface InlineContent { readonly pieces: Piece[]; readonly inner: FoundUnit[] }

/** Line prefixes and white space: neither text nor markup of the sentence. */
const INVISIBLE = new Set([
  'linePrefix', 'lineSuffix', 'whitespace', 'blockQuotePrefix', 'listItemIndent', 'gfmFootnoteDefinitionIndent', 'emphasisSequence', 'strongSequence',
  'strikethroughSequence', 'labelMarker', 'labelImageMarker',
]);
const PAIRS: Readonly<Record<string, string>> = { emphasis: 'em', strong: 'strong', strikethrough: 'del' };
const ATOMS: Readonly<Record<string, Omit<MarkPiece, 'start' | 'end'>>> = {
  codeText: { kind: 'empty', name: 'code', word: true },
  autolink: { kind: 'empty', name: 'url', word: true },
  literalAutolink: { kind: 'empty', name: 'url', word: true },
  gfmFootnoteCall: { kind: 'empty', name: 'footnote', needed: true },
  taskListCheck: { kind: 'empty', name: 'task', needed: true },
};

/** HTML elements within a sentence whose content no one translates. */
const PROTECTED_HTML = new Set(['math', 'code', 'svg', 'script', 'style']);

/** The content of a block: as `readInline`, with protected HTML elements as one piece each. */
export function readBlock(text: string, nodes: readonly MarkdownNode[]): InlineContent {
  const { pieces, inner } = readInline(text, nodes);
  const partners = pieces.some(({ kind }) => kind === 'open') ? matchPairs(pieces) : new Map<number, number>();
  const merged: Piece[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    if (!piece) continue;
    const partner = piece.kind === 'open' && PROTECTED_HTML.has(piece.name) ? pieces[partners.get(i) ?? -1] : undefined;
    if (piece.kind === 'open' && partner) {
      merged.push({ kind: 'empty', name: piece.name, word: true, start: piece.start, end: partner.end });
      i = partners.get(i) ?? i;
    } else merged.push(piece);
  }
  return { pieces: merged, inner };
}

/** Reads the children of a block (or of a table cell, a link's text, ...). */
function readInline(text: string, nodes: readonly MarkdownNode[], content: InlineContent = { pieces: [], inner: [] }): InlineContent {
  const { pieces, inner } = content;
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i];
    if (!node || INVISIBLE.has(node.type)) continue;
    const { type, start, end, children } = node;
    const atom = ATOMS[type], pair = PAIRS[type];
    if (type === 'data') pieces.push({ kind: 'text', text: text.slice(start, end), start, end });
    else if (type === 'lineEnding') pieces.push({ kind: 'text', text: '\n', start, end });
    else if (type === 'characterEscape') pieces.push({ kind: 'text', text: text.slice(start + 1, end), start, end });
    else if (type === 'characterReference') pieces.push({ kind: 'text', text: decodeReference(text.slice(start, end)), start, end });
    else if (atom) pieces.push({ ...atom, start, end });
    else if (type === 'protectedText') pieces.push({ kind: 'empty', name: /^[$]/.test(text.slice(start, end)) ? 'math' : 'code', start, end, needed: true, word: !/^\{(\{[%<#/]|[%#.:])/.test(text.slice(start, end)) });
    else if (type === 'hardBreakTrailing' || type === 'hardBreakEscape') {
      // The line end and the next line's prefix go where the break goes.
      let to = i + 1;
      while (nodes[to]?.type === 'lineEnding' || INVISIBLE.has(nodes[to]?.type ?? '')) to++;
      pieces.push({ kind: 'empty', name: 'br', equivalent: '\n', start, end: nodes[to - 1]?.end ?? end });
      i = to - 1;
    } else if (type === 'htmlText') pieces.push(htmlPiece(text.slice(start, end), start, end));
    else if (pair !== undefined) {
      const first = children[0], last = children.at(-1);
      if (!first || !last) continue;
      pieces.push({ kind: 'open', name: pair, start: first.start, end: first.end });
      readInline(text, children, content);
      pieces.push({ kind: 'close', name: pair, start: last.start, end: last.end });
    } else if (type === 'link') {
      const label = children.find((child) => child.type === 'label');
      if (!label) continue;
      pieces.push({ kind: 'open', name: 'link', start, end: start + 1 });
      readInline(text, label.children, content);
      const reference = references(text, node, label);
      pieces.push({ kind: 'close', name: 'link', start: label.end - 1, end, ...(reference !== undefined && { markup: `]${reference}` }) });
      inner.push(...titles(text, children));
    } else if (type === 'image') {
      const label = children.find((child) => child.type === 'label');
      pieces.push({ kind: 'empty', name: 'image', needed: true, start, end });
      if (label) inner.push(...description(text, node, label));
      inner.push(...titles(text, children));
    } else readInline(text, children, content);
  }
  return content;
}

/**
 * The reference that a link or an image must have once its text is translated; undefined for one with a resource. `[label]` and
 * `[label][]` name their definition by the text that gets translated: they must become `[text][label]`.
 */
function references(text: string, { end }: MarkdownNode, label: MarkdownNode): string | undefined {
  const rest = text.slice(label.end, end);
  if (rest.startsWith('(')) return undefined;
  return rest === '' || rest === '[]' ? `[${text.slice(label.start, label.end).replace(/^!/, '').slice(1, -1).replace(/\s*[\n\r][\s>]*/g, ' ')}]` : rest;
}

function description(text: string, image: MarkdownNode, label: MarkdownNode): FoundUnit[] {
  const found = label.children.find((child) => child.type === 'labelText');
  const alt = found && inlineText(text, readInline(text, found.children).pieces.map((piece): Piece => piece));
  if (!found || !alt) return [];
  const reference = references(text, image, label);
  const plain = alt.tags.length === 0;
  // Markup in a description is not shown; one with markup is left as it is.
  if (!plain) return [];
  return [{
    start: found.start, end: reference === undefined ? found.end : image.end, inner: true, unit: { source: alt.source, tags: [], role: 'alt', segmented: false },
    render: (target) => `${escapeDescription(target.join(''))}${reference === undefined ? '' : `]${reference}`}`,
  }];
}

/** Units of the titles in the resource of a link or an image, or in a definition. */
export function titles(text: string, nodes: readonly MarkdownNode[]): FoundUnit[] {
  return nodes.flatMap((node): FoundUnit[] => {
    if (node.type !== 'resourceTitleString' && node.type !== 'definitionTitleString') return titles(text, node.children);
    const title = inlineText(text, readInline(text, node.children).pieces);
    if (!title || title.tags.length > 0) return [];
    const quote = text.charAt(node.start - 1);
    return [{ start: node.start, end: node.end, inner: true, unit: { source: title.source, tags: [], role: 'title', segmented: false }, render: (target) => escapeTitle(target.join(''), quote) }];
  });
}

const VOID = /^<(area|br|col|embed|hr|img|input|link|meta|source|track|wbr)\b/i;

function htmlPiece(markup: string, start: number, end: number): MarkPiece {
  const name = /^<\/?([A-Za-z][\w:-]*)/.exec(markup)?.[1]?.toLowerCase();
  if (name === undefined) return { kind: 'empty', name: 'comment', start, end };
  if (markup.startsWith('</')) return { kind: 'close', name, start, end };
  const alone = VOID.test(markup) || markup.endsWith('/>');
  return alone ? { kind: 'empty', name, start, end, ...(name === 'br' && { equivalent: '\n' }) } : { kind: 'open', name, start, end };
}

const decoded = new Map<string, string>();

/** A character reference that micromark has found valid; HTML decodes them as CommonMark does. */
function decodeReference(reference: string): string {
  const known = decoded.get(reference);
  if (known !== undefined) return known;
  const node = parseFragment(reference).childNodes[0];
  const character = node && 'value' in node ? node.value : reference;
  if (decoded.size < 5000) decoded.set(reference, character);
  return character;
}
