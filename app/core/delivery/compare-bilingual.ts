/** A delivered bilingual file, opened again and compared with the project segment by segment, exactly. */
import type { BilingualKind } from '../../contract/shapes/delivery.ts';
import type { Finding } from '../../contract/shapes/segment.ts';
import type { ReadonlyRuns } from '../../contract/shapes/text.ts';
import type { WrittenSegment } from '../bilingual/bilingual-format.ts';
import { bilingualFormat } from '../bilingual/registry.ts';
import type { DeliveredFile } from '../jobs/delivered-file.ts';
import { plainText, sameRuns, tagKey, tagRuns } from '../segments/runs.ts';
import type { Comparison } from './comparison.ts';
import { collapsed, quote } from './compare-document.ts';

/** Sources and targets must be equal run by run: a bilingual file has no layout that could rewrap them. */
export function compareBilingual(kind: BilingualKind, file: DeliveredFile, written: readonly WrittenSegment[]): Comparison {
  const { holds } = bilingualFormat(kind);
  const byId = new Map(written.map((segment) => [segment.id, segment]));
  const findings: Finding[] = [];
  let segments = 0, found = 0, tags = 0, tagsFound = 0, untranslated = 0;
  for (const unit of file.units) for (const segment of unit.segments) {
    if (segment.target === null) untranslated++;
    if (segment.target === null && holds === 'translated') continue;
    segments++;
    const other = byId.get(segment.id);
    const wanted = tagRuns(segment.target ?? segment.source).map(tagKey);
    const there = new Set(tagRuns(other?.target ?? other?.source ?? []).map(tagKey));
    tags += wanted.length;
    tagsFound += wanted.filter((key) => there.has(key)).length;
    if (other && sameRuns(other.source, segment.source) && sameRuns(other.target, segment.target)) found++;
    else findings.push({ code: other ? 'file-differs' : 'segment-not-found', severity: 'error', segmentId: segment.id, message: `Segment ${segment.number} ${other ? 'reads otherwise in' : 'is not in'} the delivered file: ${quote(shown(segment.target ?? segment.source))}` });
  }
  const expected = holds === 'all' ? file.units.reduce((sum, unit) => sum + unit.segments.length, 0) : segments;
  if (written.length !== expected) findings.push({ code: 'file-differs', severity: 'error', message: `The delivered file holds ${written.length} segments, the project ${expected}.` });
  return { segments, found, tags, tagsFound, untranslated, findings };
}

const shown = (runs: ReadonlyRuns): string => collapsed(plainText(runs));
