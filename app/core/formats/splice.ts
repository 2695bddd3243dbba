/** Replaces ranges of a text and leaves every other character as it was. */

export interface Splice { readonly start: number; readonly end: number; readonly text: string }

/**
 * Applies splices to `source`; offsets are UTF-16, ranges may touch but not overlap, any order.
 * Insertions (`start === end`) at one place come out in the order given.
 * @throws RangeError on overlapping or reversed ranges: that is a fault of the caller, never of a document.
 */
export function applySplices(source: string, splices: readonly Splice[]): string {
  const sorted = splices.map((splice, order) => ({ splice, order })).sort((a, b) => a.splice.start - b.splice.start || a.splice.end - b.splice.end || a.order - b.order);
  const parts: string[] = [];
  let at = 0;
  for (const { splice } of sorted) {
    if (splice.start < at || splice.end < splice.start) throw new RangeError(`Splice ${splice.start}-${splice.end} overlaps what was written up to ${at}.`);
    parts.push(source.slice(at, splice.start), splice.text);
    at = splice.end;
  }
  parts.push(source.slice(at));
  return parts.join('');
}
