/**
 * Termbases as tables: TSV, or CSV with comma or semicolon. Columns: the term, its translation, further forms that are
 * allowed, a note. Forms in one cell are separated by `|`, the preferred one first; as many forms of the term as of the
 * translation are pairs (car|cars, carro|carros). A first line that names the columns (`source`, `target`, or the codes of the
 * two languages, also the other way round) is left out. In the note, `DNT` (do not translate) lets the translation be empty,
 * `case` makes letter case count, and with `forbidden` the translation and its further forms are what must not be said.
 */
import Papa from 'papaparse';
import { faultOf, type LanguagePair, normalForm, type Termbase, type TermbaseEntry, type TermProblem } from './termbase.ts';

const SOURCE_NAMES = ['source', 'term', 'source term', 'source_term'];
const TARGET_NAMES = ['target', 'translation', 'target term', 'target_term'];
const DO_NOT_TRANSLATE = /\bdnt\b|\bdo[ -]not[ -]translate\b/i;
const CASE_MATTERS = /\bcase\b/i;
const FORBIDDEN = /\bforbidden\b/i;

export function readTermTable(text: string, kind: 'tsv' | 'csv', pair: LanguagePair): Termbase {
  const entries: TermbaseEntry[] = [];
  const problems: TermProblem[] = [];
  let columns: readonly [source: number, target: number] = [0, 1];
  let line = 1;
  let at = 0;
  let first = true;
  const { errors } = Papa.parse<string[]>(text, {
    delimiter: kind === 'tsv' ? '\t' : delimiterOf(text),
    // Quotation marks in a line of tabs may be inches or words that someone said.
    ...(kind === 'tsv' ? { quoteChar: '\u0000' } : {}),
    step: ({ data, errors: faults, meta }) => {
      const here = line;
      line += text.slice(at, meta.cursor).split('\n').length - 1;
      at = meta.cursor;
      const cells = data.map((cell) => (kind === 'tsv' ? unquoted(cell.trim()) : cell.trim()));
      if (cells.every((cell) => cell === '')) return;
      const named = first ? columnsNamed(cells, pair) : null;
      first = false;
      if (named !== null) columns = named;
      else if (faults[0] !== undefined) problems.push({ line: here, message: `${faults[0].message}.` });
      else {
        const read = entryOf(cells, columns);
        if (typeof read === 'string') problems.push({ line: here, message: read });
        else entries.push(read);
      }
    },
  });
  return { entries, problems: errors.length === 0 || problems.length > 0 ? problems : errors.map(({ message }) => ({ line, message: `${message}.` })) };
}

/** A cell that a spreadsheet has quoted. */
const unquoted = (cell: string): string => (/^"(?:[^"]|"")*"$/.test(cell) && cell.length > 2 ? cell.slice(1, -1).replaceAll('""', '"') : cell);

/** What the first line has more of. */
function delimiterOf(text: string): string {
  const [first = ''] = text.split('\n', 1);
  const count = (sign: string): number => first.split(sign).length;
  return [',', ';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}

function columnsNamed(cells: readonly string[], { from, to }: LanguagePair): readonly [number, number] | null {
  const [one = '', other = ''] = cells.map((cell) => cell.toLowerCase());
  if (SOURCE_NAMES.includes(one) && TARGET_NAMES.includes(other)) return [0, 1];
  if (TARGET_NAMES.includes(one) && SOURCE_NAMES.includes(other)) return [1, 0];
  if (isLanguage(one, from) && isLanguage(other, to)) return [0, 1];
  return isLanguage(one, to) && isLanguage(other, from) ? [1, 0] : null;
}

const isLanguage = (cell: string, tag: string): boolean => /^[a-z]{2,3}(?:[-_][a-z0-9]{2,8})*$/.test(cell) && cell.split(/[-_]/)[0] === tag.toLowerCase().split('-')[0];

function entryOf(cells: readonly string[], [sourceColumn, targetColumn]: readonly [number, number]): TermbaseEntry | string {
  const sources = formsIn(cells[sourceColumn]);
  const targets = [...formsIn(cells[targetColumn]), ...formsIn(cells[2])];
  const note = cells[3] ?? '';
  const doNotTranslate = DO_NOT_TRANSLATE.test(note) || (cells[3] === undefined && DO_NOT_TRANSLATE.test(cells[2] ?? ''));
  if (sources.length === 0) return 'There is no term in the first column.';
  if (targets.length === 0 && !doNotTranslate) return `There is no translation of “${sources.join('|')}”.`;
  const fault = [...sources, ...(doNotTranslate ? [] : targets)].map(faultOf).find((each) => each !== null);
  if (fault !== undefined) return fault;
  const caseSensitive = CASE_MATTERS.test(note) ? { caseSensitive: true } : {};
  if (FORBIDDEN.test(note) && !doNotTranslate) return { sources, targets: [], forbidden: targets, ...caseSensitive };
  return { sources, targets: doNotTranslate ? [] : targets, ...caseSensitive, ...(doNotTranslate ? { doNotTranslate: true } : {}) };
}

const formsIn = (cell = ''): string[] => [...new Set(cell.split('|').map(normalForm).filter((form) => form !== ''))];
