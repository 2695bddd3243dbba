import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openDatabase } from '../../connection.ts';
import { migrate } from '../../migrate.ts';
import { sql } from '../../sql.ts';
import { projectFile } from './0001-project-file.ts';
import { documentVersions } from './0002-document-versions.ts';
import { projectTerms } from './0003-project-terms.ts';

const folder = mkdtempSync(join(tmpdir(), 'bitext-0003-'));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

it('0003 project terms: makes room for termbases and keeps what is there; a termbase takes its terms with it', () => {
  const db = openDatabase(join(folder, 'a.bitext'), { create: true });
  migrate(db, { name: 'project', applicationId: 1, migrations: [projectFile, documentVersions] });
  db.script("INSERT INTO project VALUES (1, 'Offer', 'en', 'pt', '2026-01-01'); INSERT INTO setting VALUES ('adaptation', '{}')");
  migrate(db, { name: 'project', applicationId: 1, migrations: [projectFile, documentVersions, projectTerms] });
  expect([db.all(sql`SELECT name FROM project`), db.all(sql`SELECT * FROM setting`)]).toEqual([[{ name: 'Offer' }], [{ key: 'adaptation', value: '{}' }]]);
  db.script(`
    INSERT INTO termbase VALUES (1, 'customer.tbx', '/customer.tbx', '2026-01-02'), (2, 'By hand', NULL, '2026-01-02');
    INSERT INTO term VALUES (1, 1, '["pump"]', '["bomba"]', '[]', 0, 0), (2, 2, '["Blue Sky"]', '[]', '[]', 0, 1)`);
  db.run(sql`DELETE FROM termbase WHERE id = 1`);
  expect(db.all(sql`SELECT id, sources FROM term`)).toEqual([{ id: 2, sources: '["Blue Sky"]' }]);
  db.close();
});
