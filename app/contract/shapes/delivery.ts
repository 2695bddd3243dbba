/** What is delivered, and the receipt for it. */
import * as v from 'valibot';
import { FileFailure } from './project.ts';
import { Finding } from './segment.ts';
import { Count, LanguageTag } from './values.ts';

export const BilingualKind = v.picklist(['xliff12', 'xliff21', 'tmx', 'html', 'tsv']);
export type BilingualKind = v.InferOutput<typeof BilingualKind>;

/** One delivered file, opened again after it was written and compared with the project. */
export const ReceiptFile = v.object({
  kind: v.union([v.literal('document'), BilingualKind]),
  source: v.string(),
  sourceSha256: v.string(),
  target: v.string(),
  targetSha256: v.string(),
  bytes: Count,
  segments: Count,
  /** Segments whose target was found in the delivered file, text and tags. */
  found: Count,
  tags: Count,
  tagsFound: Count,
  words: Count,
  untranslated: Count,
  findings: v.array(Finding),
  ok: v.boolean(),
});
export type ReceiptFile = v.InferOutput<typeof ReceiptFile>;

export const Receipt = v.object({
  format: v.literal(1),
  project: v.string(),
  from: LanguageTag,
  to: LanguageTag,
  created: v.string(),
  studio: v.string(),
  model: v.nullable(v.string()),
  files: v.array(ReceiptFile),
  failures: v.array(FileFailure),
  ok: v.boolean(),
});
export type Receipt = v.InferOutput<typeof Receipt>;
