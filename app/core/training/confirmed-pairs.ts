/** The confirmed segments of a project as a training corpus. */
import { setImmediate as turn } from 'node:timers/promises';
import type { ReadDb } from '../db/connection.ts';
import { findSegments } from '../segments/find-segments.ts';
import { equivalentText } from '../segments/runs.ts';
import { segmentsByIds } from '../segments/segment-table.ts';

/** Rows that are read at once. */
const PAGE = 500;

/** One line a segment, source and target separated by a tab, without inline tags; in document order. */
export async function confirmedPairs(db: ReadDb): Promise<string[]> {
  const ids = await findSegments(db, { states: ['translated', 'reviewed'] });
  const lines: string[] = [];
  for (let start = 0; start < ids.length; start += PAGE) {
    for (const { source, target, tags } of segmentsByIds(db, ids.slice(start, start + PAGE)))
      if (target !== null) lines.push([source, target].map((side) => equivalentText(side, tags).replace(/\s+/gu, ' ').trim()).join('\t'));
    // Of a large project others are not to wait for all.
    await turn();
  }
  return lines;
}
