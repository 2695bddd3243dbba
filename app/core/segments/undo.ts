/** Undo and redo across segments, sessions and batches. */
import { StudioError } from '../../contract/errors.ts';
import type { WriteDb } from '../db/connection.ts';
import { revertGroup, topGroup } from './edit-log.ts';
import type { Author } from './save-segment.ts';

/**
 * Takes the last action back, or does the one that was taken back last again; the ids of its segments, null when there is
 * none. Throws CONFLICT for the translation that is running.
 */
export function stepBack({ db, runningJob }: { readonly db: WriteDb; readonly runningJob: number | null }, direction: 'undo' | 'redo', author: Author): number[] | null {
  const group = topGroup(db, direction);
  if (!group) return null;
  if (group.jobId !== null && group.jobId === runningJob)
    throw new StudioError('CONFLICT', 'The last action is the translation that is running.', { advice: 'Cancel it first; then it can be undone as a whole.' });
  return revertGroup(db, group, direction, author);
}
