/** A binary heap: `pop` gives the item that stands before all others. */
export class PriorityQueue<Item> {
  readonly #heap: Item[] = [];
  readonly #isBefore: (a: Item, b: Item) => boolean;

  constructor(isBefore: (a: Item, b: Item) => boolean) {
    this.#isBefore = isBefore;
  }

  push(item: Item): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !this.#isBefore(item, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = item;
  }

  /** Null when it is empty. */
  pop(): Item | null {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined) return null;
    if (heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      let first = left;
      if (right !== undefined && this.#isBefore(right, left)) {
        first = right;
        child++;
      }
      if (this.#isBefore(last, first)) break;
      heap[at] = first;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}
