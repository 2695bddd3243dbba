/** The termbases of a project in its file. */
import type { NewTerm, ProjectTermbase, Term } from '../../contract/shapes/term.ts';
import { StudioError } from '../../contract/errors.ts';
import type { ReadDb, WriteDb } from '../db/connection.ts';
import { damaged, flag, integer, json, text, textOrNull } from '../db/row.ts';
import type { Row } from '../db/row.ts';
import { isIn, sql } from '../db/sql.ts';
import type { TermbaseEntry } from './termbase.ts';

/** Terms that were added one by one have a termbase of this name. */
const BY_HAND = 'Added by hand';

export function listTermbases(db: ReadDb): ProjectTermbase[] {
  return db.all(sql`SELECT termbase.id, name, path, count(term.id) AS terms FROM termbase LEFT JOIN term ON term.termbase_id = termbase.id GROUP BY termbase.id ORDER BY path IS NOT NULL, name, termbase.id`)
    .map((row) => ({ id: integer(row, 'id'), name: text(row, 'name'), path: textOrNull(row, 'path'), terms: integer(row, 'terms') }));
}

export const allTerms = (db: ReadDb): Term[] => db.all(sql`SELECT * FROM term ORDER BY id`).map(termOf);

/** Those of the ids that are there, in the order asked for. */
export function termsByIds(db: ReadDb, ids: readonly number[]): Term[] {
  return db.all(sql`SELECT term.* FROM json_each(${JSON.stringify(ids)}) AS wanted JOIN term ON term.id = wanted.value ORDER BY wanted.key`).map(termOf);
}

/** Puts a termbase's entries in the place of what was read from that file before; what came and what went. */
export function replaceTermbase(db: WriteDb, { name, path, entries, at }: { name: string; path: string; entries: readonly TermbaseEntry[]; at: string }): { added: Term[]; removed: Term[] } {
  return db.transaction(() => {
    const known = db.get(sql`SELECT id FROM termbase WHERE path = ${path}`);
    const removed = known === undefined ? [] : removeTermbase(db, integer(known, 'id'));
    const { lastId } = db.run(sql`INSERT INTO termbase (name, path, added_at) VALUES (${name}, ${path}, ${at})`);
    return { added: entries.map((entry) => insertTerm(db, lastId, entry)), removed };
  });
}

/** Adds a term by hand, unless one that says the same was added so: that one, then. */
export function addTerm(db: WriteDb, term: NewTerm, at: string): { term: Term; isNew: boolean } {
  return db.transaction(() => {
    const own = db.get(sql`SELECT id FROM termbase WHERE path IS NULL`);
    const termbaseId = own === undefined ? db.run(sql`INSERT INTO termbase (name, path, added_at) VALUES (${BY_HAND}, NULL, ${at})`).lastId : integer(own, 'id');
    const { sources, targets, forbidden, caseSensitive, doNotTranslate } = columnsOf(term);
    const same = db.get(sql`SELECT * FROM term WHERE termbase_id = ${termbaseId} AND sources = ${sources} AND targets = ${targets} AND forbidden = ${forbidden} AND case_sensitive = ${caseSensitive} AND do_not_translate = ${doNotTranslate}`);
    return same === undefined ? { term: insertTerm(db, termbaseId, term), isNew: true } : { term: termOf(same), isNew: false };
  });
}

/** Gives what was removed. */
export function removeTerms(db: WriteDb, ids: readonly number[]): Term[] {
  return db.transaction(() => {
    const removed = termsByIds(db, [...new Set(ids)]);
    db.run(sql`DELETE FROM term WHERE ${isIn('id', ids)}`);
    return removed;
  });
}

/** Gives what was removed. Throws NOT_FOUND. */
export function removeTermbase(db: WriteDb, id: number): Term[] {
  return db.transaction(() => {
    const removed = db.all(sql`SELECT * FROM term WHERE termbase_id = ${id}`).map(termOf);
    if (db.run(sql`DELETE FROM termbase WHERE id = ${id}`).changes === 0) throw new StudioError('NOT_FOUND', 'The project has no such termbase.', { advice: 'Look at the list of termbases again.', data: { termbaseId: id } });
    return removed;
  });
}

function insertTerm(db: WriteDb, termbaseId: number, entry: TermbaseEntry): Term {
  const { sources, targets, forbidden, caseSensitive, doNotTranslate } = columnsOf(entry);
  const { lastId } = db.run(sql`INSERT INTO term (termbase_id, sources, targets, forbidden, case_sensitive, do_not_translate) VALUES (${termbaseId}, ${sources}, ${targets}, ${forbidden}, ${caseSensitive}, ${doNotTranslate})`);
  return { id: lastId, termbaseId, sources: [...entry.sources], targets: [...entry.targets], forbidden: [...(entry.forbidden ?? [])], caseSensitive: entry.caseSensitive ?? false, doNotTranslate: entry.doNotTranslate ?? false };
}

const columnsOf = ({ sources, targets, forbidden = [], caseSensitive = false, doNotTranslate = false }: TermbaseEntry) => ({
  sources: JSON.stringify(sources), targets: JSON.stringify(targets), forbidden: JSON.stringify(forbidden), caseSensitive: caseSensitive ? 1 : 0, doNotTranslate: doNotTranslate ? 1 : 0,
});

const termOf = (row: Row): Term => ({
  id: integer(row, 'id'), termbaseId: integer(row, 'termbase_id'), sources: formsOf(row, 'sources'), targets: formsOf(row, 'targets'), forbidden: formsOf(row, 'forbidden'),
  caseSensitive: flag(row, 'case_sensitive'), doNotTranslate: flag(row, 'do_not_translate'),
});

function formsOf(row: Row, column: string): string[] {
  const forms = json(row, column);
  if (!Array.isArray(forms) || !forms.every((form): form is string => typeof form === 'string')) throw damaged(`term.${column}`);
  return forms;
}
