/** Texts with tags, tag tables, origins and findings as JSON columns: checked when read, since a project file may come from anywhere. */
import * as v from 'valibot';
import { Finding, Origin } from '../../contract/shapes/segment.ts';
import { Tag } from '../../contract/shapes/text.ts';
import type { ReadonlyRuns, Runs } from '../../contract/shapes/text.ts';
import { damaged, json } from '../db/row.ts';
import type { Row } from '../db/row.ts';
import { normalizeRuns } from './runs.ts';

const TAG_KINDS: readonly unknown[] = ['open', 'close', 'empty'];

/** Written by hand, not by the schema: it runs over whole projects. */
function isRuns(value: unknown): value is Runs {
  return Array.isArray(value) && value.every((run: unknown) =>
    typeof run === 'string' || (typeof run === 'object' && run !== null && 'tag' in run && Number.isSafeInteger(run.tag) && Number(run.tag) >= 1 && 'kind' in run && TAG_KINDS.includes(run.kind)));
}

/** Runs in normal form, so that equal texts are equal columns. */
export const runsColumn = (runs: ReadonlyRuns): string => JSON.stringify(normalizeRuns(runs));
export const runsColumnOrNull = (runs: ReadonlyRuns | null): string | null => (runs === null ? null : runsColumn(runs));

export function runsOf(row: Row, column: string): Runs {
  const value = json(row, column);
  if (!isRuns(value)) throw damaged(column);
  return value;
}

export const runsOrNull = (row: Row, column: string): Runs | null => (row[column] === null ? null : runsOf(row, column));

function parsed<S extends v.GenericSchema>(schema: S, row: Row, column: string): v.InferOutput<S> {
  const result = v.safeParse(schema, json(row, column));
  if (!result.success) throw damaged(column);
  return result.output;
}

const Tags = v.array(Tag), Findings = v.array(Finding);
export const tagsOf = (row: Row, column: string): Tag[] => (row[column] === '[]' ? [] : parsed(Tags, row, column));
export const findingsOf = (row: Row, column: string): Finding[] => (row[column] === '[]' ? [] : parsed(Findings, row, column));
export const originOf = (row: Row, column: string): Origin => parsed(Origin, row, column);
export const originOrNull = (row: Row, column: string): Origin | null => (row[column] === null ? null : originOf(row, column));
