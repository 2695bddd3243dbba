/**
 * A document with its segments, as the bilingual writers take it: every text of the source document in order, cut into
 * segments, with the white space (and whatever else is not a segment) between them.
 *
 * Joining `gapBefore` and `source` of the segments in order, then `gapAfter`, gives the source text of the unit exactly.
 */
import type { Origin, SegmentState } from '../../contract/shapes/segment.ts';
import type { ReadonlyRuns, Runs, Tag } from '../../contract/shapes/text.ts';

export interface BilingualSegment {
  /** Unique in the project; the name under which a reader finds the segment again. */
  readonly id: number;
  readonly source: Runs;
  readonly target: Runs | null;
  readonly state: SegmentState;
  readonly locked: boolean;
  readonly origin: Origin | null;
  /** Text between this segment and the previous one, or before the first. */
  readonly gapBefore: ReadonlyRuns;
}

export interface BilingualUnit {
  /** Id of the unit in its document; see `Unit.id`. */
  readonly id: string;
  readonly role: string;
  readonly note?: string;
  /** Tag table of the unit, numbered 1..n; runs of all its segments and gaps refer to it. */
  readonly tags: readonly Tag[];
  readonly segments: readonly BilingualSegment[];
  /** Text after the last segment. */
  readonly gapAfter: ReadonlyRuns;
}

export interface BilingualDocument {
  /** Path relative to the folder that was added, with `/`. */
  readonly file: string;
  /** Id of its format: `docx`, `html` ... */
  readonly format: string;
  /** BCP 47. */
  readonly from: string;
  readonly to: string;
  readonly units: readonly BilingualUnit[];
}
