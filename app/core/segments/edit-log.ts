/**
 * The edit log: every change of a target, appended and never changed. Edits of one action are a group. A group stands on
 * the undo stack, on the redo stack or on none; undoing appends a group of its own, so the log shows all that happened.
 */
import type { Edit, Finding, Origin, SegmentState } from '../../contract/shapes/segment.ts';
import type { ReadonlyRuns, Runs } from '../../contract/shapes/text.ts';
import type { WriteDb, ReadDb } from '../db/connection.ts';
import { flag, integer, integerOrNull, text, word } from '../db/row.ts';
import { sql } from '../db/sql.ts';
import { exchangeVersions } from '../projects/shelf.ts';
import { plainText } from './runs.ts';
import { carryTarget } from './same-source.ts';
import { originOf, runsColumnOrNull, runsOf, runsOrNull } from './stored-runs.ts';

export const STATES: readonly SegmentState[] = ['not-started', 'draft', 'translated', 'reviewed', 'rejected'];

/** Who does something, and when (ISO 8601). */
export interface Author { readonly who: string; readonly at: string }

export interface Action extends Author {
  readonly kind: 'save' | 'translate' | 'document' | 'update' | 'undo' | 'redo';
  /** The group that an undo or redo reverts. */
  readonly reverts?: number;
  readonly jobId?: number;
  /** The group that this one goes on with: typing that was stored in between. Both are undone in one step. */
  readonly continues?: number | null;
}

/** What a segment holds after a change. */
export interface Content {
  readonly target: ReadonlyRuns | null;
  readonly state: SegmentState;
  readonly origin: Origin | null;
  readonly findings: readonly Finding[];
}

/**
 * Begins a group. What a user does (`save`, `translate`, `update` of documents) can be undone, and takes what was undone
 * before off the redo stack; what stood in a document, undo and redo themselves can't be.
 */
export function beginGroup(db: WriteDb, action: Action): number {
  const undoable = action.kind === 'save' || action.kind === 'translate' || action.kind === 'update';
  if (undoable) db.run(sql`UPDATE edit_group SET stack = 'none' WHERE stack = 'redo'`);
  return db.run(sql`INSERT INTO edit_group (at, who, kind, stack, reverts, job_id, continues)
    VALUES (${action.at}, ${action.who}, ${action.kind}, ${undoable ? 'undo' : 'none'}, ${action.reverts ?? null}, ${action.jobId ?? null}, ${action.continues ?? null})`).lastId;
}

/**
 * Changes a segment and logs it, in a transaction of the caller, who has checked that the change is allowed. With `version`
 * a segment that has another one by now stays as it is; says whether it was changed.
 */
export function changeSegment(db: WriteDb, groupId: number, segmentId: number, content: Content, origin: Origin, version?: number): boolean {
  const target = runsColumnOrNull(content.target), findings = JSON.stringify(content.findings);
  const contentOrigin = content.origin === null ? null : JSON.stringify(content.origin);
  const { changes } = db.run(sql`INSERT INTO edit (group_id, segment_id, origin, target_before, target_after, state_before, state_after, origin_before, origin_after, findings_before, findings_after)
    SELECT ${groupId}, id, ${JSON.stringify(origin)}, target, ${target}, state, ${content.state}, origin, ${contentOrigin}, findings, ${findings} FROM segment WHERE id = ${segmentId} AND version = coalesce(${version ?? null}, version)`);
  if (changes === 0) return false;
  db.run(sql`UPDATE segment SET target = ${target}, target_text = ${content.target === null ? null : plainText(content.target)}, state = ${content.state},
    origin = ${contentOrigin}, findings = ${findings}, finding_count = ${content.findings.length}, version = version + 1 WHERE id = ${segmentId}`);
  return true;
}

/**
 * The edits of one segment, oldest first, with those that it had in older versions of its document; tags in their texts have
 * the numbers that the segment uses now.
 */
export function historyOf(db: ReadDb, segmentId: number): Edit[] {
  const line = lineOf(db, segmentId), now = line[0]?.source ?? [];
  return line.reverse().flatMap(({ id, source }) => {
    const carried = (target: Runs | null): Runs | null => (target === null || id === segmentId ? target : carryTarget(target, source, now));
    return db.all(sql`SELECT edit.*, edit_group.at, edit_group.who FROM edit JOIN edit_group ON edit_group.id = edit.group_id WHERE edit.segment_id = ${id} ORDER BY edit.id`)
      .map((row) => ({
        id: integer(row, 'id'), segmentId, at: text(row, 'at'), who: text(row, 'who'), group: integer(row, 'group_id'),
        before: carried(runsOrNull(row, 'target_before')), after: carried(runsOrNull(row, 'target_after')),
        stateBefore: word(row, 'state_before', STATES), stateAfter: word(row, 'state_after', STATES), origin: originOf(row, 'origin'),
      }));
  });
}

