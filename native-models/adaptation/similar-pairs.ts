/**
 * Confirmed translations by their sources: which of them help with a new sentence. An inverted index that pairs come into and
 * leave one by one, ranked by BM25 (Robertson and Zaragoza 2009, with the idf of Lucene, which is never negative).
 */
import { wordsOf } from '../tasks/words.ts';
import { grown, PostingList } from './posting-list.ts';

export interface ConfirmedPair {
  readonly source: string;
  readonly target: string;
}

export interface SimilarPair extends ConfirmedPair {
  readonly id: number;
  readonly score: number;
}

/** Pairs that are remembered for a sentence. More bring no more (docs/engine-adaptation.md). */
export const PAIRS_A_SENTENCE = 16;

const K1 = 1.2;
const B = 0.75;
/** Words of more letters lose a final s: plural and singular of a name find each other. */
const SHORT_WORD = 3;
/** The index is made anew when this many places are empty, and they are the most. */
const MOST_EMPTY = 1000;

interface PlacedPair extends ConfirmedPair {
  readonly id: number;
}

export class SimilarPairs {
  readonly #places = new Map<number, number>();
  /** By place, the oldest first; null where one was taken away. */
  #pairs: (PlacedPair | null)[] = [];
  /** Words of each source. */
  #lengths = new Uint32Array(16);
  #postings = new Map<string, PostingList>();
  /** Between two searches all 0. */
  #scores = new Float64Array(16);
  #words = 0;

  get size(): number {
    return this.#places.size;
  }

  has(id: number): boolean {
    return this.#places.has(id);
  }

  /** In the order in which they came, the newest last. */
  ids(): number[] {
    return this.#pairs.flatMap((pair) => (pair === null ? [] : pair.id));
  }

  /** The newest pairs, the newest last. */
  newest(most: number): (ConfirmedPair & { readonly id: number })[] {
    const found: PlacedPair[] = [];
    for (let place = this.#pairs.length - 1; place >= 0 && found.length < most; place--) {
      const pair = this.#pairs[place];
      if (pair) found.push(pair);
    }
    return found.reverse();
  }

  /** Adds a pair, or puts it in the place of the one with this id. */
  set(id: number, { source, target }: ConfirmedPair): void {
    this.delete(id);
    const place = this.#pairs.push({ id, source, target }) - 1;
    this.#places.set(id, place);
    if (place >= this.#lengths.length) {
      this.#lengths = grown(this.#lengths);
      this.#scores = new Float64Array(this.#lengths.length);
    }
    const words = foldedWords(source);
    this.#lengths[place] = words.length;
    this.#words += words.length;
    for (const [word, count] of countsOf(words)) {
      const posting = this.#postings.get(word) ?? new PostingList();
      posting.add(place, count);
      this.#postings.set(word, posting);
    }
  }

  delete(id: number): void {
    const place = this.#places.get(id);
    const pair = place === undefined ? null : this.#pairs[place];
    if (place === undefined || !pair) return;
    this.#places.delete(id);
    this.#pairs[place] = null;
    this.#words -= this.#lengths[place] ?? 0;
    for (const word of new Set(foldedWords(pair.source))) {
      const posting = this.#postings.get(word);
      if (posting !== undefined && --posting.holding === 0) this.#postings.delete(word);
    }
    const empty = this.#pairs.length - this.#places.size;
    if (empty > MOST_EMPTY && empty > this.#places.size) this.#remake();
  }

  /** Pairs that share words with a text, best first and newer ones before older ones; `without` leaves one out. */
  nearest(text: string, most: number, without: number | null = null): SimilarPair[] {
    const scores = this.#scores, lengths = this.#lengths, pairs = this.#pairs;
    const touched = this.#score(new Set(foldedWords(text)), scores, lengths);
    const left = without === null ? -1 : (this.#places.get(without) ?? -1);
    // Places count up: of two equally good pairs the one behind is the newer.
    const isBetter = (a: number, b: number): boolean => (scores[a] ?? 0) > (scores[b] ?? 0) || (scores[a] === scores[b] && a > b);
    const best: number[] = [];
    for (const place of touched) {
      if (place === left || pairs[place] === null || most === 0) continue;
      const last = best[most - 1];
      if (last !== undefined && !isBetter(place, last)) continue;
      let at = Math.min(best.length, most - 1);
      for (; at > 0; at--) {
        const before = best[at - 1];
        if (before === undefined || isBetter(before, place)) break;
        best[at] = before;
      }
      best[at] = place;
    }
    const found = best.flatMap((place) => {
      const pair = pairs[place];
      return pair ? [{ id: pair.id, score: scores[place] ?? 0, source: pair.source, target: pair.target }] : [];
    });
    for (const place of touched) scores[place] = 0;
    return found;
  }

  /** Adds up the scores; gives the places that have one. */
  #score(words: ReadonlySet<string>, scores: Float64Array, lengths: Uint32Array): Uint32Array {
    const postings = [...words].flatMap((word) => this.#postings.get(word) ?? []);
    const touched = new Uint32Array(Math.min(this.#pairs.length, postings.reduce((sum, { length }) => sum + length, 0)));
    const size = this.size, perWord = (K1 * B * size) / Math.max(1, this.#words), fixed = K1 * (1 - B);
    let used = 0;
    for (const { places, counts, length, holding } of postings) {
      const weight = Math.log(1 + (size - holding + 0.5) / (holding + 0.5)) * (K1 + 1);
      for (let at = 0; at < length; at++) {
        const place = places[at] ?? 0, count = counts[at] ?? 0, known = scores[place] ?? 0;
        if (known === 0) touched[used++] = place;
        scores[place] = known + (weight * count) / (count + fixed + perWord * (lengths[place] ?? 0));
      }
    }
    return touched.subarray(0, used);
  }

  #remake(): void {
    const pairs = this.newest(Infinity);
    this.#places.clear();
    this.#pairs = [];
    this.#postings = new Map();
    this.#words = 0;
    for (const pair of pairs) this.set(pair.id, pair);
  }
}

function countsOf(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

const foldedWords = (text: string): string[] => wordsOf(text).map((word) => (word.length > SHORT_WORD && word.endsWith('s') ? word.slice(0, -1) : word));
