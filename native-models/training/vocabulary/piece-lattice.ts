/** All segmentations of a word into pieces at once: expected counts of each piece, and the best segmentation (Kudo 2018). */
import { PieceTrie } from '../../tokenizers/piece-trie.ts';

export class PieceLattice {
  /** Log-probabilities by piece; may be changed between calls. */
  readonly scores: Float64Array;
  readonly #trie: PieceTrie;
  #forward = new Float64Array(257);
  #backward = new Float64Array(257);
  #last = new Int32Array(257);
  #from = new Int32Array(257);

  constructor(pieces: readonly string[], scores: Float64Array) {
    this.scores = scores;
    this.#trie = PieceTrie.of(pieces.map((piece) => Buffer.from(piece)), pieces.map((_, id) => id));
  }

  /**
   * Adds to `expected` how often each piece occurs in `count` occurrences of the word, on average over its segmentations.
   * Gives the word's log-probability; -Infinity when no pieces make it up.
   */
  addExpected(word: Uint8Array, count: number, expected: Float64Array): number {
    const length = word.length;
    this.#reserve(length);
    const forward = this.#forward.fill(-Infinity, 0, length + 1);
    const backward = this.#backward.fill(-Infinity, 0, length + 1);
    forward[0] = 0;
    this.#walk(word, (from, to, piece) => {
      forward[to] = logAdd(forward[to] ?? 0, (forward[from] ?? 0) + (this.scores[piece] ?? 0));
    });
    const total = forward[length] ?? 0;
    if (total === -Infinity) return total;
    backward[length] = 0;
    const edges: number[] = [];
    this.#walk(word, (from, to, piece) => edges.push(from, to, piece));
    for (let at = edges.length - 3; at >= 0; at -= 3) {
      const from = edges[at] ?? 0;
      const piece = edges[at + 2] ?? 0;
      const beyond = (backward[edges[at + 1] ?? 0] ?? 0) + (this.scores[piece] ?? 0);
      backward[from] = logAdd(backward[from] ?? 0, beyond);
      expected[piece] = (expected[piece] ?? 0) + count * Math.exp((forward[from] ?? 0) + beyond - total);
    }
    return total * count;
  }

  /** The most probable segmentation; null when there is none. `without`: a piece that it must not use. */
  best(word: Uint8Array, without = -1): { pieces: number[]; score: number } | null {
    const length = word.length;
    this.#reserve(length);
    const best = this.#forward.fill(-Infinity, 0, length + 1);
    best[0] = 0;
    this.#walk(word, (from, to, piece) => {
      const score = (best[from] ?? 0) + (this.scores[piece] ?? 0);
      if (piece === without || score <= (best[to] ?? 0)) return;
      best[to] = score;
      this.#last[to] = piece;
      this.#from[to] = from;
    });
    const score = best[length] ?? -Infinity;
    if (score === -Infinity) return null;
    const pieces: number[] = [];
    for (let at = length; at > 0; at = this.#from[at] ?? 0) pieces.push(this.#last[at] ?? 0);
    return { pieces: pieces.reverse(), score };
  }

  /** Visits every piece that starts where another ended, by its start. Reads #forward, which `edge` fills. */
  #walk(word: Uint8Array, edge: (from: number, to: number, piece: number) => void): void {
    for (let from = 0; from < word.length; from++) {
      if ((this.#forward[from] ?? 0) === -Infinity) continue;
      let node = 0;
      for (let at = from; at < word.length; at++) {
        node = this.#trie.step(node, word[at] ?? 0);
        if (node === 0) break;
        const piece = this.#trie.pieceAt(node);
        if (piece >= 0) edge(from, at + 1, piece);
      }
    }
  }

  #reserve(length: number): void {
    if (this.#forward.length > length) return;
    this.#forward = new Float64Array(2 * length);
    this.#backward = new Float64Array(2 * length);
    this.#last = new Int32Array(2 * length);
    this.#from = new Int32Array(2 * length);
  }
}

function logAdd(a: number, b: number): number {
  if (a === -Infinity) return b;
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b));
}