/** A segment and those whose translation it was given when its document got a new version, newest first. */
function lineOf(db: ReadDb, segmentId: number): { id: number; source: Runs }[] {
  const line: { id: number; source: Runs }[] = [];
  for (let id: number | null = segmentId; id !== null;) {
    const row = db.get(sql`SELECT source, carried_from FROM segment WHERE id = ${id} UNION ALL SELECT source, carried_from FROM shelved_segment WHERE id = ${id}`);
    if (!row || line.some((known) => known.id === id)) break;
    line.push({ id, source: runsOf(row, 'source') });
    id = integerOrNull(row, 'carried_from');
  }
  return line;
}

export interface UndoState { readonly canUndo: boolean; readonly canRedo: boolean }

export function undoState(db: ReadDb): UndoState {
  return { canUndo: topGroup(db, 'undo') !== null, canRedo: topGroup(db, 'redo') !== null };
}

export interface TopGroup {
  readonly id: number;
  readonly jobId: number | null;
  readonly continues: number | null;
  /** Documents got new versions: reverted by their exchange, not by edits. */
  readonly isUpdate: boolean;
}

/** The group that `undo` (the newest) or `redo` (the one undone last) would take; null when there is none. */
export function topGroup(db: ReadDb, stack: 'undo' | 'redo'): TopGroup | null {
  const row = stack === 'undo'
    ? db.get(sql`SELECT id, job_id, continues, kind = 'update' AS is_update FROM edit_group WHERE stack = 'undo' ORDER BY id DESC LIMIT 1`)
    : db.get(sql`SELECT id, job_id, continues, kind = 'update' AS is_update FROM edit_group WHERE stack = 'redo' ORDER BY id LIMIT 1`);
  return row ? { id: integer(row, 'id'), jobId: integerOrNull(row, 'job_id'), continues: integerOrNull(row, 'continues'), isUpdate: flag(row, 'is_update') } : null;
}

/**
 * Takes a group back, or does it again, whatever its size; the ids of the segments that changed (of an update of documents:
 * all that they have then).
 */
export function revertGroup(db: WriteDb, group: TopGroup, direction: 'undo' | 'redo', action: Omit<Action, 'kind' | 'reverts'>): number[] {
  return db.transaction(() => {
    const own = beginGroup(db, { ...action, kind: direction, reverts: group.id });
    const changed = group.isUpdate ? exchangeVersions(db, group.id) : revertEdits(db, group.id, direction, own);
    db.run(sql`UPDATE edit_group SET stack = ${direction === 'undo' ? 'redo' : 'undo'} WHERE id = ${group.id}`);
    return changed;
  });
}

function revertEdits(db: WriteDb, groupId: number, direction: 'undo' | 'redo', own: number): number[] {
  definePlainText(db);
  const side = direction === 'undo' ? SIDES.before : SIDES.after;
  db.run({
    text: `INSERT INTO edit (group_id, segment_id, origin, target_before, target_after, state_before, state_after, origin_before, origin_after, findings_before, findings_after)
      SELECT ?, segment.id, json_object('kind', 'history', 'edit', edit.id), segment.target, edit.${side.target}, segment.state, edit.${side.state}, segment.origin, edit.${side.origin}, segment.findings, edit.${side.findings}
      FROM edit JOIN segment ON segment.id = edit.segment_id WHERE edit.group_id = ?`,
    values: [own, groupId],
  });
  db.run({
    text: `UPDATE segment SET target = edit.${side.target}, target_text = plain_text(edit.${side.target}), state = edit.${side.state}, origin = edit.${side.origin},
      findings = edit.${side.findings}, finding_count = json_array_length(edit.${side.findings}), version = version + 1
      FROM edit WHERE edit.group_id = ? AND edit.segment_id = segment.id`,
    values: [groupId],
  });
  return db.column(sql`SELECT segment_id FROM edit WHERE group_id = ${groupId} ORDER BY segment_id`).map(Number);
}

const SIDES = {
  before: { target: 'target_before', state: 'state_before', origin: 'origin_before', findings: 'findings_before' },
  after: { target: 'target_after', state: 'state_after', origin: 'origin_after', findings: 'findings_after' },
} as const;

const defined = new WeakSet<WriteDb>();

/** `plain_text(runs)` for the statements above: the text of a target column without its tags. */
function definePlainText(db: WriteDb): void {
  if (defined.has(db)) return;
  defined.add(db);
  db.define('plain_text', (column) => (column === null || column === undefined ? null : plainText(runsOf({ column }, 'column'))));
}
