import type { Finding } from '../../contract/shapes/segment.ts';

/** What comparing a delivered file with the project gave. */
export interface Comparison {
  /** Segments that the file should hold, and those of them that were found, text and tags. */
  readonly segments: number;
  readonly found: number;
  readonly tags: number;
  readonly tagsFound: number;
  /** Segments of the project that have no translation. */
  readonly untranslated: number;
  readonly findings: readonly Finding[];
}
