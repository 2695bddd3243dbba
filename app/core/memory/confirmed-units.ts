/** What the translators of a project have confirmed, as units of a memory. */
import { StudioError } from '../../contract/errors.ts';
import { sql } from '../db/sql.ts';
import { modelText, tagsForModel } from '../jobs/model-text.ts';
import { openProjectFile } from '../projects/project-file.ts';
import { projectMeta } from '../projects/project-table.ts';
import { runsOf, tagsOf } from '../segments/stored-runs.ts';
import type { TranslationUnit } from './translation-memory.ts';

/** Confirmed segments of a project file, the newest last. Throws what opening it does, and INVALID_INPUT when it has other languages. */
export function confirmedUnits(path: string, pair: { readonly from: string; readonly to: string }): TranslationUnit[] {
  const db = openProjectFile(path);
  try {
    const { from, to } = projectMeta(db);
    const primary = (tag: string): string => tag.toLowerCase().split('-')[0] ?? '';
    if (primary(from) !== primary(pair.from) || primary(to) !== primary(pair.to))
      throw new StudioError('INVALID_INPUT', `${path} translates ${from} to ${to}, not ${pair.from} to ${pair.to}.`, { advice: 'Name a memory of the same languages.', data: { path } });
    return db.all(sql`SELECT segment.source, segment.target, unit.tags FROM segment JOIN unit ON unit.id = segment.unit_id LEFT JOIN edit ON edit.segment_id = segment.id
      WHERE segment.state IN ('translated', 'reviewed') AND segment.target IS NOT NULL GROUP BY segment.id ORDER BY max(edit.id), segment.id`)
      .map((row) => {
        const tags = tagsForModel(tagsOf(row, 'tags'));
        return { source: modelText(runsOf(row, 'source'), tags), target: modelText(runsOf(row, 'target'), tags) };
      });
  } finally {
    db.close();
  }
}
