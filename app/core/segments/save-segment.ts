/** Storing what a translator did to one segment. */
import { StudioError } from '../../contract/errors.ts';
import type { Origin, Segment, SegmentState } from '../../contract/shapes/segment.ts';
import type { Runs } from '../../contract/shapes/text.ts';
import type { WriteDb } from '../db/connection.ts';
import { beginGroup, changeSegment } from './edit-log.ts';
import type { Author, Content } from './edit-log.ts';
import type { TermRules } from '../terms/term-rules.ts';
import { checkTarget } from './findings.ts';
import { compareTags, describeTag, normalizeRuns, sameRuns } from './runs.ts';
import { carryTarget } from './same-source.ts';
import { segmentById, twinsOf } from './segment-table.ts';
import type { Twin } from './segment-table.ts';
import { continuedTyping } from './undo.ts';

export interface Save {
  readonly segmentId: number;
  /** The version that the caller saw. */
  readonly version: number;
  readonly target: Runs | null;
  readonly state: SegmentState;
  readonly origin?: Origin | undefined;
}
/**
 * Stores a target and its state, durable when it returns; `typed` unless another origin is given. A confirmed target
 * (`translated`, `reviewed`) goes to the segments with the same source that no one has worked on, in the same edit group.
 * The state follows the target: a target is at least a draft, no target is not started. Nothing changed: nothing is logged.
 * `terms` are checked with the rest.
 * Throws NOT_FOUND, LOCKED, CONFLICT (the current row as JSON in `data.segment`), TAGS_BROKEN for a confirmed target that
 * would break its document, INVALID_INPUT for one that is confirmed without a target or has a tag of no table.
 */
export function saveSegment(db: WriteDb, save: Save, author: Author, terms: TermRules | null = null): { segment: Segment; propagated: number[] } {
  return db.transaction(() => {
    const current = segmentById(db, save.segmentId);
    requireChangeable(current, save);
    const target = save.target === null ? null : normalizeRuns(save.target);
    const state = stateFor(save.state, target, current);
    requireTags(current, target, state);
    const sameTarget = sameRuns(current.target, target);
    // Confirming a machine's text does not make it a typed one.
    const kept = sameTarget && (save.origin === undefined || save.origin.kind === 'typed') ? current.origin : null;
    if (sameTarget && state === current.state && (kept !== null || target === null)) return { segment: current, propagated: [] };
    const origin: Origin = kept ?? save.origin ?? { kind: 'typed' };
    const content: Content = {
      target, state, origin: target === null ? null : origin,
      findings: sameTarget ? current.findings.map(({ code, severity, message }) => ({ code, severity, message })) : checkTarget({ source: current.source, target, tags: current.tags, terms }),
    };
    const typing = state === 'draft' && origin.kind === 'typed' && !sameTarget;
    const group = beginGroup(db, { kind: 'save', ...author, continues: typing ? continuedTyping(db, current.id, author) : null });
    changeSegment(db, group, current.id, content, sameTarget ? { kind: 'typed' } : origin);
    const propagated = isConfirmed(state) && target !== null ? propagate(db, group, { ...current, target }, terms) : [];
    return { segment: segmentById(db, current.id), propagated };
  });
}

export const isConfirmed = (state: SegmentState): boolean => state === 'translated' || state === 'reviewed';

function requireChangeable(current: Segment, { version }: Save): void {
  const data = { segmentId: current.id, number: current.number };
  if (current.locked) throw new StudioError('LOCKED', `Segment ${current.number} is locked.`, { advice: 'Its document says that it must not be changed.', data });
  if (current.version !== version)
    throw new StudioError('CONFLICT', `Segment ${current.number} has changed since it was read.`, { advice: 'Look at its new text and save again.', data: { ...data, version: current.version, segment: JSON.stringify(current) } });
}

function stateFor(state: SegmentState, target: Runs | null, { number }: Segment): SegmentState {
  if (target !== null) return state === 'not-started' ? 'draft' : state;
  if (isConfirmed(state)) throw new StudioError('INVALID_INPUT', `Segment ${number} has no translation to confirm.`, { advice: 'Type one first; an empty one may be confirmed.', data: { number } });
  return state === 'draft' ? 'not-started' : state;
}

function requireTags({ source, tags, number, id }: Segment, target: Runs | null, state: SegmentState): void {
  if (target === null) return;
  const data = { segmentId: id, number };
  const unknown = target.find((run) => typeof run !== 'string' && run.tag > tags.length);
  if (unknown !== undefined) throw new StudioError('INVALID_INPUT', `The translation of segment ${number} has a tag that its text does not know.`, { advice: 'Take the tag out.', data });
  const problem = compareTags(source, target, tags).find(({ severity }) => severity === 'error');
  if (!problem || !isConfirmed(state)) return;
  throw new StudioError('TAGS_BROKEN', `Segment ${number} can't be confirmed: its tag ${describeTag({ tag: problem.tag, kind: problem.kind }, tags)} is ${PROBLEMS[problem.code]}.`, {
    advice: 'Set its tags as in the source; until then it stays a draft.', data: { ...data, tag: problem.tag, code: problem.code },
  });
}

const PROBLEMS = { 'tag-missing': 'missing', 'tag-extra': 'not in the source', 'tag-order': 'closed before it opens', 'tag-nesting': 'crossed by another' } as const;

/** Whether no person has worked on the segment: nothing there, or a machine's or another segment's text that nobody confirmed. */
function isUntouched({ state, origin }: Twin): boolean {
  return state === 'not-started' || (state === 'draft' && (origin?.kind === 'mt' || origin?.kind === 'propagated'));
}

function propagate(db: WriteDb, group: number, from: Segment & { target: Runs }, terms: TermRules | null): number[] {
  const changed: number[] = [];
  for (const twin of twinsOf(db, from.id)) {
    const target = carryTarget(from.target, from.source, twin.source);
    if (!isUntouched(twin)) continue;
    const origin: Origin = { kind: 'propagated', segment: from.id };
    changeSegment(db, group, twin.id, { target, state: 'draft', origin, findings: checkTarget({ source: twin.source, target, tags: twin.tags, terms }) }, origin);
    changed.push(twin.id);
  }
  return changed;
}
