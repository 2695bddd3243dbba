/**
 * What a zip package of people never reaches. Everything is counted on bytes that come out of the inflater, because the
 * sizes in a zip's headers are claims of whoever made it.
 */
export interface PackageLimits {
  /** Inflated bytes of one entry. */
  readonly entryBytes: number;
  /** Inflated bytes of all entries together. */
  readonly totalBytes: number;
  readonly entries: number;
  /** Inflated over compressed bytes; looked at only beyond `ratioFrom` inflated bytes, since small office parts reach 200:1. */
  readonly ratio: number;
  readonly ratioFrom: number;
}

const MiB = 1024 * 1024;
export const PACKAGE_LIMITS: PackageLimits = { entryBytes: 256 * MiB, totalBytes: 1024 * MiB, entries: 10_000, ratio: 100, ratioFrom: 10 * MiB };
