/** Text with inline tags. */
import * as v from 'valibot';
import { Id, Text } from './values.ts';

/**
 * An inline tag as it stands in a text. `tag` is the number of its entry in the unit's tag table: an opening and a closing
 * run with one number are a pair; `empty` stands alone (a line break, a field, an image).
 */
export const TagRun = v.object({ tag: Id, kind: v.picklist(['open', 'close', 'empty']) });
export type TagRun = v.InferOutput<typeof TagRun>;

/** Text with inline tags, in order. Adjacent strings are merged and empty ones dropped (`normalizeRuns`). */
export const Runs = v.pipe(v.array(v.union([Text, TagRun])), v.maxLength(100_000));
export type Runs = v.InferOutput<typeof Runs>;
export type ReadonlyRuns = readonly (string | TagRun)[];

/** What a tag of a unit stands for. Tags are numbered 1..n in the order of their first run in the source unit. */
export const Tag = v.object({
  tag: Id,
  /** Shown on the chip; short and without spaces: `b`, `i`, `link`, `br`, `footnote`, `code`, `x`. */
  label: v.pipe(v.string(), v.maxLength(24)),
  /** The markup of the opening (or only) run in the source document, for tool tips and exchange files. */
  open: Text,
  /** The markup of the closing run; absent for a tag that stands alone. */
  close: v.optional(Text),
  /** What the tag means as plain text to a model or a match: `\n` for a line break, a space for a tab, else empty. */
  equivalent: v.optional(v.pipe(v.string(), v.maxLength(200))),
  /** false: a target without this tag is broken. Formatting may be dropped (a warning), a footnote mark may not (an error). */
  canDelete: v.boolean(),
  canCopy: v.boolean(),
});
export type Tag = v.InferOutput<typeof Tag>;
