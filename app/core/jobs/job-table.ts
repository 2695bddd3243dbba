/** The journal of long operations: what was begun, how far it came, how it ended. */
import type { ReadDb, WriteDb } from '../db/connection.ts';
import { integer, text } from '../db/row.ts';
import { sql } from '../db/sql.ts';

export interface StoredJob { readonly id: number; /** Segments that it has translated and nobody took back. */ readonly done: number; readonly total: number; readonly input: string }

/** A translation that did not come to its end: cut off with its process, cancelled, or failed. Only the newest counts. */
function unfinishedRow(db: ReadDb): StoredJob | null {
  const row = db.get(sql`SELECT id, state, total, input FROM job ORDER BY id DESC LIMIT 1`);
  if (!row || row['state'] === 'done' || row['state'] === 'superseded') return null;
  const id = integer(row, 'id');
  return { id, done: standingSegments(db, id), total: integer(row, 'total'), input: text(row, 'input') };
}

/** The edit log is the journal of what is done: it can't say more than what is there. */
const standingSegments = (db: ReadDb, jobId: number): number =>
  Number(db.column(sql`SELECT count(*) FROM edit_group JOIN edit ON edit.group_id = edit_group.id WHERE edit_group.job_id = ${jobId} AND edit_group.stack = 'undo'`)[0]);

export function unfinishedTranslation(db: ReadDb): { done: number; total: number } | null {
  const job = unfinishedRow(db);
  return job ? { done: job.done, total: job.total } : null;
}

/**
 * The unfinished translation when it was asked for in the same way, to be gone on with; else a new one, and what was
 * unfinished is given up. `remaining`: how many segments are to be done now.
 */
export function beginTranslation(db: WriteDb, input: string, remaining: (resumed: StoredJob | null) => number, at: string): StoredJob {
  return db.transaction(() => {
    const unfinished = unfinishedRow(db);
    const resumed = unfinished?.input === input ? unfinished : null;
    const left = remaining(resumed);
    if (resumed) {
      const total = resumed.done + left;
      db.run(sql`UPDATE job SET state = 'running', total = ${total}, ended_at = NULL, error = NULL WHERE id = ${resumed.id}`);
      return { ...resumed, total };
    }
    if (unfinished) db.run(sql`UPDATE job SET state = 'superseded' WHERE id = ${unfinished.id}`);
    const { lastId } = db.run(sql`INSERT INTO job (kind, state, input, total, started_at) VALUES ('translate', 'running', ${input}, ${left}, ${at})`);
    return { id: lastId, done: 0, total: left, input };
  });
}

export function endJob(db: WriteDb, id: number, state: 'done' | 'cancelled' | 'failed', at: string, error: string | null = null): void {
  db.run(sql`UPDATE job SET state = ${state}, ended_at = ${at}, error = ${error} WHERE id = ${id}`);
}
