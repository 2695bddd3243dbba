import { describe, expect, it } from 'vitest';
import { openInMemory } from '../../connection.ts';
import { migrate } from '../../migrate.ts';
import { sql } from '../../sql.ts';
import { projectFile } from './0001-project-file.ts';

const SCHEMA = { name: 'project', applicationId: 1, migrations: [projectFile] };

describe('0001 project file', () => {
  it('makes the tables of a project from nothing', () => {
    const db = openInMemory();
    migrate(db, SCHEMA);
    expect(db.column(sql`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`))
      .toEqual(['document', 'edit', 'edit_group', 'job', 'project', 'segment', 'setting', 'unit']);
    db.close();
  });

  it('makes the edit log append-only', () => {
    const db = openInMemory();
    migrate(db, SCHEMA);
    db.script(`
      INSERT INTO document VALUES (1, 'a.txt', '/a.txt', 'txt', NULL, '', x'');
      INSERT INTO unit VALUES (1, 1, 'u', 'p', NULL, '[]', '[]');
      INSERT INTO segment (id, number, document_id, unit_id, gap_before, source, source_text, source_key, words, locked, state) VALUES (1, 1, 1, 1, '[]', '["a"]', 'a', x'00', 1, 0, 'draft');
      INSERT INTO edit_group VALUES (1, '2026-01-01', 'me', 'save', 'undo', NULL, NULL, NULL);
      INSERT INTO edit VALUES (1, 1, 1, '{}', NULL, '["b"]', 'not-started', 'draft', NULL, '{}', '[]', '[]')`);
    expect(() => db.run(sql`UPDATE edit SET state_after = 'translated'`)).toThrow('the edit log is append-only');
    db.close();
  });
});
