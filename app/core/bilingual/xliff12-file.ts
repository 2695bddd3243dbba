/**
 * XLIFF 1.2 (strict): one `file` per document, one `trans-unit` per unit, its segments as `mrk` in `seg-source` and `target`.
 * Codes are `bpt`/`ept`/`ph` with the native markup inside; `id` is the tag's number in its unit.
 */
import type { SegmentState } from '../../contract/shapes/segment.ts';
import type { ReadonlyRuns, Runs, Tag } from '../../contract/shapes/text.ts';
import { decodeXml } from '../formats/xliff/xml-file.ts';
import { segmentMarks } from '../formats/xliff12/document12.ts';
import { STATES_GROUP, segmentStates12 } from '../formats/xliff12/segment-states12.ts';
import { leastAdvanced, state12, STATE_12 } from '../formats/xliff12/states12.ts';
import { escapeAttribute } from '../formats/xml/xml-events.ts';
import { child, descendants, parseXml, textContent, type XmlElement } from '../formats/xml/xml-tree.ts';
import { normalizeRuns } from '../segments/runs.ts';
import type { BilingualDocument, BilingualSegment, BilingualUnit } from './bilingual-document.ts';
import type { BilingualFormat, BilingualOptions, WrittenSegment } from './bilingual-format.ts';
import { readNumber } from './read-numbers.ts';
import { characterOf, xmlText } from './xml-text.ts';

export const xliff12File: BilingualFormat = {
  kind: 'xliff12', name: 'XLIFF 1.2', extension: 'xlf', holds: 'all',
  write(documents, options) {
    const lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2">'];
    for (const document of documents) writeFile(document, options, lines);
    return Buffer.from(`${lines.join('\n')}\n</xliff>\n`);
  },
  read(bytes) {
    const { root } = parseXml(decodeXml(bytes, undefined).text, { name: 'The bilingual file' });
    const segments: WrittenSegment[] = [];
    for (const element of descendants(root)) if (element.local === 'trans-unit') segments.push(...readUnit(element));
    return segments;
  },
};

const DATATYPES: Readonly<Record<string, string>> = { html: 'html', txt: 'plaintext', xml: 'xml' };

function writeFile({ file, format, from, to, units }: BilingualDocument, { studio, created }: BilingualOptions, lines: string[]): void {
  const attributes = { original: file, datatype: DATATYPES[format] ?? `x-${format}`, 'source-language': from, 'target-language': to, date: created, 'tool-id': 'bitext-studio' };
  lines.push(`<file${attributeList(attributes)}>`, `<header><tool${attributeList({ 'tool-id': 'bitext-studio', 'tool-name': studio })}/></header>`, '<body>');
  for (const unit of units) if (unit.segments.length > 0) writeUnit(unit, lines);
  lines.push('</body>', '</file>');
}

const attributeList = (attributes: Readonly<Record<string, string | undefined>>): string =>
  Object.entries(attributes).map(([name, value]) => (value === undefined ? '' : ` ${name}="${escapeAttribute(value)}"`)).join('');

function writeUnit(unit: BilingualUnit, lines: string[]): void {
  const { segments, tags } = unit;
  const translated = segments.filter(({ target }) => target !== null);
  const least = leastAdvanced(segments.map(({ state }) => state));
  const state = least === 'not-started' ? 'draft' : least;
  const frame = (content: (segment: BilingualSegment) => string): string =>
    segments.map((segment) => `${markup(segment.gapBefore, tags)}<mrk mtype="seg" mid="${segment.id}">${content(segment)}</mrk>`).join('') + markup(unit.gapAfter, tags);
  lines.push(`<trans-unit${attributeList({
    id: unit.id, restype: `x-${unit.role.replace(/\s+/g, '-') || 'text'}`, 'xml:space': 'preserve',
    approved: translated.length > 0 && state === 'reviewed' ? 'yes' : undefined, translate: segments.every(({ locked }) => locked) ? 'no' : undefined,
  })}>`);
  const source = [...segments.flatMap((segment) => [...segment.gapBefore, ...segment.source]), ...unit.gapAfter];
  lines.push(`<source>${markup(source, tags)}</source>`, `<seg-source>${frame((segment) => markup(segment.source, tags))}</seg-source>`);
  if (translated.length > 0) {
    lines.push(`<target${attributeList({ state: STATE_12[state], 'state-qualifier': qualifier(translated, state) })}>${frame(({ target }) => markup(target ?? [], tags))}</target>`);
    if (segments.some((segment) => segment.state !== state)) {
      const states = segments.map((segment) => `<context context-type="x-segment-${segment.id}">${segment.state}</context>`);
      lines.push(`<context-group name="${STATES_GROUP}${segments[0]?.id ?? 0}" purpose="information">${states.join('')}</context-group>`);
    }
  }
  if (unit.note) lines.push(`<note>${xmlText(unit.note, () => '\ufffd')}</note>`);
  lines.push('</trans-unit>');
}

