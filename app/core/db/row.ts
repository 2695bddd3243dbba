/** Reading columns of a row with their type checked: a project file may come from anywhere. */
import { StudioError } from '../../contract/errors.ts';

export type Row = Readonly<Record<string, unknown>>;

/** The error of a stored value that can't be: DB_DAMAGED, naming where it stands. */
export function damaged(what: string): StudioError {
  return new StudioError('DB_DAMAGED', `The project file holds an impossible value (${what}).`, { advice: 'Keep the file, and open a copy of it from your last backup.', data: { what } });
}

export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw damaged(column);
  return value;
}

export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw damaged(column);
  return value;
}

export function bytes(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw damaged(column);
  return value;
}

export const flag = (row: Row, column: string): boolean => integer(row, column) !== 0;

export const textOrNull = (row: Row, column: string): string | null => (row[column] === null ? null : text(row, column));

export const integerOrNull = (row: Row, column: string): number | null => (row[column] === null ? null : integer(row, column));

/** One of a fixed set of words. */
export function word<const W extends string>(row: Row, column: string, words: readonly W[]): W {
  const value = row[column];
  const known = words.find((candidate) => candidate === value);
  if (known === undefined) throw damaged(column);
  return known;
}

/** The value of a JSON column, unchecked in shape; DB_DAMAGED when it is not JSON. */
export function json(row: Row, column: string): unknown {
  try {
    return JSON.parse(text(row, column));
  } catch {
    throw damaged(column);
  }
}
