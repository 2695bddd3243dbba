/**
 * XLIFF 1.2 (OASIS, 2008; also 1.0 and 1.1), with the dialects of SDL (.sdlxliff), memoQ (.mqxliff)
 * and Phrase (.mxliff). A translation is
 * spliced in as the content of its `target` or of its segment's `mrk`; nothing else changes.
 */
import type { SegmentState } from '../../../contract/shapes/segment.ts';
import type { ReadonlyRuns } from '../../../contract/shapes/text.ts';
import { normalizeRuns, sameRuns } from '../../segments/runs.ts';
import type { DocumentFormat, ReadOptions, WriteOptions } from '../format.ts';
import type { Splice } from '../splice.ts';
import { crossingElements, rawMarkup, refuseCrossing, requireWholeTarget } from '../xliff/inline-codes.ts';
import { decodeXml, encodeXml, openedTag, rewriteTag, xliffVersion } from '../xliff/xml-file.ts';
import { requireKnown } from '../xliff/unit-names.ts';
import { declaresLanguage, languageSplices, whiteSpaceBefore } from '../xliff/target-place.ts';
import { escapeAttribute, escapeText } from '../xml/xml-events.ts';
import { textContent, type XmlElement } from '../xml/xml-tree.ts';
import { parseDocument12, segmentMarks, type Segment12, type TransUnit12 } from './document12.ts';
import { CONFIRMATION_SDL, leastAdvanced, sdlState, STATE_12, stateAttributes12, toolAttributes, toolState } from './states12.ts';

export const xliff12: DocumentFormat = {
  id: 'xliff12',
  name: 'XLIFF 1.2',
  extensions: ['xlf', 'xliff', 'sdlxliff', 'mqxliff', 'mxliff'],
  bilingual: true,

  sniff(bytes, fileName) {
    const version = xliffVersion(bytes);
    if (version === undefined) return /\.(xlf|xliff|sdlxliff|mqxliff|mxliff)$/i.test(fileName) ? 0.3 : 0;
    return version.startsWith('1.') ? 1 : 0;
  },

  async read(bytes, options) {
    const file = decodeXml(bytes, options.encoding);
    const { files } = parseDocument12(file.text, 'The file');
    return { units: files.flatMap(({ transUnits }) => transUnits.flatMap(({ segments }) => segments.map(({ unit }) => unit))), encoding: file.encoding };
  },

  async write(bytes, targets, options) {
    if (targets.size === 0 && !options.setLanguage) return bytes;
    const file = decodeXml(bytes, options.encoding);
    const { xml, files } = parseDocument12(file.text, 'The file');
    requireKnown(files.flatMap(({ transUnits }) => transUnits.flatMap(({ segments }) => segments.map(({ unit }) => unit))), targets);
    const splices: Splice[] = [];
    for (const { element, transUnits } of files) {
      for (const transUnit of transUnits) splices.push(...writeTransUnit(xml.source, transUnit, targets, options));
      if (options.setLanguage) splices.push(...languageSplices(xml.source, element, 'target-language', 'source-language', options.to));
    }
    return encodeXml(file, splices);
  },
};

function writeTransUnit(text: string, transUnit: TransUnit12, targets: ReadonlyMap<string, ReadonlyRuns>, options: WriteOptions): Splice[] {
  const { element, target, segments } = transUnit;
  const changed = new Map<Segment12, string>();
  const stateOf = (segment: Segment12): SegmentState => {
    const given = targets.has(segment.unit.id) ? options.states?.get(segment.unit.id) : undefined;
    return given ?? segment.unit.state ?? (targets.has(segment.unit.id) ? 'draft' : 'not-started');
  };
  for (const segment of segments) {
    const runs = targets.get(segment.unit.id);
    if (runs && !sameRuns(runs, segment.unit.target ?? null)) changed.set(segment, targetMarkup(segment, runs));
  }
  const restated = segments.filter((segment) => targets.has(segment.unit.id) && segment.unit.target && options.states?.has(segment.unit.id) && stateOf(segment) !== segment.unit.state);
  const language: Record<string, string> = {};
  const declared = target?.attributes['xml:lang'];
  if (options.setLanguage && declared !== undefined && !declaresLanguage(declared, options.to)) language['xml:lang'] = escapeAttribute(options.to);
  if (changed.size === 0 && restated.length === 0) return target ? changeTag(text, target, language) : [];

  const least = leastAdvanced(segments.map(stateOf));
  // A target that lacks some of its segments is not a new one.
  const state = least === 'not-started' ? 'draft' : least;
  const splices: Splice[] = [];
  const touched = segments.filter((segment) => changed.has(segment) || restated.includes(segment));
  for (const segment of touched) if (segment.sdl) splices.push(...sdlSplices(text, segment.sdl, stateOf(segment), changed.has(segment)));
  const foreign = segments.some(({ sdl }) => sdl) || toolState(element) !== undefined;
  splices.push(...unitSplices(text, element, state, foreign));

  const attributes = foreign ? {} : stateAttributes12(target?.attributes ?? {}, element.attributes['approved'], state, changed.size > 0);
  if (target) splices.push(...changeTarget(text, transUnit, target, changed, { ...attributes, ...language }));
  else splices.push(insertTarget(text, transUnit, changed, { ...inherited(transUnit, options), ...(foreign ? {} : { state: STATE_12[state], ...attributes }) }));
  return splices;
}

