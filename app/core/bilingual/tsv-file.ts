/**
 * A table for spreadsheets and scripts: tab-separated, UTF-8 with a byte order mark (which spreadsheets need), one line a segment.
 * Tags are `{b1}` ... `{/b1}` and `{br2/}`; `\` escapes a brace, itself, line ends, tabs and what text files can't hold. A cell
 * that a spreadsheet would take for a formula begins with `'`.
 */
import Papa from 'papaparse';
import { StudioError } from '../../contract/errors.ts';
import type { ReadonlyRuns, Runs, Tag } from '../../contract/shapes/text.ts';
import { decodeText } from '../files/text-encoding.ts';
import { normalizeRuns } from '../segments/runs.ts';
import type { BilingualFormat, WrittenSegment } from './bilingual-format.ts';
import { describeOrigin } from './describe-origin.ts';
import { readNumber, readState } from './read-numbers.ts';

const COLUMNS = ['file', 'id', 'source', 'target', 'state', 'origin'] as const;

export const tsvFile: BilingualFormat = {
  kind: 'tsv', name: 'Table (TSV)', extension: 'tsv', holds: 'all',
  write(documents) {
    const rows: string[][] = [[...COLUMNS]];
    for (const { file, units } of documents)
      for (const { segments, tags } of units)
        for (const { id, source, target, state, origin } of segments) rows.push([guard(escapeCell(file)), `${id}`, guard(marked(source, tags)), guard(marked(target ?? [], tags)), state, guard(escapeCell(describeOrigin(origin)))]);
    return Buffer.from(`\ufeff${Papa.unparse(rows, { delimiter: '\t', newline: '\r\n' })}\r\n`);
  },
  read(bytes) {
    const { data } = Papa.parse<string[]>(decodeText(bytes, { encoding: 'utf-8' }).text, { delimiter: '\t', newline: '\r\n', skipEmptyLines: true });
    const [header, ...rows] = data;
    if (header?.join() !== COLUMNS.join()) throw broken('its first line does not name the columns');
    return rows.map((row): WrittenSegment => {
      const [, id, source = '', target = '', state] = row;
      if (row.length !== COLUMNS.length) throw broken(`the line of segment ${id ?? '?'} has ${row.length} cells instead of ${COLUMNS.length}`);
      const known = readState(state) ?? (() => { throw broken(`segment ${id ?? '?'} has the unknown state “${state ?? ''}”`); })();
      const runs = unmarked(unguard(target));
      return { id: readNumber(id, 'a line'), source: unmarked(unguard(source)), target: runs.length === 0 && known === 'not-started' ? null : runs, state: known };
    });
  },
};

const broken = (why: string): StudioError => new StudioError('FORMAT_BROKEN', `The table can't be read: ${why}.`, { advice: 'Write the file again from the project.' });

/** OWASP, "CSV Injection": what may begin a formula; `'` itself, so that it can be told from a guard. */
const guard = (cell: string): string => (/^[=+\-@'＝＋－＠]/.test(cell) ? `'${cell}` : cell);
const unguard = (cell: string): string => (cell.startsWith("'") ? cell.slice(1) : cell);

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\', '{': '\\{' };
const escapeCell = (text: string): string => text.replace(/[\\{\u0000-\u001f\u007f\u2028\u2029\ufeff]|\p{Surrogate}/gu, (character) => NAMED[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

function marked(runs: ReadonlyRuns, tags: readonly Tag[]): string {
  return runs.map((run) => {
    if (typeof run === 'string') return escapeCell(run);
    const label = (tags[run.tag - 1]?.label ?? '').replace(/[^\p{L}\p{N}:.-]/gu, '').replace(/(\d)$/, '$1-');
    return `{${run.kind === 'close' ? '/' : ''}${label}${run.tag}${run.kind === 'empty' ? '/' : ''}}`;
  }).join('');
}

const CHARACTERS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
function unmarked(cell: string): Runs {
  const runs: Runs = [];
  for (const [part, hex, escaped, slash, number, alone] of cell.matchAll(/\\u([0-9a-f]{4})|\\(.)|\{(\/?)[^{}]*?(\d+)(\/?)\}|[^\\{]+|[\\{]/gs)) {
    if (number !== undefined) runs.push({ tag: readNumber(number, 'a tag'), kind: slash ? 'close' : alone ? 'empty' : 'open' });
    else runs.push(hex !== undefined ? String.fromCharCode(Number.parseInt(hex, 16)) : escaped !== undefined ? (CHARACTERS[escaped] ?? escaped) : part);
  }
  return normalizeRuns(runs);
}
