/** Segments of a document put together to what its format writes. */
import { StudioError } from '../../contract/errors.ts';
import type { SegmentState } from '../../contract/shapes/segment.ts';
import type { ReadonlyRuns } from '../../contract/shapes/text.ts';
import { joinUnit } from '../segments/cut-unit.ts';
import { compareTags, describeTag } from '../segments/runs.ts';
import type { StoredUnit } from '../projects/units.ts';

/** From least to most finished: a unit is as finished as its least finished segment. */
const ORDER: readonly SegmentState[] = ['not-started', 'rejected', 'draft', 'translated', 'reviewed'];

export interface UnitTargets { readonly targets: ReadonlyMap<string, ReadonlyRuns>; readonly states: ReadonlyMap<string, SegmentState> }

/**
 * The units that have a translation: in those, a segment without one gives its source. A unit whose translation stands in
 * the document already, unchanged, is left out. Throws TAGS_BROKEN, naming the segment, where a target would break the document.
 */
export function unitTargets(units: readonly StoredUnit[]): UnitTargets {
  const targets = new Map<string, ReadonlyRuns>(), states = new Map<string, SegmentState>();
  for (const unit of units) {
    if (!unit.segments.some(({ target, version, origin }) => target !== null && !(version === 1 && origin?.kind === 'document'))) continue;
    for (const segment of unit.segments) requireWhole(unit, segment);
    targets.set(unit.id, joinUnit(unit));
    states.set(unit.id, ORDER[Math.min(...unit.segments.map(({ state }) => ORDER.indexOf(state)))] ?? 'draft');
  }
  return { targets, states };
}

function requireWhole({ tags }: StoredUnit, { id, number, source, target }: StoredUnit['segments'][number]): void {
  if (target === null) return;
  const problem = compareTags(source, target, tags).find(({ severity }) => severity === 'error');
  if (!problem) return;
  throw new StudioError('TAGS_BROKEN', `Segment ${number} would break the document: look at its tag ${describeTag({ tag: problem.tag, kind: problem.kind }, tags)}.`, {
    advice: `Open segment ${number}, set its tags as in the source, and export again.`, data: { segmentId: id, number, tag: problem.tag, code: problem.code },
  });
}

/** The error of a format, with the numbers of the segments in the unit that it names. */
export function namingSegments(error: unknown, units: readonly StoredUnit[]): unknown {
  if (!(error instanceof StudioError) || error.code !== 'TAGS_BROKEN') return error;
  const unit = units.find(({ id }) => id === error.data['unit']);
  if (!unit || unit.segments.length === 0) return error;
  const numbers = unit.segments.map(({ number }) => number).join(', ');
  return new StudioError('TAGS_BROKEN', `${error.message} It is made of segment ${numbers}.`, { advice: `Open segment ${numbers} and set the tags as in the source.`, data: { ...error.data, segments: numbers }, cause: error });
}
