/** An XLIFF 2.x document as units and their segments, with the places where targets stand. */
import { StudioError } from '../../../contract/errors.ts';
import { plainText } from '../../segments/runs.ts';
import type { Unit } from '../format.ts';
import { numberSource, numberTarget, tagTable, type InlineCode } from '../xliff/inline-codes.ts';
import { requireFits, UnitNames } from '../xliff/unit-names.ts';
import { child, descendants, elements, parseXml, textContent, type XmlDocument, type XmlElement } from '../xml/xml-tree.ts';
import { tokens2, type InlineScope } from './inline2.ts';
import { state2 } from './states2.ts';

export interface Segment2 {
  readonly unit: Unit;
  readonly element: XmlElement;
  readonly source: XmlElement;
  readonly target: XmlElement | undefined;
  /** Of source and standing target: what `unit.tags` describes. */
  readonly codes: readonly InlineCode[];
  /** Ids of all codes of the XLIFF unit; a copy needs one that is not among them. */
  readonly ids: ReadonlySet<string>;
  /** White space counts as it stands. */
  readonly preserve: boolean;
}
export interface Document2 { readonly xml: XmlDocument; readonly segments: readonly Segment2[] }

const CORE = /^urn:oasis:names:tc:xliff:document:2\.\d$/;

/** @throws StudioError FORMAT_BROKEN when it is not well-formed or not XLIFF 2.x. */
export function parseDocument2(text: string, name: string): Document2 {
  const xml = parseXml(text, { name });
  if (xml.root.local !== 'xliff' || !CORE.test(xml.root.ns))
    throw new StudioError('FORMAT_BROKEN', `${name} is not an XLIFF 2 document: its root element is ${xml.root.name}.`, { advice: 'Check that the file has the right name, or export it again from the program that made it.' });
  const segments: Segment2[] = [];
  const names = new UnitNames();
  elements(xml.root, 'file').forEach((file, i) => collectUnits(file, inherit(file, { translate: true, preserve: inherit(xml.root, { translate: true, preserve: false }).preserve }), (unit, inherited) => {
    readUnit(unit, `${i + 1}/${unit.attributes['id'] ?? ''}`, xml.source, inherited.preserve, names, segments);
  }));
  return { xml, segments };
}

interface Inherited { readonly translate: boolean; readonly preserve: boolean }
function inherit({ attributes }: XmlElement, outer: Inherited): Inherited {
  const { translate, 'xml:space': space } = attributes;
  return { translate: translate === undefined ? outer.translate : translate !== 'no', preserve: space === undefined ? outer.preserve : space === 'preserve' };
}

function collectUnits(parent: XmlElement, outer: Inherited, onUnit: (unit: XmlElement, inherited: Inherited) => void): void {
  for (const element of elements(parent)) {
    if (!CORE.test(element.ns) || (element.local !== 'group' && element.local !== 'unit')) continue;
    const inherited = inherit(element, outer);
    if (element.local === 'group') collectUnits(element, inherited, onUnit);
    else if (inherited.translate) onUnit(element, inherited);
  }
}

const CODES: ReadonlySet<string> = new Set(['ph', 'pc', 'sc', 'ec', 'mrk', 'sm']);

function readUnit(element: XmlElement, name: string, text: string, preserve: boolean, names: UnitNames, segments: Segment2[]): void {
  const ids = new Set<string>(), sourceIds = new Set<string>();
  const parts = elements(element).filter(({ local, ns }) => CORE.test(ns) && (local === 'segment' || local === 'ignorable'));
  for (const part of parts)
    for (const side of elements(part))
      for (const code of descendants(side)) {
        const id = code.attributes['id'];
        if (id === undefined || !CODES.has(code.local)) continue;
        ids.add(id);
        if (side.local === 'source') sourceIds.add(id);
      }
  const originalData = child(element, 'originalData');
  const data = new Map((originalData ? elements(originalData, 'data') : []).map((entry) => [entry.attributes['id'] ?? '', textContent(entry)]));
  const scope: InlineScope = { text, data, sourceIds };
  const notes = child(element, 'notes');
  const note = (notes ? elements(notes, 'note') : []).filter(({ attributes }) => attributes['appliesTo'] !== 'target').map((n) => textContent(n).trim()).filter(Boolean).join('\n');

  parts.forEach((part, i) => {
    const source = child(part, 'source');
    if (!source || part.local === 'ignorable') return;
    const target = child(part, 'target');
    const keeps = inherit(source, { translate: true, preserve }).preserve;
    const { runs, codes } = numberSource(tokens2(source, scope, !keeps));
    if (plainText(runs).trim() === '') return;
    const has = target !== undefined && textContent(target).trim() !== '';
    const own = has ? numberTarget(tokens2(target, scope, !inherit(target, { translate: true, preserve }).preserve), codes) : undefined;
    const unit: Unit = {
      id: names.take(`${name}#${part.attributes['id'] ?? i + 1}`), source: runs, tags: tagTable(own?.codes ?? codes), role: element.attributes['type'] ?? 'segment', segmented: true,
      ...(own ? { target: own.runs, state: state2(part.attributes) } : {}), ...(note ? { note } : {}),
    };
    requireFits(unit);
    segments.push({ unit, element: part, source, target, codes: own?.codes ?? codes, ids, preserve });
  });
}
