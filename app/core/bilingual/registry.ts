/** The kinds of bilingual files, and the two things the studio does with them. */
import { StudioError } from '../../contract/errors.ts';
import type { BilingualKind } from '../../contract/shapes/delivery.ts';
import type { BilingualDocument } from './bilingual-document.ts';
import type { BilingualFormat, BilingualOptions, WrittenSegment } from './bilingual-format.ts';
import { htmlFile } from './html-file.ts';
import { tmxFile } from './tmx-file.ts';
import { tsvFile } from './tsv-file.ts';
import { xliff12File } from './xliff12-file.ts';
import { xliff21File } from './xliff21-file.ts';

export const bilingualFormats: readonly BilingualFormat[] = [xliff12File, xliff21File, tmxFile, htmlFile, tsvFile];

/** @throws StudioError INVALID_INPUT for a kind that the studio does not write. */
export function bilingualFormat(kind: BilingualKind): BilingualFormat {
  const format = bilingualFormats.find((known) => known.kind === kind);
  if (!format) throw new StudioError('INVALID_INPUT', `There are no bilingual files of the kind ${kind}.`, { advice: `Choose among ${bilingualFormats.map((known) => known.kind).join(', ')}.` });
  return format;
}

/**
 * Documents as one bilingual file.
 * @throws StudioError INVALID_INPUT when there are no documents.
 */
export function writeBilingual(kind: BilingualKind, documents: readonly BilingualDocument[], options: BilingualOptions): Uint8Array {
  if (documents.length === 0) throw new StudioError('INVALID_INPUT', 'There are no documents to write a bilingual file of.', { advice: 'Add files to the project first.' });
  return bilingualFormat(kind).write(documents, options);
}

/**
 * Segments of a bilingual file that `writeBilingual` wrote, in the order of the file, to compare with those of the project.
 * @throws StudioError FORMAT_BROKEN when the file is not what was written.
 */
export const readBilingual = (kind: BilingualKind, bytes: Uint8Array): WrittenSegment[] => bilingualFormat(kind).read(bytes);
