import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openDatabase } from '../../connection.ts';
import { migrate } from '../../migrate.ts';
import { sql } from '../../sql.ts';
import { projectFile } from './0001-project-file.ts';
import { documentVersions } from './0002-document-versions.ts';

const folder = mkdtempSync(join(tmpdir(), 'bitext-0002-'));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

it('0002 document versions: keeps every row, gives no id twice, and keeps edits when their segment goes to the shelf', () => {
  const db = openDatabase(join(folder, 'a.bitext'), { create: true });
  migrate(db, { name: 'project', applicationId: 1, migrations: [projectFile] });
  db.script(`
    INSERT INTO document VALUES (1, 'a.txt', '/a.txt', 'txt', 'utf8', 'hash', x'61');
    INSERT INTO unit VALUES (4, 1, 'u', 'p', 'note', '[]', '[" "]');
    INSERT INTO segment VALUES (7, 1, 1, 4, '[]', '["a"]', 'a', x'00', 1, 0, 1, 'draft', '["b"]', 'b', '{"kind":"typed"}', '[]', 0);
    INSERT INTO job VALUES (1, 'translate', 'done', '{}', 1, '2026-01-01', NULL, NULL);
    INSERT INTO edit_group VALUES (1, '2026-01-01', 'me', 'save', 'undo', NULL, NULL, NULL), (2, '2026-01-02', 'me', 'translate', 'redo', 1, 1, 1);
    INSERT INTO edit VALUES (1, 1, 7, '{"kind":"typed"}', NULL, '["b"]', 'not-started', 'draft', NULL, '{"kind":"typed"}', '[]', '[]')`);
  const contents = () => ({
    document: db.all(sql`SELECT * FROM document`), unit: db.all(sql`SELECT * FROM unit`), segment: db.all(sql`SELECT * FROM segment`),
    group: db.all(sql`SELECT * FROM edit_group`), edit: db.all(sql`SELECT * FROM edit`), job: db.all(sql`SELECT * FROM job`),
  });
  const before = contents();
  migrate(db, { name: 'project', applicationId: 1, migrations: [projectFile, documentVersions] });
  expect(contents()).toEqual({ ...before, segment: before.segment.map((row) => ({ ...row, carried_from: null })) });
  expect(() => db.run(sql`UPDATE edit SET state_after = 'translated'`)).toThrow('the edit log is append-only');

  db.run(sql`DELETE FROM unit`);
  db.script(`INSERT INTO unit (document_id, key, role, tags, gap_after) VALUES (1, 'u', 'p', '[]', '[]');
    INSERT INTO segment (number, document_id, unit_id, gap_before, source, source_text, source_key, words, locked, state) VALUES (1, 1, 5, '[]', '["c"]', 'c', x'01', 1, 0, 'not-started')`);
  expect({ units: db.column(sql`SELECT id FROM unit`), segments: db.column(sql`SELECT id FROM segment`), edits: db.column(sql`SELECT segment_id FROM edit`) }).toEqual({ units: [5], segments: [8], edits: [7] });
  db.close();
});
