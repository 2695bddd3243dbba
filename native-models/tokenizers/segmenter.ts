/** Cuts normalized UTF-8 text into pieces. The outcome of the last `segment` stands in `ids` and `ends`. */
export interface Segmenter {
  /** Piece of each part, in text order. */
  readonly ids: Int32Array;
  /** Byte offset at which each part ends. */
  readonly ends: Int32Array;
  /** Returns the number of parts. */
  segment(bytes: Uint8Array, length: number): number;
}
