/** Reading a document: which format it is in, and what is in it. */
import type { ParsedDocument } from '../format.ts';
import { detectFormat } from '../registry.ts';

export interface ParseRequest {
  readonly bytes: Uint8Array;
  /** Without its folder. */
  readonly fileName: string;
  /** BCP 47. */
  readonly from: string;
  readonly to: string;
}

export interface ReadContents { readonly formatId: string; readonly parsed: ParsedDocument }

/** Throws FORMAT_UNKNOWN, FORMAT_BROKEN, FORMAT_ENCRYPTED, FORMAT_LIMIT, ENCODING_UNSUPPORTED. */
export async function parseDocument({ bytes, fileName, from, to }: ParseRequest): Promise<ReadContents> {
  const format = detectFormat(bytes, fileName);
  return { formatId: format.id, parsed: await format.read(bytes, { from, to }) };
}

export interface ParseOptions { readonly signal: AbortSignal }

/** Reads documents that may be broken, huge or hostile. */
export interface DocumentParser {
  /** Throws as `parseDocument` does, FORMAT_LIMIT where its own limits are passed, and the signal's reason. */
  parse(request: ParseRequest, options: ParseOptions): Promise<ReadContents>;
  close(): void;
}

/** Reads in the thread that asks, without limits: for tests of other things. */
export const parserInThisThread: DocumentParser = { parse: parseDocument, close: () => undefined };
