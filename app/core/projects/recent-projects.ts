/** Projects opened lately, in `studio.db`. */
import { existsSync } from 'node:fs';
import type { Output } from '../../contract/contract.ts';
import type { ReadDb, WriteDb } from '../db/connection.ts';
import { text } from '../db/row.ts';
import { sql } from '../db/sql.ts';
import type { ProjectMeta } from './project-table.ts';

const KEPT = 50;

export function noteOpened(db: WriteDb, path: string, { name, from, to }: ProjectMeta, at: string): void {
  db.transaction(() => {
    db.run(sql`INSERT INTO recent_project (path, name, source_language, target_language, opened_at) VALUES (${path}, ${name}, ${from}, ${to}, ${at})
      ON CONFLICT (path) DO UPDATE SET name = excluded.name, source_language = excluded.source_language, target_language = excluded.target_language, opened_at = excluded.opened_at`);
    db.run(sql`DELETE FROM recent_project WHERE path NOT IN (SELECT path FROM recent_project ORDER BY opened_at DESC LIMIT ${KEPT})`);
  });
}

/** Newest first; those whose file is gone are left out, and come back with it. */
export function recentProjects(db: ReadDb): Output<'project.recent'> {
  return db.all(sql`SELECT * FROM recent_project ORDER BY opened_at DESC LIMIT ${KEPT}`)
    .map((row) => ({ path: text(row, 'path'), name: text(row, 'name'), from: text(row, 'source_language'), to: text(row, 'target_language'), openedAt: text(row, 'opened_at') }))
    .filter(({ path }) => existsSync(path));
}