/** XLIFF 1.2 section 2.5, `state-qualifier`: why a target was rejected, or where it comes from. */
function qualifier(segments: readonly BilingualSegment[], state: SegmentState): string | undefined {
  if (state === 'rejected') return 'rejected-inaccurate';
  if (state !== 'draft') return undefined;
  if (segments.every(({ origin }) => origin?.kind === 'mt')) return 'leveraged-mt';
  if (!segments.every(({ origin }) => origin?.kind === 'memory')) return undefined;
  return segments.every(({ origin }) => origin?.kind === 'memory' && origin.match >= 100) ? 'exact-match' : 'fuzzy-match';
}

const PAIR_TYPES: Readonly<Record<string, string>> = { b: 'bold', strong: 'bold', i: 'italic', em: 'italic', u: 'underlined', link: 'link', a: 'link' };
const LONE_TYPES: Readonly<Record<string, string>> = { br: 'lb', img: 'image', pb: 'pb' };
/** Names whose type reads back as the same label; the others are `x-` and the label. */
const SAME_LABEL: ReadonlySet<string> = new Set(['b', 'i', 'u', 'link', 'br', 'img', 'pb']);
const typeOf = (label: string, types: Readonly<Record<string, string>>): string => (SAME_LABEL.has(label) ? types[label] : undefined) ?? `x-${label || 'x'}`;

function markup(runs: ReadonlyRuns, tags: readonly Tag[]): string {
  let text = '';
  for (const run of runs) {
    if (typeof run === 'string') { text += xmlText(run, (hex) => `<x id="char-${hex}" ctype="x-char"/>`); continue; }
    const tag = tags[run.tag - 1];
    const label = tag?.label ?? 'x';
    const content = xmlText((run.kind === 'close' ? (tag?.close ?? tag?.open) : tag?.open) ?? '', () => '\ufffd');
    if (run.kind === 'empty') text += `<ph${attributeList({ id: `${run.tag}`, ctype: typeOf(label, LONE_TYPES), 'equiv-text': tag?.equivalent })}>${content}</ph>`;
    else if (run.kind === 'open') text += `<bpt${attributeList({ id: `${run.tag}`, ctype: typeOf(label, PAIR_TYPES), 'equiv-text': tag?.equivalent })}>${content}</bpt>`;
    else text += `<ept id="${run.tag}">${content}</ept>`;
  }
  return text;
}

function readUnit(element: XmlElement): WrittenSegment[] {
  const segSource = child(element, 'seg-source');
  const target = child(element, 'target');
  const targets = target && segmentMarks(target);
  const states = segmentStates12(element);
  return [...((segSource && segmentMarks(segSource)) ?? [])].map(([mid, mark]) => {
    const translation = targets?.get(mid);
    const runs = translation && readRuns(translation);
    const state = states.get(mid) ?? (target && translation ? state12(target.attributes, element.attributes['approved']) : 'not-started');
    return { id: readNumber(mid, 'a segment'), source: readRuns(mark), target: runs && (runs.length > 0 || state !== 'not-started') ? runs : null, state };
  });
}

function readRuns(container: XmlElement): Runs {
  const runs: Runs = [];
  for (const node of container.children) {
    if (node.kind === 'text' || node.kind === 'cdata') runs.push(node.text);
    else if (node.kind !== 'element') continue;
    else if (node.local === 'x') runs.push(characterOf(node.attributes['id']?.replace(/^char-/, '')));
    else runs.push({ tag: readNumber(node.attributes['id'], `<${node.local}> ${textContent(node)}`), kind: node.local === 'bpt' ? 'open' : node.local === 'ept' ? 'close' : 'empty' });
  }
  return normalizeRuns(runs);
}
