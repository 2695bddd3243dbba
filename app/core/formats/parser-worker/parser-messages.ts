/** What the parsing thread is asked and answers; one request at a time. */
import type { ErrorEnvelope } from '../../../contract/errors.ts';
import type { ParseRequest, ReadContents } from './parse-document.ts';

export type ToParser = ParseRequest;
export type FromParser = { readonly kind: 'ready' } | { readonly kind: 'read'; readonly contents: ReadContents } | { readonly kind: 'failed'; readonly error: ErrorEnvelope };
