/** In which texts a word stands and how often, as it grows: eight bytes each, in the order of the texts. */
export class PostingList {
  places = new Uint32Array(4);
  counts = new Uint32Array(4);
  length = 0;
  /** Texts that are still there. */
  holding = 0;

  add(place: number, count: number): void {
    if (this.length === this.places.length) {
      this.places = grown(this.places);
      this.counts = grown(this.counts);
    }
    this.places[this.length] = place;
    this.counts[this.length] = count;
    this.length++;
    this.holding++;
  }
}

/** A copy of twice the length. */
export function grown(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}
