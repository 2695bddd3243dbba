/**
 * XLIFF 2.1: one `file` per document, one `unit` per unit, its segments as `segment` and what stands between them as
 * `ignorable`. A code's id is its tag's number in the unit (`4`, and `4-2` for a second run of the same tag); its native markup
 * is original data.
 */
import type { Origin, SegmentState } from '../../contract/shapes/segment.ts';
import type { ReadonlyRuns, Runs, Tag, TagRun } from '../../contract/shapes/text.ts';
import { decodeXml } from '../formats/xliff/xml-file.ts';
import { REJECTED, state2, stateAttributes2 } from '../formats/xliff2/states2.ts';
import { escapeAttribute } from '../formats/xml/xml-events.ts';
import { child, descendants, parseXml, type XmlElement } from '../formats/xml/xml-tree.ts';
import { normalizeRuns, tagKey } from '../segments/runs.ts';
import type { BilingualDocument, BilingualUnit } from './bilingual-document.ts';
import type { BilingualFormat, WrittenSegment } from './bilingual-format.ts';
import { readNumber } from './read-numbers.ts';
import { characterOf, xmlText } from './xml-text.ts';

export const xliff21File: BilingualFormat = {
  kind: 'xliff21', name: 'XLIFF 2.1', extension: 'xlf', holds: 'all',
  write(documents, { studio, created }) {
    const [first] = documents;
    const lines = [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1"${attributeList({ srcLang: first?.from, trgLang: first?.to })}>`,
    ];
    documents.forEach((document, i) => writeFile(document, i + 1, `${studio}, ${created}`, lines));
    return Buffer.from(`${lines.join('\n')}\n</xliff>\n`);
  },
  read(bytes) {
    const { root } = parseXml(decodeXml(bytes, undefined).text, { name: 'The bilingual file' });
    const segments: WrittenSegment[] = [];
    for (const element of descendants(root)) if (element.local === 'segment') segments.push(readSegment(element));
    return segments;
  },
};

const attributeList = (attributes: Readonly<Record<string, string | null | undefined>>): string =>
  Object.entries(attributes).map(([name, value]) => (value === undefined || value === null ? '' : ` ${name}="${escapeAttribute(value)}"`)).join('');

function writeFile({ file, units }: BilingualDocument, number: number, maker: string, lines: string[]): void {
  lines.push(`<file id="f${number}"${attributeList({ original: file })}>`, `<notes><note category="tool">${xmlText(maker, () => '\ufffd')}</note></notes>`);
  let written = 0;
  for (const unit of units) if (unit.segments.length > 0) writeUnit(unit, ++written, lines);
  // A file must hold a unit or a group.
  if (written === 0) lines.push('<group id="none"/>');
  lines.push('</file>');
}

function writeUnit(unit: BilingualUnit, number: number, lines: string[]): void {
  const { segments, tags } = unit;
  const sources = new SideWriter(tags, [...segments.flatMap(({ gapBefore, source }) => [gapBefore, source]), unit.gapAfter]);
  const targets = new SideWriter(tags, segments.map(({ target }) => target ?? []), sources);
  const translate = segments.every(({ locked }) => locked) ? 'no' : undefined;
  lines.push(`<unit id="u${number}"${attributeList({ name: unit.id, type: `bitext:${typeName(unit.role, 'text')}`, translate, 'xml:space': 'preserve' })}>`);
  if (unit.note) lines.push(`<notes><note>${xmlText(unit.note, () => '\ufffd')}</note></notes>`);
  const body: string[] = [];
  const writeGap = (runs: ReadonlyRuns, part: number): void => {
    const content = sources.write(part);
    if (runs.length > 0) body.push(`<ignorable><source>${content}</source></ignorable>`);
  };
  segments.forEach(({ id, target, state, origin, gapBefore }, i) => {
    writeGap(gapBefore, 2 * i);
    const source = sources.write(2 * i + 1);
    const translation = target === null ? '' : `<target>${targets.write(i)}</target>`;
    const states = target === null ? {} : { state: 'initial', ...originAttribute(origin), ...stateAttributes2({ state: 'initial' }, state) };
    body.push(`<segment id="s${id}"${attributeList(states)}><source>${source}</source>${translation}</segment>`);
  });
  writeGap(unit.gapAfter, 2 * segments.length);
  const data = sources.originalData();
  if (data !== '') lines.push(`<originalData>${data}</originalData>`);
  lines.push(...body, '</unit>');
}

