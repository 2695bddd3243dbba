/**
 * Reads a training corpus: a text file in UTF-8, one example a line, columns separated by tabs. Which columns are the source
 * and the target is the task's: a translation has one of each, a question and its context together make a source.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { EngineError } from '../../engine/engine-error.ts';
import { DropCount, type CorpusReport, type DropReason } from './corpus-report.ts';

export interface SentencePair {
  readonly source: string;
  readonly target: string;
}

export interface CorpusColumns {
  /** Columns from 0 whose texts make the source, joined by SOURCE_SEPARATOR. */
  readonly source: readonly number[];
  readonly target: number;
  /** Puts the texts of these columns together in another way. */
  readonly join?: (texts: readonly string[]) => string;
}

export interface CorpusLimits {
  /** UTF-16 units of a source or target. */
  readonly maxCharacters: number;
  /** The longer text of a pair may have so many times the characters of the shorter; Infinity for summaries and answers. */
  readonly maxRatio: number;
}

export interface Corpus {
  readonly pairs: readonly SentencePair[];
  /** Of each pair the number of its line, from 1. */
  readonly lines: readonly number[];
  readonly report: CorpusReport;
  /** sha256 of the kept pairs, in hexadecimal: the same corpus has the same hash wherever its file lies. */
  readonly hash: string;
}

export const TRANSLATION_COLUMNS: CorpusColumns = { source: [0], target: 1 };
/** Between the columns of one source, e.g. a question and its context. */
export const SOURCE_SEPARATOR = ' | ';
const DEFAULT_LIMITS: CorpusLimits = { maxCharacters: 3000, maxRatio: 9 };
/** Short texts may differ more: "OK" and "Compreendido". */
const SHORT = 20;
/** Longer lines are not kept in memory whole. */
const LONGEST_LINE = 1_000_000;
const LINES_A_REPORT = 20_000;

/**
 * Errors: INVALID_INPUT when the file can't be read or keeps no pair, with what was wrong with its lines as advice.
 * Rejects with the signal's reason.
 */
export async function readCorpus(
  file: string,
  options: { readonly columns?: CorpusColumns; readonly limits?: Partial<CorpusLimits> } = {},
  { signal, report }: { signal?: AbortSignal; report?: (lines: number) => void } = {},
): Promise<Corpus> {
  const columns = options.columns ?? TRANSLATION_COLUMNS;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const pairs: SentencePair[] = [];
  const lines: number[] = [];
  const count = new DropCount();
  const seen = new Set<string>();
  const hash = createHash('sha256');
  let number = 0;
  try {
    for await (const line of linesOf(file)) {
      number++;
      if (number % LINES_A_REPORT === 0) {
        signal?.throwIfAborted();
        report?.(number);
      }
      if (line !== null && line.trim() === '') continue;
      const pair = pairOf(line, columns, limits);
      if (typeof pair === 'string') count.drop(pair, number);
      else {
        const key = createHash('sha1').update(`${pair.source}\t${pair.target}`).digest('base64');
        if (seen.has(key)) count.drop('duplicate', number);
        else {
          seen.add(key);
          hash.update(`${pair.source}\t${pair.target}\n`);
          pairs.push(pair);
          lines.push(number);
          count.keep();
        }
      }
    }
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new EngineError('INVALID_INPUT', `The corpus ${file} ${whyUnread(error)}.`, 'Give a text file with tab-separated columns.', { cause: error });
  }
  signal?.throwIfAborted();
  return { pairs, lines, report: count.report(), hash: hash.digest('hex') };
}

/** The pair of a line, or why it is none. `null` stands for a line beyond all limits. */
function pairOf(line: string | null, { source, target, join = joined }: CorpusColumns, { maxCharacters, maxRatio }: CorpusLimits): SentencePair | DropReason {
  if (line === null) return 'too-long';
  if (line.includes('\ufffd')) return 'not-utf8';
  const cells = line.split('\t');
  if (cells.length <= Math.max(target, ...source)) return 'wrong-columns';
  const pair = { source: join(source.map((column) => cells[column]?.trim() ?? '')), target: cells[target]?.trim() ?? '' };
  if (/\p{Cc}/u.test(pair.source + pair.target)) return 'control-characters';
  if (source.every((column) => cells[column]?.trim() === '')) return 'empty-source';
  if (pair.target === '') return 'empty-target';
  const [a, b] = [pair.source.length, pair.target.length];
  if (Math.max(a, b) > maxCharacters) return 'too-long';
  return Math.max(a, b) > SHORT && Math.max(a, b) > maxRatio * Math.min(a, b) ? 'lengths-differ' : pair;
}

const joined = (texts: readonly string[]): string => texts.join(SOURCE_SEPARATOR);

/** Lines without their ends; null for one longer than LONGEST_LINE. Bytes that are not UTF-8 become U+FFFD. */
async function* linesOf(file: string): AsyncGenerator<string | null> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  let overlong = false;
  for await (const chunk of createReadStream(file)) {
    if (!(chunk instanceof Uint8Array)) continue;
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      yield overlong || line.length > LONGEST_LINE ? null : line.replace(/\r$/, '');
      overlong = false;
    }
    if (rest.length > LONGEST_LINE) {
      rest = '';
      overlong = true;
    }
  }
  rest += decoder.decode();
  if (overlong || rest !== '') yield overlong ? null : rest.replace(/\r$/, '');
}

function whyUnread(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'does not exist';
  return code === 'EISDIR' ? 'is a folder, not a file' : `can't be read: ${error instanceof Error ? error.message : String(error)}`;
}
