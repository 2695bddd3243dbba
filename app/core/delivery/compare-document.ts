/** A delivered document, opened again and compared with the project: every segment, every tag, nothing of the source left over. */
import type { Finding } from '../../contract/shapes/segment.ts';
import type { ReadonlyRuns } from '../../contract/shapes/text.ts';
import type { ParsedDocument, Unit } from '../formats/format.ts';
import { hasWords } from '../formats/inline-pieces.ts';
import { formatById } from '../formats/registry.ts';
import type { DeliveredFile } from '../jobs/delivered-file.ts';
import type { StoredSegment, StoredUnit } from '../projects/units.ts';
import { joinUnit } from '../segments/cut-unit.ts';
import { equivalentText } from '../segments/runs.ts';
import type { Comparison } from './comparison.ts';
import { tagPresence } from './tag-presence.ts';

/**
 * Compares unit by unit. Units are paired by order: a translation may move the line or the offset that a unit is named
 * after, and never the order. White space is compared collapsed, because layout rewraps it.
 */
export function compareDocument(file: DeliveredFile, delivered: ParsedDocument): Comparison {
  const { bilingual = false } = formatById(file.source.format);
  const findings: Finding[] = [];
  let found = 0, tags = 0, tagsFound = 0, segments = 0, untranslated = 0;
  const wantedTexts = file.units.map((unit) => collapsed(equivalentText(file.targets.get(unit.id) ?? joinUnit(unit), unit.tags)));
  const pairs = pairUnits(file.units, delivered.units, wantedTexts, bilingual);
  if (pairs === null) findings.push({ code: 'file-differs', severity: 'error', message: `The delivered file has ${delivered.units.length} texts, the project ${file.units.length}.` });
  const everything = pairs === null ? delivered.units.map((unit) => collapsed(textOf(unit, bilingual))).join('\n') : '';
  file.units.forEach((unit, i) => {
    const other = pairs?.[i], wordless = pairs !== null && other === undefined;
    const wanted = file.targets.get(unit.id) ?? joinUnit(unit);
    const got = other && runsOf(other, bilingual);
    const wholeUnit = other !== undefined && collapsed(textOf(other, bilingual)) === wantedTexts[i];
    const inFile = wholeUnit ? '' : other ? collapsed(textOf(other, bilingual)) : everything;
    for (const segment of unit.segments) {
      segments++;
      if (segment.target === null) { untranslated++; continue; }
      const text = collapsed(equivalentText(segment.target, unit.tags));
      if (wholeUnit || (!wordless && inFile.includes(text))) found++;
      else if (wordless) findings.push(about(segment, 'text-lost', 'error', `Segment ${segment.number} has words, its translation has none: ${quote(text)}`));
      else findings.push(about(segment, 'segment-not-found', 'error', `Segment ${segment.number} is not in the delivered file: ${quote(text)}`));
    }
    const presence = tagPresence(wanted, unit.tags, got && other ? { runs: got, unit: other } : undefined);
    tags += presence.tags;
    tagsFound += presence.found;
    if (!wordless) for (const missing of new Set(presence.missing)) findings.push(about(unit.segments[0], 'tag-missing', 'error', `A tag of ${nameOf(unit)} is not in the delivered file: ${missing}`));
    if (!wholeUnit && other && !bilingual) findings.push(...leftOver(unit, collapsed(textOf(other, false))));
  });
  if (untranslated > 0) findings.push({ code: 'untranslated', severity: 'warning', message: `${untranslated} of ${segments} segments have no translation and stand in the source language.`, fileId: file.source.id });
  return { segments: segments - untranslated, found, tags, tagsFound, untranslated, findings };
}

/**
 * The delivered units in the order of the project's; null when their number differs otherwise than by texts without words. Texts within tags (the description of an image)
 * go where a translation takes the tag: units that are not where they were are looked for among the others like them.
 */
function pairUnits(stored: readonly StoredUnit[], delivered: readonly Unit[], wanted: readonly string[], bilingual: boolean): readonly (Unit | undefined)[] | null {
  // A reader passes over a text without letters and digits: where a translation lost all of them, its unit has no partner.
  const wordy = wanted.flatMap((text, i) => (hasWords(text) ? [i] : []));
  if (stored.length !== delivered.length && wordy.length === delivered.length && wordy.length < stored.length) {
    const pairs: (Unit | undefined)[] = stored.map(() => undefined);
    delivered.forEach((unit, n) => { const i = wordy[n]; if (i !== undefined) pairs[i] = unit; });
    return pairs;
  }
  if (stored.length === delivered.length) {
    const texts = delivered.map((unit) => collapsed(textOf(unit, bilingual)));
    const strayed = wanted.flatMap((text, i) => (text === texts[i] ? [] : [i]));
    const left = new Set(strayed), places = new Map<number, number>(), byText = new Map<string, number[]>();
    for (const at of strayed.toReversed()) {
      const key = `${delivered[at]?.role} ${texts[at]}`;
      const there = byText.get(key);
      if (there) there.push(at);
      else byText.set(key, [at]);
    }
    for (const i of strayed) {
      const place = byText.get(`${stored[i]?.role} ${wanted[i]}`)?.pop();
      if (place === undefined) continue;
      left.delete(place);
      places.set(i, place);
    }
    const rest = [...left];
    for (const i of strayed) if (!places.has(i)) places.set(i, rest.shift() ?? i);
    return delivered.flatMap((unit, i) => delivered[places.get(i) ?? i] ?? [unit]);
  }
  const byId = new Map(delivered.map((unit) => [unit.id, unit]));
  const paired = stored.flatMap((unit) => byId.get(unit.id) ?? []);
  return paired.length === stored.length ? paired : null;
}

/** Sentences whose translation differs from them and that stand in the delivered unit all the same. */
function leftOver(unit: StoredUnit, text: string): Finding[] {
  return unit.segments.flatMap((segment) => {
    if (segment.target === null) return [];
    const source = collapsed(equivalentText(segment.source, unit.tags)), target = collapsed(equivalentText(segment.target, unit.tags));
    const isLeft = source.split(' ').length >= 3 && source !== target && !target.includes(source) && text.includes(source);
    return isLeft ? [about(segment, 'source-left-over', 'error', `The source of segment ${segment.number} still stands in the delivered file: ${quote(source)}`)] : [];
  });
}

const runsOf = (unit: Unit, bilingual: boolean): ReadonlyRuns => (bilingual ? (unit.target ?? unit.source) : unit.source);
const textOf = (unit: Unit, bilingual: boolean): string => equivalentText(runsOf(unit, bilingual), unit.tags);
const nameOf = (unit: StoredUnit): string => (unit.segments[0] ? `segment ${unit.segments[0].number}` : unit.id);
const about = (segment: StoredSegment | undefined, code: Finding['code'], severity: Finding['severity'], message: string): Finding =>
  ({ code, severity, message, ...(segment ? { segmentId: segment.id } : {}) });

/** White space as layout sees it: runs of it are one space; soft breaks and byte-order marks are none. */
export const collapsed = (text: string): string => text.replace(/[\s\u00a0]+/gu, ' ').trim();
export const quote = (text: string): string => `“${text.length > 80 ? `${text.slice(0, 80)}…` : text}”`;