/** XLIFF 2 has no attribute for it: a sub-state, `bitext:mt` or `bitext:memory-92`. */
function originAttribute(origin: Origin | null): { readonly subState?: string } {
  if (origin?.kind === 'mt') return { subState: 'bitext:mt' };
  return origin?.kind === 'memory' ? { subState: `bitext:memory-${origin.match}` } : {};
}

/** Types of the core for labels that have one; others keep their name as a sub-type of the studio's own. */
const TYPES: Readonly<Record<string, { readonly type: string; readonly subType?: string }>> = {
  b: { type: 'fmt', subType: 'xlf:b' }, i: { type: 'fmt', subType: 'xlf:i' }, u: { type: 'fmt', subType: 'xlf:u' }, br: { type: 'fmt', subType: 'xlf:lb' }, pb: { type: 'fmt', subType: 'xlf:pb' },
  link: { type: 'link' }, img: { type: 'image' },
};

/** A name fit for the value part of `prefix:value`. */
const typeName = (name: string, otherwise: string): string => name.replace(/[\s:]+/g, '-') || otherwise;

/**
 * Writes the sources or the targets of one unit, part by part, in their order. Ids are given once on each side; a target's
 * codes have the ids that the source before it has, copies get new ones. Pairs that nest are `pc`, others `sc` and `ec`.
 */
class SideWriter {
  readonly #tags: readonly Tag[];
  readonly #parts: readonly ReadonlyRuns[];
  readonly #sources: SideWriter | undefined;
  /** Original data by markup; one table for the unit. */
  readonly #data: Map<string, string>;
  /** For each run, by part and index: its opening or closing partner, in this part or another. */
  readonly #partners: ReadonlyMap<string, string>;
  readonly #ids = new Map<string, string>();
  readonly #seen = new Map<string, number>();
  /** Ids of openings that have their closing, and the opening's id for each closing's. */
  readonly #paired = new Set<string>();
  readonly #starts = new Map<string, string>();
  /** Ids in the part that was written last, for the target that follows it. */
  #recent = new Map<string, string[]>();

  constructor(tags: readonly Tag[], parts: readonly ReadonlyRuns[], sources?: SideWriter) {
    this.#tags = tags;
    this.#parts = parts;
    this.#sources = sources;
    this.#data = sources === undefined ? new Map<string, string>() : sources.#data;
    this.#partners = partnersOf(parts);
  }

  originalData(): string {
    return [...this.#data].map(([markup, id]) => `<data id="${id}" xml:space="preserve">${markup}</data>`).join('');
  }

  write(part: number): string {
    this.#recent = new Map();
    const runs = this.#parts[part] ?? [];
    const nested = nestedPairs(runs);
    return runs.map((run, at) => {
      if (typeof run === 'string') return xmlText(run, (hex) => `<cp hex="${hex}"/>`);
      const id = this.#idOf(run);
      this.#ids.set(`${part}:${at}`, id);
      return nested.has(at) ? this.#span(run, id) : this.#marker(run, id, this.#partners.get(`${part}:${at}`));
    }).join('');
  }

  #span(run: TagRun, id: string): string {
    const tag = this.#tags[run.tag - 1];
    if (run.kind === 'close') return '</pc>';
    return `<pc${attributeList({ id, dataRefStart: this.#reference(tag?.open), dataRefEnd: this.#reference(tag?.close ?? tag?.open), equivStart: tag?.equivalent, ...this.#about(tag) })}>`;
  }

  #marker(run: TagRun, id: string, partner: string | undefined): string {
    const tag = this.#tags[run.tag - 1];
    if (run.kind === 'empty') return `<ph${attributeList({ id, dataRef: this.#reference(tag?.open), equiv: tag?.equivalent, ...this.#about(tag) })}/>`;
    if (run.kind === 'open') {
      // In a unit that is translated in part, the sources have the partner.
      const paired = partner !== undefined || (this.#sources !== undefined && this.#sources.#paired.has(id));
      if (paired) this.#paired.add(id);
      return `<sc${attributeList({ id, dataRef: this.#reference(tag?.open), isolated: paired ? undefined : 'yes', equiv: tag?.equivalent, ...this.#about(tag) })}/>`;
    }
    const start = (partner === undefined ? undefined : this.#ids.get(partner)) ?? (this.#sources === undefined ? undefined : this.#sources.#starts.get(id));
    if (start !== undefined) this.#starts.set(id, start);
    // An end without its start says itself which tag it is.
    const which = start === undefined ? { id: `e${id}`, isolated: 'yes' } : { startRef: start };
    return `<ec${attributeList({ ...which, dataRef: this.#reference(tag?.close ?? tag?.open), ...(start === undefined ? this.#about(tag) : permissions(tag)) })}/>`;
  }

  #about(tag: Tag | undefined): Record<string, string | undefined> {
    return { ...permissions(tag), ...(TYPES[tag?.label ?? ''] ?? { type: 'other', subType: `bitext:${typeName(tag?.label ?? '', 'x')}` }) };
  }

