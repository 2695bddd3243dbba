/**
 * Confirmed translations by their sources: which of them help with a new sentence. An inverted index that pairs come into and
 * leave one by one, ranked by BM25 (Robertson and Zaragoza 2009, with the idf of Lucene, which is never negative).
 */
import { wordsOf } from '../tasks/words.ts';

export interface ConfirmedPair {
  readonly source: string;
  readonly target: string;
}

interface IndexedPair extends ConfirmedPair {
  /** How often each word occurs in the source. */
  readonly counts: ReadonlyMap<string, number>;
  readonly length: number;
  /** Counts up: which of two equally good pairs is newer. */
  readonly age: number;
}

/** Pairs that are remembered for a sentence. More bring no more (docs/engine-adaptation.md). */
export const PAIRS_A_SENTENCE = 16;

const K1 = 1.2;
const B = 0.75;
/** Words of more letters lose a final s: plural and singular of a name find each other. */
const SHORT_WORD = 3;

export class SimilarPairs {
  readonly #pairs = new Map<number, IndexedPair>();
  readonly #holding = new Map<string, Set<number>>();
  #words = 0;
  #age = 0;

  get size(): number {
    return this.#pairs.size;
  }

  has(id: number): boolean {
    return this.#pairs.has(id);
  }

  /** In the order in which they came, the newest last. */
  ids(): number[] {
    return [...this.#pairs.keys()];
  }

  /** Adds a pair, or puts it in the place of the one with this id. */
  set(id: number, { source, target }: ConfirmedPair): void {
    this.delete(id);
    const counts = new Map<string, number>();
    const words = foldedWords(source);
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    this.#pairs.set(id, { source, target, counts, length: words.length, age: ++this.#age });
    this.#words += words.length;
    for (const word of counts.keys()) {
      const holding = this.#holding.get(word);
      if (holding === undefined) this.#holding.set(word, new Set([id]));
      else holding.add(id);
    }
  }

  delete(id: number): void {
    const pair = this.#pairs.get(id);
    if (pair === undefined) return;
    this.#pairs.delete(id);
    this.#words -= pair.length;
    for (const word of pair.counts.keys()) {
      const holding = this.#holding.get(word);
      holding?.delete(id);
      if (holding?.size === 0) this.#holding.delete(word);
    }
  }

  /** Pairs that share words with a text, best first and newer ones before older ones; `without` leaves one out. */
  nearest(text: string, most: number, without: number | null = null): (ConfirmedPair & { readonly id: number; readonly score: number })[] {
    const scores = new Map<number, number>();
    const average = this.#words / Math.max(1, this.#pairs.size);
    for (const word of new Set(foldedWords(text))) {
      const holding = this.#holding.get(word);
      if (holding === undefined) continue;
      const idf = Math.log(1 + (this.#pairs.size - holding.size + 0.5) / (holding.size + 0.5));
      for (const id of holding) {
        const pair = this.#pairs.get(id);
        const count = pair?.counts.get(word) ?? 0;
        if (pair !== undefined && id !== without) scores.set(id, (scores.get(id) ?? 0) + (idf * count * (K1 + 1)) / (count + K1 * (1 - B + (B * pair.length) / average)));
      }
    }
    const ageOf = (id: number): number => this.#pairs.get(id)?.age ?? 0;
    const best = [...scores].sort(([a, one], [b, other]) => other - one || ageOf(b) - ageOf(a)).slice(0, most);
    return best.flatMap(([id, score]) => {
      const pair = this.#pairs.get(id);
      return pair === undefined ? [] : [{ id, score, source: pair.source, target: pair.target }];
    });
  }
}

const foldedWords = (text: string): string[] => wordsOf(text).map((word) => (word.length > SHORT_WORD && word.endsWith('s') ? word.slice(0, -1) : word));
