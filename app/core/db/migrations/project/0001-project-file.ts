/** The project file: documents as bytes, their units cut into segments, the edit log, jobs. */
import type { Migration } from '../../migrate.ts';

export const projectFile: Migration = {
  version: 1,
  purpose: 'project file',
  script: `
    CREATE TABLE project (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      name TEXT NOT NULL,
      source_language TEXT NOT NULL,
      target_language TEXT NOT NULL,
      created_at TEXT NOT NULL
    ) STRICT;

    CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

    CREATE TABLE document (
      id INTEGER PRIMARY KEY,
      path TEXT NOT NULL UNIQUE,
      origin_path TEXT NOT NULL,
      format TEXT NOT NULL,
      encoding TEXT,
      sha256 TEXT NOT NULL,
      bytes BLOB NOT NULL
    ) STRICT;

    CREATE TABLE unit (
      id INTEGER PRIMARY KEY,
      document_id INTEGER NOT NULL REFERENCES document ON DELETE CASCADE,
      key TEXT NOT NULL,
      role TEXT NOT NULL,
      note TEXT,
      tags TEXT NOT NULL,
      gap_after TEXT NOT NULL,
      UNIQUE (document_id, key)
    ) STRICT;

    CREATE TABLE segment (
      id INTEGER PRIMARY KEY,
      number INTEGER NOT NULL UNIQUE,
      document_id INTEGER NOT NULL REFERENCES document ON DELETE CASCADE,
      unit_id INTEGER NOT NULL REFERENCES unit ON DELETE CASCADE,
      gap_before TEXT NOT NULL,
      source TEXT NOT NULL,
      source_text TEXT NOT NULL,
      source_key BLOB NOT NULL,
      words INTEGER NOT NULL,
      locked INTEGER NOT NULL CHECK (locked IN (0, 1)),
      version INTEGER NOT NULL DEFAULT 0,
      state TEXT NOT NULL CHECK (state IN ('not-started', 'draft', 'translated', 'reviewed', 'rejected')),
      target TEXT,
      target_text TEXT,
      origin TEXT,
      findings TEXT NOT NULL DEFAULT '[]',
      finding_count INTEGER NOT NULL DEFAULT 0,
      CHECK ((target IS NULL) = (target_text IS NULL))
    ) STRICT;
    CREATE INDEX segment_of_unit ON segment (unit_id);
    CREATE INDEX segment_by_source ON segment (source_key);
    CREATE INDEX segment_tally ON segment (document_id, state, words, finding_count);
    CREATE INDEX segment_open ON segment (number) WHERE locked = 0 AND state NOT IN ('translated', 'reviewed');

    CREATE TABLE edit_group (
      id INTEGER PRIMARY KEY,
      at TEXT NOT NULL,
      who TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('save', 'translate', 'document', 'undo', 'redo')),
      stack TEXT NOT NULL CHECK (stack IN ('undo', 'redo', 'none')),
      reverts INTEGER REFERENCES edit_group,
      job_id INTEGER REFERENCES job,
      continues INTEGER REFERENCES edit_group
    ) STRICT;
    CREATE INDEX edit_group_stack ON edit_group (stack, id);
    CREATE INDEX edit_group_of_job ON edit_group (job_id) WHERE job_id IS NOT NULL;

    CREATE TABLE edit (
      id INTEGER PRIMARY KEY,
      group_id INTEGER NOT NULL REFERENCES edit_group,
      segment_id INTEGER NOT NULL REFERENCES segment ON DELETE CASCADE,
      origin TEXT NOT NULL,
      target_before TEXT,
      target_after TEXT,
      state_before TEXT NOT NULL,
      state_after TEXT NOT NULL,
      origin_before TEXT,
      origin_after TEXT,
      findings_before TEXT NOT NULL,
      findings_after TEXT NOT NULL,
      UNIQUE (group_id, segment_id)
    ) STRICT;
    CREATE INDEX edit_of_segment ON edit (segment_id, id);
    CREATE TRIGGER edit_is_append_only BEFORE UPDATE ON edit
      BEGIN SELECT RAISE(ABORT, 'the edit log is append-only'); END;

    CREATE TABLE job (
      id INTEGER PRIMARY KEY,
      kind TEXT NOT NULL CHECK (kind IN ('translate')),
      state TEXT NOT NULL CHECK (state IN ('running', 'done', 'cancelled', 'failed', 'superseded')),
      input TEXT NOT NULL,
      total INTEGER NOT NULL,
      started_at TEXT NOT NULL,
      ended_at TEXT,
      error TEXT
    ) STRICT;
  `,
};
