/** Reads the termbases of a translation. */
import { basename, extname } from 'node:path';
import { StudioError } from '../../contract/errors.ts';
import type { FileFailure } from '../../contract/shapes/project.ts';
import { readNamed } from '../files/read-named.ts';
import { decodeText } from '../files/text-encoding.ts';
import { readTbx } from './tbx-file.ts';
import { readTermTable } from './term-table.ts';
import type { LanguagePair, Termbase, TermbaseEntry } from './termbase.ts';

export interface LoadedTerms {
  readonly entries: readonly TermbaseEntry[];
  /** Lines that can't be used, each with its file and number. */
  readonly failures: readonly FileFailure[];
}

/**
 * All entries of some termbases: TSV, CSV (`readTermTable`) and TBX (`readTbx`).
 * @throws StudioError FILE_MISSING, FORMAT_BROKEN; INVALID_INPUT for a file of another kind, or without one usable entry.
 */
export async function loadTerms(paths: readonly string[], pair: LanguagePair): Promise<LoadedTerms> {
  const entries: TermbaseEntry[] = [];
  const failures: FileFailure[] = [];
  for (const path of paths) {
    const termbase = await readTermbase(path, pair);
    entries.push(...termbase.entries);
    failures.push(...termbase.problems.map(({ line, message }) => ({ path, code: 'TERM_UNUSABLE', message: `Line ${line.toLocaleString('en')}: ${message}`, advice: 'Correct the line in the termbase; the others are used.' })));
    if (termbase.entries.length === 0)
      throw new StudioError('INVALID_INPUT', `${basename(path)} has no term from ${pair.from} to ${pair.to}${termbase.problems[0] === undefined ? '' : ` (line ${termbase.problems[0].line}: ${termbase.problems[0].message})`}.`, {
        advice: 'A table has the term in its first column and the translation in its second; a TBX file names its languages.', data: { path },
      });
  }
  return { entries, failures };
}

async function readTermbase(path: string, pair: LanguagePair): Promise<Termbase> {
  const kind = extname(path).toLowerCase();
  if (!['.tsv', '.txt', '.csv', '.tbx', '.xml'].includes(kind))
    throw new StudioError('INVALID_INPUT', `${basename(path)} is no termbase that can be read.`, { advice: 'Use a table (TSV or CSV: term, translation) or a TBX file.', data: { path } });
  const bytes = await readNamed(path);
  const text = decoded(bytes, path);
  return kind === '.tbx' || kind === '.xml' ? readTbx(text, basename(path), pair) : readTermTable(text, kind === '.csv' ? 'csv' : 'tsv', pair);
}

function decoded(bytes: Uint8Array, path: string): string {
  try {
    return decodeText(bytes).text;
  } catch (error) {
    if (!(error instanceof StudioError) || error.code !== 'ENCODING_UNSUPPORTED') throw error;
    throw new StudioError('INVALID_INPUT', `${basename(path)}: ${error.message}`, { advice: 'Save the termbase as UTF-8.', data: { path } });
  }
}
