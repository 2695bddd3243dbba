/** The termbases that bind in a project, as copies: a project that is opened elsewhere, or later, has its terms. */
import type { Migration } from '../../migrate.ts';

export const projectTerms: Migration = {
  version: 3,
  purpose: 'terms of the project',
  script: `
    CREATE TABLE termbase (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL,
      path TEXT UNIQUE,
      added_at TEXT NOT NULL
    ) STRICT;

    CREATE TABLE term (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      termbase_id INTEGER NOT NULL REFERENCES termbase ON DELETE CASCADE,
      sources TEXT NOT NULL,
      targets TEXT NOT NULL,
      forbidden TEXT NOT NULL,
      case_sensitive INTEGER NOT NULL CHECK (case_sensitive IN (0, 1)),
      do_not_translate INTEGER NOT NULL CHECK (do_not_translate IN (0, 1))
    ) STRICT;
    CREATE INDEX term_of_termbase ON term (termbase_id);
  `,
};
