import { resolve } from 'node:path';
import { writeAtomically } from '../../core/files/atomic-write.ts';
import { pseudoRuns } from '../../core/formats/pseudo.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { openDocument } from './document-file.ts';

interface Options extends SharedOptions { readonly output: string; readonly to: string; readonly lengthen?: boolean; readonly encoding?: string }

/** `bitext pseudo`: every translatable text accented, tags and layout as they were. */
export const pseudo: Action<Options> = async ({ terminal, signal }, [file], { output, to, lengthen, encoding }) => {
  const { bytes, format, parsed, options } = await openDocument(file, { to, signal, ...(encoding === undefined ? {} : { encoding }) });
  const targets = new Map(parsed.units.filter((unit) => !unit.locked).map((unit) => [unit.id, pseudoRuns(unit.source, { lengthen: lengthen ?? false })]));
  await writeAtomically(resolve(output), await format.write(bytes, targets, { ...options, setLanguage: true }));
  terminal.note(`${targets.size} texts pseudo-translated: ${output}`);
  return EXIT.done;
};
