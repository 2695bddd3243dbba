import { resolve } from 'node:path';
import { writeAtomically } from '../../core/files/atomic-write.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { openDocument } from './document-file.ts';

interface Options extends SharedOptions { readonly output: string; readonly encoding?: string }

/** `bitext roundtrip`: read, then written without any translation; the result is what an export leaves untouched. */
export const roundtrip: Action<Options> = async ({ terminal, signal }, [file], { output, encoding }) => {
  const { bytes, format, parsed, options } = await openDocument(file, { signal, ...(encoding === undefined ? {} : { encoding }) });
  const written = await format.write(bytes, new Map(), { ...options, setLanguage: false });
  await writeAtomically(resolve(output), written);
  terminal.note(`${parsed.units.length} texts, ${Buffer.compare(bytes, written) === 0 ? 'the same bytes' : 'repackaged'}: ${output}`);
  return EXIT.done;
};
