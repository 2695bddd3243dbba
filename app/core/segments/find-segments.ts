/** Which segments a filter keeps. */
import type { SegmentFilter } from '../../contract/shapes/segment.ts';
import type { ReadDb } from '../db/connection.ts';
import { allOf, isIn, sql } from '../db/sql.ts';
import type { Sql } from '../db/sql.ts';
import { matchTexts } from './pattern-search.ts';
import { searchedText } from './segment-table.ts';
import type { SearchedText } from './segment-table.ts';

type TextFilter = NonNullable<SegmentFilter['text']>;

/** The part of a filter that the database answers. */
function conditions(filter: SegmentFilter): Sql[] {
  const all: Sql[] = [];
  if (filter.fileId !== undefined) all.push(sql`document_id = ${filter.fileId}`);
  if (filter.states !== undefined) all.push(isIn('state', filter.states));
  if (filter.origins !== undefined) all.push(isIn(`json_extract(origin, '$.kind')`, filter.origins));
  if (filter.withFindings !== undefined) all.push(filter.withFindings ? sql`finding_count > 0` : sql`finding_count = 0`);
  return all;
}

const OPEN = sql`locked = 0 AND state NOT IN ('translated', 'reviewed')`;

/** Ids in document order. Throws INVALID_INPUT for a pattern that is no regular expression or takes too long. */
export async function findSegments(db: ReadDb, filter: SegmentFilter): Promise<number[]> {
  const { text } = filter;
  if (text === undefined || text.pattern === '') return db.column(sql`SELECT id FROM segment WHERE ${allOf(conditions(filter))} ORDER BY number`).map(Number);
  return matching(candidates(db, conditions(filter)), text);
}

/**
 * The next segment after `after` (an id; 0 or an unknown one: from the start) that is kept, neither confirmed nor locked;
 * from the end it goes on at the start, up to `after` itself. Null when there is none.
 */
export async function nextUnconfirmed(db: ReadDb, after: number, filter: SegmentFilter): Promise<number | null> {
  const start = Number(db.column(sql`SELECT number FROM segment WHERE id = ${after}`)[0] ?? 0);
  const { text } = filter;
  if (text === undefined || text.pattern === '') {
    const next = (place: Sql): unknown => db.column(sql`SELECT id FROM segment INDEXED BY segment_open WHERE ${OPEN} AND ${place} AND ${allOf(conditions(filter))} ORDER BY number LIMIT 1`)[0];
    const id = next(sql`number > ${start}`) ?? next(sql`number <= ${start}`);
    return id === undefined ? null : Number(id);
  }
  const ahead = await matching(candidates(db, [...conditions(filter), OPEN, sql`number > ${start}`]), text);
  return ahead[0] ?? (await matching(candidates(db, [...conditions(filter), OPEN, sql`number <= ${start}`]), text))[0] ?? null;
}

function candidates(db: ReadDb, where: readonly Sql[]): SearchedText[] {
  return db.all(sql`SELECT id, source_text, target_text FROM segment WHERE ${allOf(where)} ORDER BY number`).map(searchedText);
}

async function matching(texts: readonly SearchedText[], { pattern, side, regex, matchCase }: TextFilter): Promise<number[]> {
  const sides = (text: SearchedText): string[] => [side === 'target' ? '' : text.source, side === 'source' ? '' : (text.target ?? '')];
  if (regex) {
    const kept = await matchTexts(pattern, matchCase ? 'u' : 'iu', texts.map((text) => sides(text).filter((part) => part !== '')));
    return texts.filter((_, i) => kept[i]).map(({ id }) => id);
  }
  const wanted = fold(pattern, matchCase);
  return texts.filter((text) => sides(text).some((part) => fold(part, matchCase).includes(wanted))).map(({ id }) => id);
}

/** Text without regard to case, and to how accented letters are composed. */
const fold = (text: string, matchCase: boolean): string => (matchCase ? text : text.toLowerCase()).normalize('NFC');
