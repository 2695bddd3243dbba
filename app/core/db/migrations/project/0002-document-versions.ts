/**
 * Documents that get a new version. The one that is not in place lies on the shelf, whole, and undo takes it back from
 * there; what is in place is alone in `document`, `unit` and `segment`, so that no list, count or export sees the other.
 * Ids of units and segments are never given twice, edits outlive the place of their segment, and an update is an action.
 */
import type { Migration } from '../../migrate.ts';

export const documentVersions: Migration = {
  version: 2,
  purpose: 'document versions',
  script: `
    CREATE TABLE new_unit (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      document_id INTEGER NOT NULL REFERENCES document ON DELETE CASCADE,
      key TEXT NOT NULL,
      role TEXT NOT NULL,
      note TEXT,
      tags TEXT NOT NULL,
      gap_after TEXT NOT NULL,
      UNIQUE (document_id, key)
    ) STRICT;
    INSERT INTO new_unit SELECT id, document_id, key, role, note, tags, gap_after FROM unit;

    CREATE TABLE new_segment (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
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
      carried_from INTEGER,
      CHECK ((target IS NULL) = (target_text IS NULL))
    ) STRICT;
    INSERT INTO new_segment SELECT id, number, document_id, unit_id, gap_before, source, source_text, source_key, words, locked, version, state,
      target, target_text, origin, findings, finding_count, NULL FROM segment;

    CREATE TABLE new_edit_group (
      id INTEGER PRIMARY KEY,
      at TEXT NOT NULL,
      who TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('save', 'translate', 'document', 'update', 'undo', 'redo')),
      stack TEXT NOT NULL CHECK (stack IN ('undo', 'redo', 'none')),
      reverts INTEGER REFERENCES edit_group,
      job_id INTEGER REFERENCES job,
      continues INTEGER REFERENCES edit_group
    ) STRICT;
    INSERT INTO new_edit_group SELECT id, at, who, kind, stack, reverts, job_id, continues FROM edit_group;

    CREATE TABLE new_edit (
      id INTEGER PRIMARY KEY,
      group_id INTEGER NOT NULL REFERENCES edit_group,
      segment_id INTEGER NOT NULL,
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
    INSERT INTO new_edit SELECT id, group_id, segment_id, origin, target_before, target_after, state_before, state_after,
      origin_before, origin_after, findings_before, findings_after FROM edit;

    DROP TABLE edit;
    DROP TABLE edit_group;
    DROP TABLE segment;
    DROP TABLE unit;
    ALTER TABLE new_unit RENAME TO unit;
    ALTER TABLE new_segment RENAME TO segment;
    ALTER TABLE new_edit_group RENAME TO edit_group;
    ALTER TABLE new_edit RENAME TO edit;

    CREATE INDEX segment_of_unit ON segment (unit_id);
    CREATE INDEX segment_by_source ON segment (source_key);
    CREATE INDEX segment_tally ON segment (document_id, state, words, finding_count);
    CREATE INDEX segment_open ON segment (number) WHERE locked = 0 AND state NOT IN ('translated', 'reviewed');
    CREATE INDEX edit_group_stack ON edit_group (stack, id);
    CREATE INDEX edit_group_of_job ON edit_group (job_id) WHERE job_id IS NOT NULL;
    CREATE INDEX edit_of_segment ON edit (segment_id, id);
    CREATE TRIGGER edit_is_append_only BEFORE UPDATE ON edit
      BEGIN SELECT RAISE(ABORT, 'the edit log is append-only'); END;

    CREATE TABLE shelved_document (
      id INTEGER PRIMARY KEY,
      group_id INTEGER NOT NULL REFERENCES edit_group,
      document_id INTEGER NOT NULL REFERENCES document ON DELETE CASCADE,
      format TEXT NOT NULL,
      encoding TEXT,
      sha256 TEXT NOT NULL,
      bytes BLOB NOT NULL
    ) STRICT;
    CREATE INDEX shelved_document_of_group ON shelved_document (group_id);
    CREATE INDEX shelved_document_of_document ON shelved_document (document_id);

    CREATE TABLE shelved_unit (
      id INTEGER PRIMARY KEY,
      shelf_id INTEGER NOT NULL REFERENCES shelved_document ON DELETE CASCADE,
      key TEXT NOT NULL,
      role TEXT NOT NULL,
      note TEXT,
      tags TEXT NOT NULL,
      gap_after TEXT NOT NULL
    ) STRICT;
    CREATE INDEX shelved_unit_of_shelf ON shelved_unit (shelf_id);

    CREATE TABLE shelved_segment (
      id INTEGER PRIMARY KEY,
      shelf_id INTEGER NOT NULL REFERENCES shelved_document ON DELETE CASCADE,
      unit_id INTEGER NOT NULL,
      gap_before TEXT NOT NULL,
      source TEXT NOT NULL,
      source_text TEXT NOT NULL,
      source_key BLOB NOT NULL,
      words INTEGER NOT NULL,
      locked INTEGER NOT NULL,
      version INTEGER NOT NULL,
      state TEXT NOT NULL,
      target TEXT,
      target_text TEXT,
      origin TEXT,
      findings TEXT NOT NULL,
      finding_count INTEGER NOT NULL,
      carried_from INTEGER
    ) STRICT;
    CREATE INDEX shelved_segment_of_shelf ON shelved_segment (shelf_id);
  `,
};
