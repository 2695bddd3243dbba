/** Chunks `start` to `end` (exclusive) of a list. */
export interface BatchRange {
  readonly start: number;
  readonly end: number;
}

/** The batch that ends before `end`: up to `rows` rows that together, padded to the longest, have at most `tokens` tokens; one row in any case. */
export function batchUpTo(lengths: readonly number[], end: number, rows: number, tokens: number): BatchRange {
  const count = Math.min(rows, Math.floor(tokens / (lengths[end - 1] ?? 1)), end);
  return { start: end - Math.max(1, count), end };
}

/**
 * Of all batches in a list of lengths, shortest first, the one with the least padding; of several the longest. Batches of fewer rows
 * than could be had are passed over. While most texts are not known yet, neighbours in the list are not much alike, and the
 * longest least of all: they can wait for others like them.
 */
export function fullestBatch(lengths: readonly number[], rows: number, tokens: number): BatchRange {
  let best = batchUpTo(lengths, lengths.length, rows, tokens);
  let fill = 0;
  for (let end = lengths.length; end >= Math.min(rows, lengths.length); end--) {
    const batch = batchUpTo(lengths, end, rows, tokens);
    const size = batch.end - batch.start;
    let sum = 0;
    for (let at = batch.start; at < end; at++) sum += lengths[at] ?? 0;
    const share = sum / (size * (lengths[end - 1] ?? 1));
    if (share <= fill) continue;
    best = batch;
    fill = share;
  }
  return best;
}
