/** A document that a command was given by its path. */
import { basename, resolve } from 'node:path';
import { StudioError } from '../../contract/errors.ts';
import { readNamed } from '../../core/files/read-named.ts';
import type { DocumentFormat, ParsedDocument, ReadOptions } from '../../core/formats/format.ts';
import { detectFormat } from '../../core/formats/registry.ts';

export interface OpenedDocument {
  readonly bytes: Uint8Array;
  readonly format: DocumentFormat;
  readonly parsed: ParsedDocument;
  readonly options: ReadOptions;
}

/** Throws as reading a file and `DocumentFormat.read` do, and FORMAT_UNKNOWN. */
export async function openDocument(path: string | undefined, given: { from?: string; to?: string; encoding?: string; signal: AbortSignal }): Promise<OpenedDocument> {
  if (path === undefined) throw new StudioError('INVALID_INPUT', 'Name a file.');
  const bytes = await readNamed(resolve(path));
  const format = detectFormat(bytes, basename(path));
  const options: ReadOptions = { from: given.from ?? 'en', to: given.to ?? 'pt', signal: given.signal, ...(given.encoding === undefined ? {} : { encoding: given.encoding }) };
  return { bytes, format, options, parsed: await format.read(bytes, options) };
}
