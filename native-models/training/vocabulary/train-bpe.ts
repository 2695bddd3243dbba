/**
 * Trains a byte-pair vocabulary (Sennrich et al. 2016, algorithm 1): the neighbouring pair that occurs most often in the
 * corpus becomes a piece, again and again.
 */
import { PriorityQueue } from '../../tokenizers/priority-queue.ts';
import { LONGEST_PIECE, mayJoin } from './piece-rules.ts';
import { nextTurn, type ScoredPiece, type TrainingRounds } from './train-unigram.ts';
import { stretchesOf } from './word-counts.ts';

/** Merges between two looks at the signal. */
const MERGES_A_TURN = 200;
/** Pairs that occur once teach nothing. */
const LEAST_COUNT = 2;

interface Candidate { readonly pair: number; readonly count: number; readonly text: string }

/**
 * At most `size` pieces: merged ones in the order of their merges, then the characters. Scores fall by one from piece to
 * piece, as in Google's files. Deterministic: of equally frequent pairs the first by code units merges first.
 */
export async function trainBpe(words: ReadonlyMap<string, number>, characters: ReadonlyMap<string, number>, size: number, { signal, report }: TrainingRounds = {}): Promise<ScoredPiece[]> {
  const merges = new Merges(stretchesOf(words, characters));
  const wanted = size - characters.size;
  const found: string[] = [];
  while (found.length < wanted) {
    if (found.length % MERGES_A_TURN === 0) {
      await nextTurn(signal);
      report?.(found.length + characters.size, size);
    }
    const merged = merges.next();
    if (merged === null) break;
    // Two ways to the same text ("a"+"bc", "ab"+"c") are one piece.
    if (!merges.seen(merged)) found.push(merged);
  }
  return [...found, ...characters.keys()].map((piece, rank) => [piece, -rank]);
}

class Merges {
  readonly #texts: string[] = [];
  readonly #ids = new Map<string, number>();
  readonly #words: { symbols: number[]; readonly count: number }[];
  readonly #counts = new Map<number, number>();
  /** Words that hold or held a pair. */
  readonly #holders = new Map<number, Set<number>>();
  readonly #queue = new PriorityQueue<Candidate>(isBefore);
  readonly #merged = new Set<string>();

  constructor(stretches: readonly (readonly [string, number])[]) {
    this.#words = stretches.map(([text, count]) => ({ symbols: Array.from(text, (character) => this.#idOf(character)), count }));
    this.#words.forEach(({ symbols, count }, word) => this.#count(word, symbols, count, null, null));
    for (const pair of this.#counts.keys()) this.#offer(pair);
  }

  /** Whether this text was merged before; it counts as merged from now on. */
  seen(text: string): boolean {
    const seen = this.#merged.has(text);
    this.#merged.add(text);
    return seen;
  }

  /** Merges the most frequent pair everywhere; null when no pair is frequent enough. */
  next(): string | null {
    for (let top = this.#queue.pop(); top !== null; top = this.#queue.pop()) {
      const now = this.#counts.get(top.pair) ?? 0;
      // Where the count rose since, the pair was put there again; where it fell, it takes its new place now.
      if (now < top.count) this.#offer(top.pair);
      if (now !== top.count) continue;
      this.#merge(top);
      return top.text;
    }
    return null;
  }

  #merge({ pair, text }: Candidate): void {
    const left = Math.floor(pair / SYMBOLS);
    const right = pair % SYMBOLS;
    const union = this.#idOf(text);
    const touched = new Set<number>();
    for (const word of this.#holders.get(pair) ?? []) {
      const entry = this.#words[word];
      if (entry === undefined) continue;
      const old = entry.symbols;
      const symbols: number[] = [];
      /** Of both lists, where a merged symbol is. */
      const gone = new Set<number>();
      const made = new Set<number>();
      for (let at = 0; at < old.length; at++) {
        if (old[at] !== left || old[at + 1] !== right) symbols.push(old[at] ?? 0);
        else {
          gone.add(at).add(at + 1);
          made.add(symbols.push(union) - 1);
          at++;
        }
      }
      entry.symbols = symbols;
      this.#count(word, old, -entry.count, gone, null);
      this.#count(word, symbols, entry.count, made, touched);
    }
    this.#counts.delete(pair);
    this.#holders.delete(pair);
    for (const each of touched) this.#offer(each);
  }

  /** Adds `times` to the pairs of a word that have a symbol at one of the places; null: to all. */
  #count(word: number, symbols: readonly number[], times: number, places: ReadonlySet<number> | null, touched: Set<number> | null): void {
    for (let at = 0; at + 1 < symbols.length; at++) {
      if (places !== null && !places.has(at) && !places.has(at + 1)) continue;
      const pair = (symbols[at] ?? 0) * SYMBOLS + (symbols[at + 1] ?? 0);
      this.#counts.set(pair, (this.#counts.get(pair) ?? 0) + times);
      if (times < 0) continue;
      touched?.add(pair);
      const holders = this.#holders.get(pair);
      if (holders === undefined) this.#holders.set(pair, new Set([word]));
      else holders.add(word);
    }
  }

  #offer(pair: number): void {
    const left = this.#texts[Math.floor(pair / SYMBOLS)] ?? '';
    const right = this.#texts[pair % SYMBOLS] ?? '';
    const count = this.#counts.get(pair) ?? 0;
    const characters = Array.from(left + right);
    if (count < LEAST_COUNT || characters.length > LONGEST_PIECE || !mayJoin(Array.from(left).at(-1) ?? '', Array.from(right)[0] ?? '')) return;
    this.#queue.push({ pair, count, text: left + right });
  }

  #idOf(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    this.#ids.set(text, this.#texts.length);
    return this.#texts.push(text) - 1;
  }
}

/** The most frequent first, of equals the first by code units. */
const isBefore = (a: Candidate, b: Candidate): boolean => a.count > b.count || (a.count === b.count && a.text < b.text);

/** More than any vocabulary has; a pair is left * SYMBOLS + right, exact in a double. */
const SYMBOLS = 1 << 24;
