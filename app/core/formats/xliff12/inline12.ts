/** Inline elements of XLIFF 1.2 (section 2.3): g x bx ex ph bpt ept it sub mrk, as tokens. */
import type { Tag } from '../../../contract/shapes/text.ts';
import { chipLabel, joinHalves, nativeName, plainEquivalent, type HalfToken, type InlineCode, type Token } from '../xliff/inline-codes.ts';
import { openedTag } from '../xliff/xml-file.ts';
import { textContent, type XmlElement, type XmlNode } from '../xml/xml-tree.ts';

/** What a tool's header says of an inline element, by id: SDL's `tag-defs`. */
export interface NativeTag { readonly name: string | undefined; readonly open: string; readonly close: string | undefined }
export type NativeTags = ReadonlyMap<string, NativeTag>;

const CTYPE_LABELS: Readonly<Record<string, string>> = { bold: 'b', italic: 'i', underlined: 'u', link: 'link', image: 'img', pb: 'pb', lb: 'br' };
/** Marks that a translator must not touch, content and all. */
const FROZEN_MARKS: ReadonlySet<string> = new Set(['protected', 'x-sdl-location', 'x-sdl-deleted']);

export const isSegmentMark = (node: XmlNode): node is XmlElement => node.kind === 'element' && node.local === 'mrk' && node.attributes['mtype'] === 'seg';

/** Tokens of the content of a `source`, `target` or segment `mrk`; segment marks inside it are seen through. */
export function tokens12(container: XmlElement, source: string, natives: NativeTags): Token[] {
  const tokens: (Token | HalfToken)[] = [];
  collect(container, source, natives, tokens);
  return joinHalves(tokens);
}

function collect(container: XmlElement, source: string, natives: NativeTags, tokens: (Token | HalfToken)[]): void {
  for (const node of container.children) {
    if (node.kind === 'text' || node.kind === 'cdata') tokens.push(node.text);
    else if (node.kind === 'pi') tokens.push({ kind: 'empty', code: lone(`pi:${node.text}`, source.slice(node.start, node.end), 'pi') });
    else if (node.kind !== 'element') continue;
    else if (isSegmentMark(node)) collect(node, source, natives, tokens);
    else collectElement(node, source, natives, tokens);
  }
}

function collectElement(node: XmlElement, source: string, natives: NativeTags, tokens: (Token | HalfToken)[]): void {
  const id = node.attributes['id'] ?? '';
  const raw = source.slice(node.start, node.end);
  if (node.local === 'g' || (node.local === 'mrk' && !FROZEN_MARKS.has(node.attributes['mtype'] ?? ''))) {
    const open = source.slice(node.start, node.openEnd);
    const code: InlineCode = {
      key: node.local === 'g' ? `g:${id}` : `mrk:${open}`, element: true,
      open: openedTag(open), close: node.selfClosing ? `</${node.name}>` : source.slice(node.closeStart, node.end),
      shown: shownPair(node, open, natives.get(id)),
    };
    tokens.push({ kind: 'open', code });
    collect(node, source, natives, tokens);
    tokens.push({ kind: 'close', code });
    return;
  }
  const code: InlineCode = { key: `${node.local}:${id}`, element: false, open: raw, shown: shownAlone(node, raw, natives.get(id)) };
  const half = HALVES[node.local];
  const name = node.attributes['rid'] ?? id;
  tokens.push(half === undefined ? { kind: 'empty', code } : { kind: half.kind, pair: `${half.pair}:${name}`, code: { ...code, key: `${half.pair}:${name}` } });
}

const HALVES: Readonly<Record<string, { readonly kind: 'open' | 'close'; readonly pair: string }>> = {
  bpt: { kind: 'open', pair: 'bpt' }, ept: { kind: 'close', pair: 'bpt' }, bx: { kind: 'open', pair: 'bx' }, ex: { kind: 'close', pair: 'bx' },
};

const labelOfType = (type: string | undefined): string | undefined => (type === undefined ? undefined : (CTYPE_LABELS[type] ?? (type.startsWith('x-') ? type.slice(2) : type)));

function shownPair(node: XmlElement, open: string, native: NativeTag | undefined): Omit<Tag, 'tag'> {
  const label = node.local === 'mrk' ? chipLabel([labelOfType(node.attributes['mtype'])]) : chipLabel([labelOfType(node.attributes['ctype']), native?.name, 'g']);
  return { label, open: native?.open ?? open, close: native?.close ?? `</${node.name}>`, canDelete: true, canCopy: node.local === 'g' && node.attributes['clone'] !== 'no' };
}

function shownAlone(node: XmlElement, raw: string, native: NativeTag | undefined): Omit<Tag, 'tag'> {
  const content = textContent(node);
  const type = node.attributes['ctype'];
  const label = chipLabel([labelOfType(type), nativeName(content), native?.name, node.local === 'mrk' ? labelOfType(node.attributes['mtype']) : node.local]);
  const equivalent = plainEquivalent(node.attributes['equiv-text']) ?? (type === 'lb' ? '\n' : undefined);
  const formatting = node.local === 'bpt' || node.local === 'ept' || node.local === 'bx' || node.local === 'ex';
  return {
    label, open: native?.open ?? (content === '' ? raw : content), ...(equivalent === undefined ? {} : { equivalent }),
    canDelete: formatting || node.attributes['mtype']?.startsWith('x-sdl-') === true, canCopy: (node.local === 'x' || node.local === 'bx') && node.attributes['clone'] !== 'no',
  };
}

const lone = (key: string, raw: string, label: string): InlineCode => ({ key, element: false, open: raw, shown: { label, open: raw, canDelete: true, canCopy: false } });
