/** The text that `summarize` and `ask` read: a document by its path, or plain text from stdin. */
import { resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { StudioError } from '../../contract/errors.ts';
import type { ReadableText } from '../../contract/shapes/text-task.ts';

export async function readableDocument(file: string | undefined, language: string): Promise<ReadableText> {
  if (file === undefined) throw new StudioError('INVALID_INPUT', 'Name a file, or - for text from stdin.');
  return file === '-' ? { text: await readAll(process.stdin), language } : { path: resolve(file), language };
}
