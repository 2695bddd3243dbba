/** Counts of n-grams over several sequences at once, each different n-gram known by a small number. */

/** n-grams of one order. Rows and entries of `counts` and `totals` belong to the sequences, in their order. */
export interface NgramCounts {
  /** How often each n-gram stands in each sequence; the index is the n-gram, the same in all rows. */
  readonly counts: readonly Int32Array[];
  /** n-grams of each sequence, repetitions counted. */
  readonly totals: readonly number[];
}

/** Counts orders 1 to `maxOrder`; the result has one entry an order. */
export function countNgrams(sequences: readonly (readonly string[])[], maxOrder: number): NgramCounts[] {
  const alphabet = new Map<string, number>();
  const symbols = sequences.map((sequence) => Int32Array.from(sequence, (symbol) => numberOf(alphabet, symbol)));
  let known = alphabet.size;
  // ids[s][i] is the number of the n-gram that begins at i.
  const ids = symbols.map((sequence) => sequence.slice());
  const orders = [countOrder(ids, symbols, 1, known)];
  for (let order = 2; order <= maxOrder; order++) {
    // An n-gram is the one of n-1 at its place and one more symbol.
    const grams = new Map<number, number>();
    symbols.forEach((sequence, s) => {
      const row = ids[s] ?? sequence;
      for (let i = 0; i + order <= sequence.length; i++) row[i] = numberOf(grams, (row[i] ?? 0) * alphabet.size + (sequence[i + order - 1] ?? 0));
    });
    known = grams.size;
    orders.push(countOrder(ids, symbols, order, known));
  }
  return orders;
}

function numberOf<Key>(numbers: Map<Key, number>, key: Key): number {
  const known = numbers.get(key);
  if (known !== undefined) return known;
  numbers.set(key, numbers.size);
  return numbers.size - 1;
}

function countOrder(ids: readonly Int32Array[], symbols: readonly Int32Array[], order: number, known: number): NgramCounts {
  const totals = symbols.map(({ length }) => Math.max(0, length - order + 1));
  const counts = ids.map((row, s) => {
    const count = new Int32Array(known);
    for (let i = 0; i < (totals[s] ?? 0); i++) {
      const id = row[i] ?? 0;
      count[id] = (count[id] ?? 0) + 1;
    }
    return count;
  });
  return { counts, totals };
}

/** How many n-grams of `counts` are in `limit` too, each at most as often as there. */
export function clippedMatches(counts: Int32Array, limit: Int32Array): number {
  let matches = 0;
  for (let id = 0; id < counts.length; id++) matches += Math.min(counts[id] ?? 0, limit[id] ?? 0);
  return matches;
}