  #idOf(run: TagRun): string {
    const key = tagKey(run);
    const sources = this.#sources;
    const id = (sources === undefined ? undefined : sources.#recent.get(key)?.shift()) ?? this.#nextId(run);
    const recent = this.#recent.get(key);
    if (recent) recent.push(id);
    else this.#recent.set(key, [id]);
    return id;
  }

  #nextId({ tag, kind }: TagRun): string {
    const seen = this.#sources === undefined ? this.#seen : this.#sources.#seen;
    const key = kind === 'close' ? `close ${tag}` : `${tag}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count === 1 ? `${tag}` : `${tag}-${count}`;
  }

  #reference(markup = ''): string {
    const content = xmlText(markup, (hex) => `<cp hex="${hex}"/>`);
    const known = this.#data.get(content) ?? `d${this.#data.size + 1}`;
    this.#data.set(content, known);
    return known;
  }
}

const permissions = (tag: Tag | undefined): Record<string, string | undefined> => ({ canDelete: tag?.canDelete === false ? 'no' : undefined, canCopy: tag?.canCopy === false ? 'no' : undefined });

/** Partner of each opening and closing run, by `part:index`, over all parts. */
function partnersOf(parts: readonly ReadonlyRuns[]): Map<string, string> {
  const partners = new Map<string, string>();
  const open = new Map<number, string[]>();
  parts.forEach((runs, part) => runs.forEach((run, at) => {
    if (typeof run === 'string' || run.kind === 'empty') return;
    const here = `${part}:${at}`;
    const stack = open.get(run.tag);
    if (run.kind === 'open') {
      if (stack) stack.push(here);
      else open.set(run.tag, [here]);
      return;
    }
    const opening = stack?.pop();
    if (opening !== undefined) partners.set(opening, here).set(here, opening);
  }));
  return partners;
}

/** Indexes of the opening and closing runs of pairs that lie in one text and cross no other such pair. */
function nestedPairs(runs: ReadonlyRuns): Set<number> {
  const partners = partnersOf([runs]);
  const nested = new Set<number>();
  const open: number[] = [];
  runs.forEach((run, at) => {
    const partner = partners.get(`0:${at}`);
    if (partner === undefined || typeof run === 'string') return;
    if (run.kind === 'open') { open.push(at); return; }
    const opening = Number(partner.slice(2));
    // What was opened since and is not closed yet crosses this pair.
    if (open.at(-1) === opening) nested.add(opening).add(at);
    open.splice(open.lastIndexOf(opening), 1);
  });
  return nested;
}

function readSegment(element: XmlElement): WrittenSegment {
  const source = child(element, 'source'), target = child(element, 'target');
  const state: SegmentState = !target ? 'not-started' : element.attributes['subState'] === REJECTED ? 'rejected' : state2(element.attributes);
  return { id: readNumber(element.attributes['id']?.replace(/^s/, ''), 'a segment'), source: source ? readRuns(source) : [], target: target ? readRuns(target) : null, state };
}

function readRuns(container: XmlElement, runs: Runs = []): Runs {
  for (const node of container.children) {
    if (node.kind === 'text' || node.kind === 'cdata') runs.push(node.text);
    else if (node.kind !== 'element') continue;
    else if (node.local === 'cp') runs.push(characterOf(node.attributes['hex']));
    else {
      const name = node.attributes['startRef'] ?? node.attributes['id'];
      const tag = readNumber(name?.replace(/^e/, '').replace(/-\d+$/, ''), `<${node.local}>`);
      runs.push({ tag, kind: node.local === 'sc' || node.local === 'pc' ? 'open' : node.local === 'ec' ? 'close' : 'empty' });
      if (node.local !== 'pc') continue;
      readRuns(node, runs);
      runs.push({ tag, kind: 'close' });
    }
  }
  return normalizeRuns(runs);
}
