/**
 * The target ids that each sentence of a batch may use, from a lexical shortlist.
 */
import { CANDIDATE_BLOCK } from '../architectures/output-layer.ts';
import type { LexicalShortlist } from '../weights/lexical-shortlist.ts';

export interface CandidateTable {
  /** [rows, columns]; EOS (0) first; short rows are filled with -1. */
  readonly ids: Int32Array;
  readonly columns: number;
}

export class CandidateFinder {
  readonly #shortlist: LexicalShortlist;
  /** The row that last took each target id, to take it once. */
  readonly #takenBy: Int32Array;
  #row = 0;
  /** The ids of the rows so far, one row behind the other. */
  #found = new Int32Array(1 << 14);
  #count = 0;

  constructor(shortlist: LexicalShortlist, targetVocabulary: number) {
    this.#shortlist = shortlist;
    this.#takenBy = new Int32Array(targetVocabulary);
  }

  /** The most frequent ids, those listed for each token of the sentence and the `extra` ones of each sentence. */
  table(sources: readonly (readonly number[])[], extra: (row: number) => readonly number[] = () => []): CandidateTable {
    this.#count = 0;
    const ends = sources.map((source, row) => this.#find(source, extra(row)));
    const columns = roundUp(Math.max(...ends.map((end, row) => end - (ends[row - 1] ?? 0))));
    const ids = new Int32Array(sources.length * columns).fill(-1);
    for (const [row, end] of ends.entries()) ids.set(this.#found.subarray(ends[row - 1] ?? 0, end), row * columns);
    return { ids, columns };
  }

  /** Adds a row; returns where it ends. */
  #find(source: readonly number[], extra: readonly number[]): number {
    const { firstNum, offsets, ids, sourceTokens } = this.#shortlist;
    const always = Math.max(firstNum, 1);
    let most = always + extra.length;
    for (const token of source) if (token < sourceTokens) most += (offsets[token + 1] ?? 0) - (offsets[token] ?? 0);
    const found = this.#roomFor(most);
    const taken = this.#takenBy;
    const row = ++this.#row;
    let count = this.#count;
    const take = (id: number): void => {
      if (taken[id] === row || id >= taken.length) return;
      taken[id] = row;
      found[count++] = id;
    };
    for (let id = 0; id < always; id++) take(id);
    for (const token of source) {
      if (token >= sourceTokens) continue;
      const end = offsets[token + 1] ?? 0;
      for (let at = offsets[token] ?? 0; at < end; at++) take(ids[at] ?? 0);
    }
    for (const id of extra) take(id);
    this.#count = count;
    return count;
  }

  #roomFor(more: number): Int32Array {
    if (this.#count + more > this.#found.length) {
      const longer = new Int32Array(2 * (this.#count + more));
      longer.set(this.#found.subarray(0, this.#count));
      this.#found = longer;
    }
    return this.#found;
  }
}

function roundUp(columns: number): number {
  return Math.ceil(columns / CANDIDATE_BLOCK) * CANDIDATE_BLOCK;
}
