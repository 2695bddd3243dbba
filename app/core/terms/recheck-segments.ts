/** Findings of terms follow the termbases, and what undo brings back: segments are checked again in portions, between which others have their turn. */
import { setImmediate as turn } from 'node:timers/promises';
import type { ReadDb, WriteDb } from '../db/connection.ts';
import { integer, text } from '../db/row.ts';
import { isIn, sql } from '../db/sql.ts';
import { termFindings } from '../segments/findings.ts';
import { findingsOf } from '../segments/stored-runs.ts';
import { projectTerms } from './project-terms.ts';
import { TermRules } from './term-rules.ts';
import type { TermbaseEntry } from './termbase.ts';

interface Project { readonly db: WriteDb; readonly closing: AbortSignal }

/** Segments of one transaction. */
const PORTION = 1000;

/** Ids of translated segments in whose source one of these entries stands. Ends early when the project is closed. */
export async function segmentsWith(entries: readonly TermbaseEntry[], { db, closing }: { readonly db: ReadDb; readonly closing: AbortSignal }): Promise<number[]> {
  const rules = new TermRules(entries);
  const found: number[] = [];
  for (let last = 0; ;) {
    const rows = db.all(sql`SELECT id, source_text FROM segment WHERE id > ${last} AND target IS NOT NULL ORDER BY id LIMIT ${PORTION}`);
    for (const row of rows) if (rules.placesIn(text(row, 'source_text')).length > 0) found.push(integer(row, 'id'));
    const end = rows.at(-1);
    if (end === undefined) return found;
    last = integer(end, 'id');
    await turn();
    if (closing.aborted) return found;
  }
}

/** Ids of all translated segments; none where no term could say anything of them. */
export const translatedSegments = (db: ReadDb): number[] => (projectTerms(db).rules.isEmpty ? [] : db.column(sql`SELECT id FROM segment WHERE target IS NOT NULL`).map(Number));

/** Checks translated segments against the terms as they are now; those whose findings changed. Ends early when the project is closed. No edit is logged, and no version rises: no text has changed. */
export async function recheckSegments({ db, closing }: Project, ids: readonly number[]): Promise<number[]> {
  const changed: number[] = [];
  for (let start = 0; start < ids.length && !closing.aborted; start += PORTION) {
    const portion = ids.slice(start, start + PORTION);
    changed.push(...db.transaction(() => recheckPortion(db, portion)));
    await turn();
  }
  return changed;
}

function recheckPortion(db: WriteDb, ids: readonly number[]): number[] {
  const { rules } = projectTerms(db);
  const rows = db.all(sql`SELECT id, source_text, target_text, findings FROM segment WHERE ${isIn('id', ids)} AND target IS NOT NULL AND (${rules.isEmpty ? 0 : 1} OR findings LIKE '%"term-%')`);
  return rows.flatMap((row) => {
    const id = integer(row, 'id'), target = text(row, 'target_text');
    const others = findingsOf(row, 'findings').filter(({ code }) => code !== 'term-missing' && code !== 'term-forbidden');
    // An empty translation has that one finding alone.
    const findings = target.trim() === '' ? others : [...others, ...termFindings(rules, text(row, 'source_text'), target)];
    const column = JSON.stringify(findings);
    return db.run(sql`UPDATE segment SET findings = ${column}, finding_count = ${findings.length} WHERE id = ${id} AND findings <> ${column}`).changes > 0 ? [id] : [];
  });
}
