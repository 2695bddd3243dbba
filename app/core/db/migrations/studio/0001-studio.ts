/** The studio's own database in the workspace: projects opened lately, and settings. */
import type { Migration } from '../../migrate.ts';

export const studio: Migration = {
  version: 1,
  purpose: 'recent projects and settings',
  script: `
    CREATE TABLE recent_project (
      path TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      source_language TEXT NOT NULL,
      target_language TEXT NOT NULL,
      opened_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX recent_project_order ON recent_project (opened_at);

    CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
};
