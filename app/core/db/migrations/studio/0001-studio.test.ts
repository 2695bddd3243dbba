import { expect, it } from 'vitest';
import { openInMemory } from '../../connection.ts';
import { migrate } from '../../migrate.ts';
import { sql } from '../../sql.ts';
import { studio } from './0001-studio.ts';

it('0001 studio makes the tables of a workspace from nothing', () => {
  const db = openInMemory();
  migrate(db, { name: 'studio', applicationId: 1, migrations: [studio] });
  expect(db.column(sql`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)).toEqual(['recent_project', 'setting']);
  db.close();
});
