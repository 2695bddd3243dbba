/**
 * A trie of byte strings, for walking over UTF-8 text without allocating. The children of a node lie in a table that spans
 * its smallest to its largest child byte: most nodes have one child, so the tables stay small and a step is one look-up.
 */
export class PieceTrie {
  /** Four numbers a node: start of its child table minus its lowest byte, lowest byte, span of the table, piece or -1. */
  readonly nodes: Int32Array;
  /** Node number of each child, 0 for none (the root is nobody's child). */
  readonly children: Int32Array;

  private constructor(nodes: Int32Array, children: Int32Array) {
    this.nodes = nodes;
    this.children = children;
  }

  /** `ids[i]` is the piece number that `pieces[i]` leads to. Of equal pieces the first counts; empty ones are left out. */
  static of(pieces: readonly Uint8Array[], ids: readonly number[]): PieceTrie {
    const all: { bytes: Uint8Array; id: number }[] = [];
    pieces.forEach((bytes, i) => {
      if (bytes.length > 0) all.push({ bytes, id: ids[i] ?? -1 });
    });
    all.sort((a, b) => compareBytes(a.bytes, b.bytes));
    const sorted = all.map((piece) => piece.bytes);
    const nodes: number[] = [];
    const children: number[] = [];
    // Breadth first: the nodes near the root, which every walk visits, lie together. Node n holds the pieces from[n] to to[n].
    const from = [0];
    const to = [sorted.length];
    const depths = [0];
    for (let node = 0; node < from.length; node++) {
      const depth = depths[node] ?? 0;
      const end = to[node] ?? 0;
      let next = from[node] ?? 0;
      const piece = depth > 0 && sorted[next]?.length === depth ? (all[next]?.id ?? -1) : -1;
      while (next < end && sorted[next]?.length === depth) next++;
      const low = next < end ? (sorted[next]?.[depth] ?? 0) : 0;
      const span = next < end ? (sorted[end - 1]?.[depth] ?? 0) - low + 1 : 0;
      const table = children.length;
      for (let i = 0; i < span; i++) children.push(0);
      nodes.push(table - low, low, span, piece);
      while (next < end) {
        const byte = sorted[next]?.[depth] ?? 0;
        children[table + byte - low] = from.length;
        from.push(next);
        do next++; while (next < end && sorted[next]?.[depth] === byte);
        to.push(next);
        depths.push(depth + 1);
      }
    }
    return new PieceTrie(Int32Array.from(nodes), Int32Array.from(children));
  }

  /** Length of the longest piece that the bytes from `at` start with, 0 for none. */
  longest(bytes: Uint8Array, at: number, end: number): number {
    let node = 0;
    let found = 0;
    for (let i = at; i < end; i++) {
      node = this.step(node, bytes[i] ?? 0);
      if (node === 0) break;
      if (this.pieceAt(node) >= 0) found = i - at + 1;
    }
    return found;
  }

  /** The child of `node` for a byte, 0 when there is none. */
  step(node: number, byte: number): number {
    const at = 4 * node;
    const { nodes } = this;
    if (byte - (nodes[at + 1] ?? 0) >>> 0 >= (nodes[at + 2] ?? 0)) return 0;
    return this.children[(nodes[at] ?? 0) + byte] ?? 0;
  }

  /** The piece that ends at `node`, -1 when none does. */
  pieceAt(node: number): number {
    return this.nodes[4 * node + 3] ?? -1;
  }
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
