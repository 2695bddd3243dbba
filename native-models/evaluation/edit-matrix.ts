/**
 * Edit distances of rearrangements of one hypothesis from one reference, near the diagonal as sacreBLEU's reading of Tercom
 * computes them: cells farther from it than the beam do not exist.
 */

const BEAM = 25;
/** More than any distance, and still a small integer when edits are added. */
const FAR = 1 << 29;

/** How a cell was reached; of equal ways the first of these. The first two are what they cost. */
const MATCH = 0, SUBSTITUTE = 1, DELETE = 2, INSERT = 3;

/** Where the words of the reference fell in the hypothesis, and which words of either are not matched. */
export interface EditAlignment {
  /** For each word of the reference the last word of the hypothesis up to it, -1 before the first. */
  readonly positions: Int32Array;
  readonly referenceErrors: Uint8Array;
  readonly hypothesisErrors: Uint8Array;
}

/** `reference`: words by number. All hypotheses that are measured have `length` words. */
export class EditMatrix {
  private readonly reference: Int32Array;
  private readonly length: number;
  private readonly width: number;
  /** Rows of the hypothesis that was set last; row 0 is that of no word. */
  private readonly base: Int32Array;
  private readonly trial: Int32Array;
  private readonly operations: Uint8Array;
  private words: Int32Array;

  constructor(reference: Int32Array, length: number) {
    this.reference = reference;
    this.length = length;
    this.width = reference.length + 1;
    this.base = new Int32Array((length + 1) * this.width).fill(FAR);
    this.trial = new Int32Array((length + 1) * this.width);
    this.operations = new Uint8Array((length + 1) * this.width);
    for (let j = 0; j < this.width; j++) this.base[j] = j;
    this.words = new Int32Array(0);
  }

  /** Measures `words` and makes them what `measure` compares with. Returns the distance. */
  set(words: Int32Array): number {
    this.words = words;
    this.base.fill(FAR, this.width);
    for (let row = 1; row <= this.length; row++) this.fillRow(this.base, row, words[row - 1] ?? -1, true);
    return this.base[this.base.length - 1] ?? FAR;
  }

  /**
   * The distance of a rearrangement of the words that were set; once it can't be below `limit` any more, a number that is
   * not below it.
   */
  measure(words: Int32Array, limit: number): number {
    let row = 1;
    while (row <= this.length && words[row - 1] === this.words[row - 1]) row++;
    if (row > this.length) return this.base[this.base.length - 1] ?? FAR;
    this.trial.set(this.base.subarray((row - 1) * this.width, row * this.width), (row - 1) * this.width);
    for (; row <= this.length; row++) {
      this.trial.fill(FAR, row * this.width, (row + 1) * this.width);
      // Distances never shrink from row to row.
      if (this.fillRow(this.trial, row, words[row - 1] ?? -1, false) >= limit) return limit;
    }
    return this.trial[this.trial.length - 1] ?? FAR;
  }

  /** The alignment of the words that were set. */
  alignment(): EditAlignment {
    const { length, width } = this;
    const positions = new Int32Array(width - 1), referenceErrors = new Uint8Array(width - 1), hypothesisErrors = new Uint8Array(length);
    for (let i = length, j = width - 1; i > 0 || j > 0; ) {
      const operation = i === 0 ? INSERT : (this.operations[i * width + j] ?? MATCH);
      if (operation === DELETE) hypothesisErrors[--i] = 1;
      else {
        positions[--j] = i - 1;
        referenceErrors[j] = operation === MATCH ? 0 : 1;
        if (operation !== INSERT) hypothesisErrors[--i] = operation;
      }
    }
    return { positions, referenceErrors, hypothesisErrors };
  }

  /** Fills a row from the one above it; returns its least distance. */
  private fillRow(matrix: Int32Array, row: number, word: number, keepOperations: boolean): number {
    const { reference, width, operations } = this;
    const ratio = reference.length / this.length;
    const beam = BEAM < ratio / 2 ? Math.ceil(ratio / 2 + BEAM) : BEAM;
    const diagonal = Math.floor(row * ratio);
    const from = Math.max(0, diagonal - beam), to = row === this.length ? width : Math.min(width, diagonal + beam);
    const here = row * width, above = here - width;
    let least = FAR;
    for (let j = from; j < to; j++) {
      let cost: number, operation: number;
      if (j === 0) {
        cost = (matrix[above] ?? FAR) + 1;
        operation = DELETE;
      } else {
        operation = reference[j - 1] === word ? MATCH : SUBSTITUTE;
        cost = (matrix[above + j - 1] ?? FAR) + operation;
        const up = (matrix[above + j] ?? FAR) + 1, left = (matrix[here + j - 1] ?? FAR) + 1;
        if (up < cost) {
          cost = up;
          operation = DELETE;
        }
        if (left < cost) {
          cost = left;
          operation = INSERT;
        }
      }
      matrix[here + j] = cost;
      if (keepOperations) operations[here + j] = operation;
      if (cost < least) least = cost;
    }
    return least;
  }
}
