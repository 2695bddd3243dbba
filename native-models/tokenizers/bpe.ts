/**
 * Byte-pair encoding of SentencePiece: starting from characters, the neighbouring pair whose union is the best-scored piece
 * is merged, the leftmost of equals first, until no pair is a piece. Merged pieces of type "unused" are split again.
 */
import { PieceTrie } from './piece-trie.ts';
import { PriorityQueue } from './priority-queue.ts';
import { PIECE, type SentencePieceModel } from './sentencepiece-model.ts';
import type { Segmenter } from './segmenter.ts';
import { characterLength } from './utf8.ts';

/** A possible merge of the symbols at `left` and `right`; `size` is the length in bytes of the two together. */
interface Merge {
  readonly score: number;
  readonly left: number;
  readonly right: number;
  readonly size: number;
}

export class BpeSegmenter implements Segmenter {
  ids = new Int32Array(1024);
  ends = new Int32Array(1024);

  private readonly trie: PieceTrie;
  private readonly model: SentencePieceModel;
  private readonly unkId: number;
  private readonly protectedPieces: PieceTrie | null;
  private count = 0;

  constructor(model: SentencePieceModel, unkId: number, protectedPieces: PieceTrie | null) {
    this.model = model;
    this.unkId = unkId;
    this.protectedPieces = protectedPieces;
    const matching: number[] = [];
    model.types.forEach((type, id) => {
      if (type === PIECE.normal || type === PIECE.userDefined || type === PIECE.unused) matching.push(id);
    });
    this.trie = PieceTrie.of(matching.map((id) => model.pieces[id] ?? new Uint8Array(0)), matching);
  }

  segment(bytes: Uint8Array, length: number): number {
    if (this.ids.length < length) {
      this.ids = new Int32Array(2 * length);
      this.ends = new Int32Array(2 * length);
    }
    const symbols = this.split(bytes, length);
    const { starts, ends, previous, next, frozen } = symbols;
    const agenda = new PriorityQueue(isBefore);
    /** Where an unused piece (start, end) was put together, for taking it apart. */
    const seams = new Map<string, number>();
    const offer = (left: number, right: number): void => {
      if (left < 0 || right < 0 || frozen[left] === 1 || frozen[right] === 1) return;
      const from = starts[left] ?? 0;
      const to = ends[right] ?? 0;
      const piece = this.pieceOf(bytes, from, to);
      if (piece < 0) return;
      agenda.push({ score: this.model.scores[piece] ?? 0, left, right, size: to - from });
      if (this.model.types[piece] === PIECE.unused) seams.set(keyOf(bytes, from, to), (ends[left] ?? 0) - from);
    };
    for (let i = 1; i < symbols.count; i++) offer(i - 1, i);
    for (let top = agenda.pop(); top !== null; top = agenda.pop()) {
      const { left, right } = top;
      const leftSize = (ends[left] ?? 0) - (starts[left] ?? 0);
      const rightSize = (ends[right] ?? 0) - (starts[right] ?? 0);
      if (leftSize === 0 || rightSize === 0 || leftSize + rightSize !== top.size) continue;
      ends[left] = ends[right] ?? 0;
      ends[right] = starts[right] ?? 0;
      const after = next[right] ?? -1;
      next[left] = after;
      if (after >= 0) previous[after] = left;
      offer(previous[left] ?? -1, left);
      offer(left, after);
    }
    this.count = 0;
    for (let i = symbols.count === 0 ? -1 : 0; i >= 0; i = next[i] ?? -1) this.emit(bytes, starts[i] ?? 0, ends[i] ?? 0, seams);
    return this.count;
  }

  /** The characters, and user-defined pieces as one frozen symbol each. */
  private split(bytes: Uint8Array, length: number) {
    const starts = new Int32Array(length);
    const ends = new Int32Array(length);
    const frozen = new Uint8Array(length);
    let count = 0;
    for (let at = 0; at < length;) {
      const keep = this.protectedPieces === null ? 0 : this.protectedPieces.longest(bytes, at, length);
      starts[count] = at;
      frozen[count] = keep > 0 ? 1 : 0;
      at = keep > 0 ? at + keep : Math.min(length, at + characterLength(bytes[at] ?? 0));
      ends[count++] = at;
    }
    const previous = Int32Array.from({ length: count }, (_, i) => i - 1);
    const next = Int32Array.from({ length: count }, (_, i) => (i + 1 < count ? i + 1 : -1));
    return { starts, ends, frozen, previous, next, count };
  }

  private emit(bytes: Uint8Array, from: number, to: number, seams: ReadonlyMap<string, number>): void {
    const piece = this.pieceOf(bytes, from, to);
    if (piece >= 0 && this.model.types[piece] === PIECE.unused) {
      const seam = seams.get(keyOf(bytes, from, to));
      if (seam !== undefined) {
        this.emit(bytes, from, from + seam, seams);
        this.emit(bytes, from + seam, to, seams);
        return;
      }
    }
    this.ids[this.count] = piece >= 0 ? piece : this.unkId;
    this.ends[this.count++] = to;
  }

  private pieceOf(bytes: Uint8Array, from: number, to: number): number {
    let node = 0;
    for (let i = from; i < to; i++) {
      node = this.trie.step(node, bytes[i] ?? 0);
      if (node === 0) return -1;
    }
    return this.trie.pieceAt(node);
  }
}

const keyOf = (bytes: Uint8Array, from: number, to: number): string => Buffer.from(bytes.subarray(from, to)).toString('latin1');

/** The highest score first, of equals the leftmost. */
const isBefore = (a: Merge, b: Merge): boolean => a.score > b.score || (a.score === b.score && a.left < b.left);
