/**
 * The unigram language model of SentencePiece (Kudo 2018): the segmentation with the highest sum of piece scores, found by
 * one Viterbi pass over the text. Sums are rounded to float32 where the library keeps floats, so that ties fall alike.
 */
import { PieceTrie } from './piece-trie.ts';
import { PIECE, type SentencePieceModel } from './sentencepiece-model.ts';
import type { Segmenter } from './segmenter.ts';
import { characterLength } from './utf8.ts';

/** Score of an unknown character: this much below the lowest piece. */
const UNKNOWN_PENALTY = 10;
/** A user-defined piece scores this much for each byte after its first: more than any ordinary piece, whose score is below 0. */
const USER_DEFINED_BONUS = 0.1;
/** Beyond this sum the float32 grid gets too coarse for the scores; the library then starts counting from 0 again. */
const RESET_AT = 100_000;

export class UnigramSegmenter implements Segmenter {
  ids = new Int32Array(1024);
  ends = new Int32Array(1024);

  private readonly trie: PieceTrie;
  private readonly scores: Float32Array;
  private readonly types: Uint8Array;
  private readonly unkId: number;
  private readonly unknownScore: number;
  /** Best segmentation of the text up to each byte: its score, where its last piece starts (-1: none yet), that piece. */
  private best = new Float32Array(1025);
  private starts = new Int32Array(1025);
  private lasts = new Int32Array(1025);

  constructor(model: SentencePieceModel, unkId: number) {
    this.scores = model.scores;
    this.types = model.types;
    this.unkId = unkId;
    const matching: number[] = [];
    let lowest = Infinity;
    model.types.forEach((type, id) => {
      if (type === PIECE.normal) lowest = Math.min(lowest, model.scores[id] ?? 0);
      if (type === PIECE.normal || type === PIECE.userDefined) matching.push(id);
    });
    this.unknownScore = Math.fround(lowest - UNKNOWN_PENALTY);
    this.trie = PieceTrie.of(matching.map((id) => model.pieces[id] ?? new Uint8Array(0)), matching);
  }

  segment(bytes: Uint8Array, length: number): number {
    if (this.best.length <= length) this.grow(length);
    const { best, starts, lasts, scores, types } = this;
    const { nodes, children } = this.trie;
    starts.fill(-1, 0, length + 1);
    best[0] = 0;
    let start = 0;
    let frontier = 0;
    while (start < length) {
      let scoreHere = best[start] ?? 0;
      if (scoreHere < -RESET_AT || scoreHere > RESET_AT) {
        for (let i = start; i <= frontier; i++) if (i === start || starts[i] !== -1) best[i] = (best[i] ?? 0) - scoreHere;
        scoreHere = 0;
      }
      const next = Math.min(start + characterLength(bytes[start] ?? 0), length);
      let coversCharacter = false;
      let node = 0;
      for (let at = start; at < length;) {
        const byte = bytes[at] ?? 0;
        const entry = 4 * node;
        if (byte - (nodes[entry + 1] ?? 0) >>> 0 >= (nodes[entry + 2] ?? 0)) break;
        node = children[(nodes[entry] ?? 0) + byte] ?? 0;
        if (node === 0) break;
        at++;
        const piece = nodes[4 * node + 3] ?? -1;
        if (piece < 0) continue;
        if (at > frontier) frontier = at;
        const own = types[piece] === PIECE.userDefined ? Math.fround(USER_DEFINED_BONUS * (at - start - 1)) : (scores[piece] ?? 0);
        const score = Math.fround(own + scoreHere);
        if (starts[at] === -1 || score > (best[at] ?? 0)) {
          best[at] = score;
          starts[at] = start;
          lasts[at] = piece;
        }
        if (at === next) coversCharacter = true;
      }
      if (!coversCharacter) {
        if (next > frontier) frontier = next;
        const score = Math.fround(this.unknownScore + scoreHere);
        if (starts[next] === -1 || score > (best[next] ?? 0)) {
          best[next] = score;
          starts[next] = start;
          lasts[next] = this.unkId;
        }
      }
      start = next;
    }
    return this.backtrack(length);
  }

  private backtrack(length: number): number {
    const { ids, ends, starts, lasts } = this;
    let count = 0;
    for (let end = length; end > 0; end = starts[end] ?? 0) {
      ids[count] = lasts[end] ?? 0;
      ends[count++] = end;
    }
    ids.subarray(0, count).reverse();
    ends.subarray(0, count).reverse();
    return count;
  }

  private grow(length: number): void {
    const size = 2 * length;
    this.best = new Float32Array(size + 1);
    this.starts = new Int32Array(size + 1);
    this.lasts = new Int32Array(size + 1);
    this.ids = new Int32Array(size);
    this.ends = new Int32Array(size);
  }
}
