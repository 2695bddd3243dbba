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

  constructor(shortlist: LexicalShortlist, targetVocabulary: number) {
    this.#shortlist = shortlist;
    this.#takenBy = new Int32Array(targetVocabulary);
  }

  /** The most frequent ids, those listed for each token of the sentence and the `extra` ones of each sentence. */
  table(sources: readonly (readonly number[])[], extra: (row: number) => readonly number[] = () => []): CandidateTable {
    const rows = sources.map((source, row) => this.#candidates(source, extra(row)));
    const columns = roundUp(Math.max(...rows.map((row) => row.length)));
    const ids = new Int32Array(rows.length * columns).fill(-1);
    for (const [index, row] of rows.entries()) ids.set(row, index * columns);
    return { ids, columns };
  }

  #candidates(source: readonly number[], extra: readonly number[]): number[] {
    const { firstNum, offsets, ids, sourceTokens } = this.#shortlist;
    const taken = this.#takenBy;
    const row = ++this.#row;
    const found: number[] = [];
    const take = (id: number): void => {
      if (taken[id] === row || id >= taken.length) return;
      taken[id] = row;
      found.push(id);
    };
    for (let id = 0; id < Math.max(firstNum, 1); id++) take(id);
    for (const token of source) {
      if (token >= sourceTokens) continue;
      const end = offsets[token + 1] ?? 0;
      for (let at = offsets[token] ?? 0; at < end; at++) {
        take(ids[at] ?? 0);
      }
    }
    for (const id of extra) take(id);
    return found;
  }
}

function roundUp(columns: number): number {
  return Math.ceil(columns / CANDIDATE_BLOCK) * CANDIDATE_BLOCK;
}
