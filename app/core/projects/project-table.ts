/** The one row that says what a project is, and its summary. */
import type { Project, ProjectFile, StateCounts } from '../../contract/shapes/project.ts';
import type { SegmentState } from '../../contract/shapes/segment.ts';
import type { ReadDb, WriteDb } from '../db/connection.ts';
import { damaged, integer, text, word } from '../db/row.ts';
import { sql } from '../db/sql.ts';
import { STATES, undoState } from '../segments/edit-log.ts';
import { isConfirmed } from '../segments/save-segment.ts';
import { listDocuments } from './documents.ts';

export interface ProjectMeta {
  readonly name: string;
  /** BCP 47. */
  readonly from: string;
  readonly to: string;
}

export function insertProject(db: WriteDb, { name, from, to }: ProjectMeta, at: string): void {
  db.run(sql`INSERT INTO project (id, name, source_language, target_language, created_at) VALUES (1, ${name}, ${from}, ${to}, ${at})`);
}

export function projectMeta(db: ReadDb): ProjectMeta {
  const row = db.get(sql`SELECT name, source_language, target_language FROM project`);
  if (!row) throw damaged('project');
  return { name: text(row, 'name'), from: text(row, 'source_language'), to: text(row, 'target_language') };
}

const noStates = (): StateCounts => ({ 'not-started': 0, draft: 0, translated: 0, reviewed: 0, rejected: 0 });

/** Counted from one index, without reading a segment. */
export const TALLY = sql`SELECT document_id, state, count(*) AS segments, sum(words) AS words, sum(finding_count) AS findings FROM segment GROUP BY document_id, state`;

/** All that is shown of a project but its handle and its unfinished job. */
export function summarize(db: ReadDb): Omit<Project, 'id' | 'unfinishedJob'> {
  const files = new Map<number, ProjectFile>(listDocuments(db).map(({ id, path, format }) => [id, { id, path, format, segments: 0, words: 0, states: noStates(), wordsDone: 0, findings: 0 }]));
  const total = { segments: 0, words: 0, wordsDone: 0, states: noStates() };
  for (const row of db.all(TALLY)) {
    const state: SegmentState = word(row, 'state', STATES);
    const segments = integer(row, 'segments'), words = integer(row, 'words'), done = isConfirmed(state) ? words : 0;
    const file = files.get(integer(row, 'document_id'));
    if (!file) throw damaged('segment.document_id');
    for (const sum of [file, total]) {
      sum.segments += segments;
      sum.words += words;
      sum.wordsDone += done;
      sum.states[state] += segments;
    }
    file.findings += integer(row, 'findings');
  }
  return { ...projectMeta(db), path: db.path, files: [...files.values()], ...total, ...undoState(db) };
}
