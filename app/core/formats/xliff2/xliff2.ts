/**
 * XLIFF 2.0, 2.1 and 2.2 (OASIS). Each `segment` is a unit of its own; its translation is spliced in as the content of its
 * `target`. Modules, extensions, notes and ignorables are left as they are.
 */
import type { ReadonlyRuns } from '../../../contract/shapes/text.ts';
import { sameRuns } from '../../segments/runs.ts';
import type { DocumentFormat, WriteOptions } from '../format.ts';
import type { Splice } from '../splice.ts';
import { declaresLanguage, languageSplices, whiteSpaceBefore } from '../xliff/target-place.ts';
import { requireKnown } from '../xliff/unit-names.ts';
import { decodeXml, encodeXml, openedTag, rewriteTag, xliffVersion } from '../xliff/xml-file.ts';
import { escapeAttribute } from '../xml/xml-events.ts';
import { parseDocument2, type Segment2 } from './document2.ts';
import { stateAttributes2 } from './states2.ts';
import { targetMarkup2 } from './target2.ts';

export const xliff2: DocumentFormat = {
  id: 'xliff2',
  name: 'XLIFF 2',
  extensions: ['xlf', 'xliff'],
  bilingual: true,

  sniff: (bytes) => (xliffVersion(bytes)?.startsWith('2.') ? 1 : 0),

  async read(bytes, options) {
    const file = decodeXml(bytes, options.encoding);
    return { units: parseDocument2(file.text, 'The file').segments.map(({ unit }) => unit), encoding: file.encoding };
  },

  async write(bytes, targets, options) {
    if (targets.size === 0 && !options.setLanguage) return bytes;
    const file = decodeXml(bytes, options.encoding);
    const { xml, segments } = parseDocument2(file.text, 'The file');
    requireKnown(segments.map(({ unit }) => unit), targets);
    const splices = segments.flatMap((segment) => writeSegment(xml.source, segment, targets.get(segment.unit.id), options));
    // Core, `trgLang`: required as soon as there is a target.
    if (options.setLanguage || (splices.length > 0 && xml.root.attributes['trgLang'] === undefined)) splices.push(...languageSplices(xml.source, xml.root, 'trgLang', 'srcLang', options.to));
    return encodeXml(file, splices);
  },
};

function writeSegment(text: string, segment: Segment2, runs: ReadonlyRuns | undefined, options: WriteOptions): Splice[] {
  const { unit, element, source, target } = segment;
  const splices: Splice[] = [];
  const attributes: Record<string, string | null> = {};
  const declared = target?.attributes['xml:lang'];
  if (options.setLanguage && declared !== undefined && !declaresLanguage(declared, options.to)) attributes['xml:lang'] = escapeAttribute(options.to);
  const changed = runs !== undefined && !sameRuns(runs, unit.target ?? null);
  const state = options.states?.get(unit.id);
  if (runs !== undefined && state !== undefined && (changed || state !== unit.state)) {
    const states = stateAttributes2(element.attributes, state);
    if (Object.keys(states).length > 0) splices.push({ start: element.start, end: element.openEnd, text: rewriteTag(text.slice(element.start, element.openEnd), states) });
  }
  if (!changed) {
    if (target && Object.keys(attributes).length > 0) splices.push({ start: target.start, end: target.openEnd, text: rewriteTag(text.slice(target.start, target.openEnd), attributes) });
    return splices;
  }
  const markup = targetMarkup2(segment, runs);
  // A line break in a translation means one; where white space is layout, it must be said.
  const breaks = runs.some((run) => typeof run === 'string' && run.includes('\n'));
  if (target) {
    if (breaks && !(target.attributes['xml:space'] === 'preserve' || (segment.preserve && target.attributes['xml:space'] === undefined))) attributes['xml:space'] = 'preserve';
    const opening = openedTag(rewriteTag(text.slice(target.start, target.openEnd), attributes));
    splices.push({ start: target.start, end: target.end, text: `${opening}${markup}</${target.name}>` });
  } else {
    const space = breaks && !segment.preserve ? 'preserve' : source.attributes['xml:space'];
    if (source.attributes['xml:lang'] !== undefined) attributes['xml:lang'] = escapeAttribute(options.to);
    if (space !== undefined) attributes['xml:space'] = space;
    const name = source.name.replace(/source$/, 'target');
    splices.push({ start: source.end, end: source.end, text: `${whiteSpaceBefore(text, source.start)}${rewriteTag(`<${name}>`, attributes)}${markup}</${name}>` });
  }
  return splices;
}
