/** Undo and redo across segments, sessions and batches. */
import { StudioError } from '../../contract/errors.ts';
import type { ReadDb, WriteDb } from '../db/connection.ts';
import { text } from '../db/row.ts';
import { sql } from '../db/sql.ts';
import { revertGroup, topGroup } from './edit-log.ts';
import type { Author, TopGroup } from './edit-log.ts';

export interface Step {
  readonly segmentIds: number[];
  /** Segments came and went: an update of documents was reverted, and numbers have changed. */
  readonly relisted: boolean;
}

/**
 * Takes the last action back, or does the one that was taken back last again; a stretch of typing is one action, and so is
 * an update of documents. Gives its segments (of an update: all that its documents have now), null when there is none.
 * Throws CONFLICT for the translation that is running, and for an update while one runs.
 */
export function stepBack({ db, runningJob }: { readonly db: WriteDb; readonly runningJob: number | null }, direction: 'undo' | 'redo', author: Author): Step | null {
  const group = topGroup(db, direction);
  if (!group) return null;
  if (group.jobId !== null && group.jobId === runningJob)
    throw new StudioError('CONFLICT', 'The last action is the translation that is running.', { advice: 'Cancel it first; then it can be undone as a whole.' });
  if (group.isUpdate && runningJob !== null)
    throw new StudioError('CONFLICT', 'The next action to take back or do again is an update of documents, and the project is being translated.', { advice: 'Wait for the translation, or cancel it first.' });
  return db.transaction(() => {
    const changed = new Set<number>();
    for (let next: TopGroup | null = group, last: TopGroup | null = null; next !== null && (last === null || belongs(last, next, direction)); last = next, next = topGroup(db, direction))
      for (const id of revertGroup(db, next, direction, author)) changed.add(id);
    return { segmentIds: [...changed], relisted: group.isUpdate };
  });
}

/** Whether a group is one step with the one that was reverted before it. */
const belongs = (last: TopGroup, next: TopGroup, direction: 'undo' | 'redo'): boolean => (direction === 'undo' ? last.continues === next.id : next.continues === last.id);

/** Saves closer than this are one stretch of typing. */
const TYPING_PAUSE_MS = 5_000;

/**
 * The group that a draft of segment `id` goes on with: the last action, when it stored a typed draft of the same segment by
 * the same person a moment ago. Null when it is an action of its own.
 */
export function continuedTyping(db: ReadDb, id: number, { who, at }: Author): number | null {
  const top = topGroup(db, 'undo');
  if (!top || topGroup(db, 'redo')) return null;
  const edits = db.all(sql`SELECT edit.segment_id, edit.state_after, json_extract(edit.origin, '$.kind') AS origin, edit_group.kind, edit_group.who, edit_group.at
    FROM edit_group JOIN edit ON edit.group_id = edit_group.id WHERE edit_group.id = ${top.id} LIMIT 2`);
  const [edit] = edits;
  if (!edit || edits.length > 1 || edit['segment_id'] !== id || edit['state_after'] !== 'draft' || edit['origin'] !== 'typed' || edit['kind'] !== 'save' || edit['who'] !== who) return null;
  return Math.abs(Date.parse(at) - Date.parse(text(edit, 'at'))) <= TYPING_PAUSE_MS ? top.id : null;
}