/** Content of a target or segment mark. @throws StudioError TAGS_BROKEN */
function targetMarkup({ unit, codes }: Segment12, target: ReadonlyRuns): string {
  const runs = normalizeRuns(target);
  requireWholeTarget(unit.id, unit.source, runs, unit.target, unit.tags);
  const [crossing] = crossingElements(runs, codes);
  if (crossing !== undefined) refuseCrossing(unit.id, crossing, unit.tags);
  return runs.map((run) => (typeof run === 'string' ? escapeText(run).replaceAll('\r', '&#13;') : rawMarkup(run, codes))).join('');
}

function changeTarget(text: string, transUnit: TransUnit12, target: XmlElement, changed: ReadonlyMap<Segment12, string>, attributes: Readonly<Record<string, string | null>>): Splice[] {
  const opening = rewriteTag(text.slice(target.start, target.openEnd), attributes);
  const marks = segmentMarks(target);
  const inPlace = [...changed].map(([{ mid }, markup]) => ({ mark: mid === null ? undefined : marks?.get(mid), markup }));
  if (!target.selfClosing && inPlace.every(({ mark }) => mark !== undefined)) {
    const splices: Splice[] = [{ start: target.start, end: target.openEnd, text: opening }];
    for (const { mark, markup } of inPlace) if (mark) splices.push({ start: mark.start, end: mark.end, text: filled(text, mark, markup) });
    return splices;
  }
  if (changed.size === 0) return [{ start: target.start, end: target.openEnd, text: opening }];
  return [{ start: target.start, end: target.end, text: `${openedTag(opening)}${wholeContent(text, transUnit, changed)}</${target.name}>` }];
}

/** An element with other content; a self-closing one is opened. */
const filled = (text: string, element: XmlElement, content: string): string => `${openedTag(text.slice(element.start, element.openEnd))}${content}</${element.name}>`;

/** Content of a target whose segments are not all in place: the frame of the segmented source, what stands, what is new. */
function wholeContent(text: string, { segSource, target, segments }: TransUnit12, changed: ReadonlyMap<Segment12, string>): string {
  const [first] = changed;
  if (first && first[0].mid === null) return first[1];
  if (!segSource) return '';
  // A target without marks for the one segment there is stays without.
  if (target && segments.length === 1 && first && textContent(target).trim() !== '' && !segmentMarks(target)?.size) return first[1];
  const byMid = new Map([...changed].map(([{ mid }, markup]) => [mid, markup]));
  const standing = target ? segmentMarks(target) : null;
  let content = '';
  let at = segSource.openEnd;
  for (const [mid, mark] of segmentMarks(segSource) ?? []) {
    const old = standing?.get(mid);
    content += text.slice(at, mark.start) + filled(text, mark, byMid.get(mid) ?? (old ? text.slice(old.openEnd, old.closeStart) : ''));
    at = mark.end;
  }
  return content + text.slice(at, segSource.closeStart);
}

/** A new target goes after the source (section 2.4: source, seg-source, target, ...), indented as the source is. */
function insertTarget(text: string, transUnit: TransUnit12, changed: ReadonlyMap<Segment12, string>, attributes: Readonly<Record<string, string | null>>): Splice {
  const { source, segSource } = transUnit;
  const after = (segSource ?? source).end;
  const name = source.name.replace(/source$/, 'target');
  return { start: after, end: after, text: `${whiteSpaceBefore(text, source.start)}${rewriteTag(`<${name}>`, attributes)}${wholeContent(text, transUnit, changed)}</${name}>` };
}

/** What a source says of itself and its target should too. */
function inherited({ source }: TransUnit12, options: ReadOptions): Record<string, string> {
  const space = source.attributes['xml:space'];
  return { ...(source.attributes['xml:lang'] === undefined ? {} : { 'xml:lang': escapeAttribute(options.to) }), ...(space === undefined ? {} : { 'xml:space': escapeAttribute(space) }) };
}

function unitSplices(text: string, element: XmlElement, state: SegmentState, foreign: boolean): Splice[] {
  const attributes: Record<string, string> = toolAttributes(element, state);
  const approved = element.attributes['approved'];
  if (state === 'reviewed' && approved !== 'yes' && !foreign) attributes['approved'] = 'yes';
  if (state !== 'reviewed' && approved === 'yes') attributes['approved'] = 'no';
  return changeTag(text, element, attributes);
}

function sdlSplices(text: string, definition: XmlElement, state: SegmentState, changed: boolean): Splice[] {
  const attributes: Record<string, string | null> = {};
  if (sdlState(definition.attributes['conf']) !== state) attributes['conf'] = CONFIRMATION_SDL[state];
  if (changed && definition.attributes['origin'] === 'not-translated') attributes['origin'] = 'interactive';
  return changeTag(text, definition, attributes);
}

function changeTag(text: string, element: XmlElement, attributes: Readonly<Record<string, string | null>>): Splice[] {
  if (Object.keys(attributes).length === 0) return [];
  return [{ start: element.start, end: element.openEnd, text: rewriteTag(text.slice(element.start, element.openEnd), attributes) }];
}
