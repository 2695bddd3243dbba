/** Which segments of a new version say what one of the old version said. */

/**
 * Pairs equal keys of two sequences, each at most once: for every index of `after` the index in `before`, or null.
 * Keys that stand once on both sides are sure; from these, then from both ends, pairs grow along equal neighbours. What is
 * left over of a repeated key goes, in order of occurrence, to the one nearest to where its neighbours came from.
 */
export function pairSegments(before: readonly string[], after: readonly string[]): (number | null)[] {
  const pairs = new Array<number | null>(after.length).fill(null), taken = new Set<number>();
  const pair = (old: number, now: number): boolean => {
    if (old < 0 || now < 0 || old >= before.length || now >= after.length || before[old] !== after[now] || taken.has(old) || pairs[now] !== null) return false;
    pairs[now] = old;
    taken.add(old);
    return true;
  };
  const places = placesOf(before), placesNow = placesOf(after);
  for (const [key, [old, ...more]] of places) {
    const [now, ...moreNow] = placesNow.get(key) ?? [];
    if (old !== undefined && now !== undefined && more.length === 0 && moreNow.length === 0) pair(old, now);
  }
  for (let now = 1; now < after.length; now++) grow(now, 1);
  for (let now = after.length - 2; now >= 0; now--) grow(now, -1);
  for (let i = 0; pair(i, i); i++);
  for (let i = 1; pair(before.length - i, after.length - i); i++);
  pairLeftOvers();
  return pairs;

  function grow(now: number, step: 1 | -1): void {
    const neighbour = pairs[now - step];
    if (neighbour !== null && neighbour !== undefined) pair(neighbour + step, now);
  }

  function pairLeftOvers(): void {
    const free = new Map<string, number[]>();
    let last = -1;
    for (const [now, key] of after.entries()) {
      if (pairs[now] === null) {
        let rest = free.get(key);
        if (!rest) free.set(key, rest = (places.get(key) ?? []).filter((old) => !taken.has(old)));
        const at = nearest(rest, last + 1), old = rest[at];
        if (old !== undefined && pair(old, now)) rest.splice(at, 1);
      }
      last = pairs[now] ?? last + 1;
    }
  }
}

function placesOf(keys: readonly string[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [place, key] of keys.entries()) {
    const list = places.get(key);
    if (list) list.push(place);
    else places.set(key, [place]);
  }
  return places;
}

/** Index in a rising list of the number nearest to `wanted`; the earlier of two. */
function nearest(rising: readonly number[], wanted: number): number {
  let low = 0, high = rising.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  const above = rising[low], below = rising[low - 1];
  return below !== undefined && (above === undefined || wanted - below <= above - wanted) ? low - 1 : low;
}
