/** Segments, their states, origins, findings and edits, and how they are filtered. */
import * as v from 'valibot';
import { Runs, Tag } from './text.ts';
import { Count, Id } from './values.ts';

export const SegmentState = v.picklist(['not-started', 'draft', 'translated', 'reviewed', 'rejected']);
/** `translated` is what a translator calls confirmed. Machine output and typing without Ctrl+Enter are `draft`. */
export type SegmentState = v.InferOutput<typeof SegmentState>;

/** Where a target text came from. */
export const Origin = v.variant('kind', [
  v.object({ kind: v.literal('typed') }),
  /** `score`: mean log-probability per target token, at most 0. */
  v.object({ kind: v.literal('mt'), model: v.string(), score: v.nullable(v.number()) }),
  v.object({ kind: v.literal('source-copy') }),
  /** Same source text, translated elsewhere in this project. */
  v.object({ kind: v.literal('propagated'), segment: Id }),
  /** Stood in the document already (XLIFF target, PO msgstr). */
  v.object({ kind: v.literal('document') }),
  v.object({ kind: v.literal('memory'), corpus: v.string(), match: Count }),
  /** Undo, redo or revert to an earlier edit. */
  v.object({ kind: v.literal('history'), edit: Id }),
]);
export type Origin = v.InferOutput<typeof Origin>;

export const FindingCode = v.picklist([
  'tag-missing', 'tag-extra', 'tag-order', 'tag-nesting', 'number-changed', 'url-changed', 'identifier-changed', 'empty-target', 'target-is-source',
  'repetition-loop', 'text-lost', 'term-missing', 'term-forbidden', 'source-left-over', 'segment-not-found', 'file-differs', 'schema-invalid', 'untranslated', 'unreadable',
]);
export type FindingCode = v.InferOutput<typeof FindingCode>;
/** One thing a check noticed. `error` makes a delivery fail, `warning` asks for a look, `note` is information. */
export const Finding = v.object({
  code: FindingCode,
  severity: v.picklist(['error', 'warning', 'note']),
  message: v.string(),
  fileId: v.optional(Id),
  segmentId: v.optional(Id),
});
export type Finding = v.InferOutput<typeof Finding>;

export const Segment = v.object({
  id: Id,
  fileId: Id,
  /** 1-based number in the project, in document order; what the grid shows. */
  number: Id,
  source: Runs,
  target: v.nullable(Runs),
  /** Tag table of the unit that the segment belongs to (all of the unit's tags, also those of its other segments). */
  tags: v.array(Tag),
  state: SegmentState,
  locked: v.boolean(),
  origin: v.nullable(Origin),
  /** Rises by one at each change; `segment.save` must carry the version it saw. */
  version: Count,
  /** Note to the translator from the document, if any. */
  note: v.nullable(v.string()),
  findings: v.array(Finding),
});
export type Segment = v.InferOutput<typeof Segment>;

/** Which segments a list shows. Absent parts do not restrict. */
export const SegmentFilter = v.object({
  fileId: v.optional(Id),
  states: v.optional(v.array(SegmentState)),
  origins: v.optional(v.array(v.picklist(['typed', 'mt', 'source-copy', 'propagated', 'document', 'memory', 'history']))),
  withFindings: v.optional(v.boolean()),
  text: v.optional(v.object({
    pattern: v.pipe(v.string(), v.maxLength(1000)),
    side: v.picklist(['source', 'target', 'both']),
    regex: v.boolean(),
    matchCase: v.boolean(),
  })),
});
export type SegmentFilter = v.InferOutput<typeof SegmentFilter>;

/** One entry of the append-only edit log. */
export const Edit = v.object({
  id: Id,
  segmentId: Id,
  at: v.string(),
  who: v.string(),
  /** Edits made by one action (one batch, one replace-all) share a group and are undone together. */
  group: Id,
  before: v.nullable(Runs),
  after: v.nullable(Runs),
  stateBefore: SegmentState,
  stateAfter: SegmentState,
  origin: Origin,
});
export type Edit = v.InferOutput<typeof Edit>;
