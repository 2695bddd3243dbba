/**
 * Translations that exist already, found by sources that are like a text. No match at or above the asked percentage is ever
 * missed: candidates come from an index of words by the prefix filter (Chaudhuri, Ganti and Kaushik 2006) and are measured.
 */
import { editDistance, memoryWords } from './word-distance.ts';

export interface TranslationUnit {
  readonly source: string;
  readonly target: string;
}

export interface MemoryMatch extends TranslationUnit {
  /** The name under which the unit was added. */
  readonly corpus: string;
  /**
   * Percent. 100: the same text, white space aside; else the share of words that stay where the shorter way from one text
   * to the other leaves them, of the longer one's, rounded down and at most 99.
   */
  readonly match: number;
}

interface StoredUnit extends TranslationUnit {
  readonly corpus: number;
  readonly words: Int32Array;
}

/** Words of a text at most that are compared: a distance takes their square. */
const LONGEST = 1_000;

export class TranslationMemory {
  readonly #corpora: string[] = [];
  readonly #units: StoredUnit[] = [];
  readonly #words = new Map<string, number>();
  /** Units that hold a word, by its number. */
  readonly #holding: number[][] = [];
  readonly #exact = new Map<string, number[]>();

  get size(): number {
    return this.#units.length;
  }

  /** Adds units of a corpus; of equal ones in a corpus the last is the newest. Those without text on a side are left out. */
  add(corpus: string, units: Iterable<TranslationUnit>): void {
    const number = this.#corpora.push(corpus) - 1;
    for (const { source, target } of units) {
      if (source.trim() === '' || target.trim() === '') continue;
      const id = this.#units.length, words = Int32Array.from(memoryWords(source), (word) => this.#numberOf(word));
      this.#units.push({ source, target, corpus: number, words });
      for (const word of new Set(words)) this.#holding[word]?.push(id);
      const key = sameText(source), equal = this.#exact.get(key);
      if (equal === undefined) this.#exact.set(key, [id]);
      else equal.push(id);
    }
  }

  /** Up to `most` matches of at least `least` percent (1 to 100) with different targets, best first; among equals those of the corpus that was added first, the newest first. */
  find(text: string, { least, most }: { readonly least: number; readonly most: number }): MemoryMatch[] {
    const found = new Map<number, number>();
    for (const id of this.#exact.get(sameText(text)) ?? []) found.set(id, 100);
    const words = memoryWords(text).map((word) => this.#words.get(word) ?? -1);
    if (least < 100 && words.length > 0 && words.length <= LONGEST)
      for (const id of this.#candidates(words, least / 100)) {
        if (found.has(id)) continue;
        const match = this.#matchOf(Int32Array.from(words), id, least);
        if (match !== null) found.set(id, match);
      }
    const corpusOf = (id: number): number => this.#units[id]?.corpus ?? 0;
    const best = [...found].sort(([a, one], [b, other]) => other - one || corpusOf(a) - corpusOf(b) || b - a);
    const targets = new Set<string>(), matches: MemoryMatch[] = [];
    for (const [id, match] of best) {
      const unit = this.#units[id];
      if (unit === undefined || targets.has(unit.target)) continue;
      targets.add(unit.target);
      matches.push({ source: unit.source, target: unit.target, corpus: this.#corpora[unit.corpus] ?? '', match });
      if (matches.length === most) break;
    }
    return matches;
  }

  /**
   * Of n words a match keeps at least share * n in their places. So among any n - ceil(share * n) + 1 of them it has one, and
   * the rarest ones are looked up.
   */
  #candidates(words: readonly number[], share: number): Set<number> {
    const rarity = (word: number): number => this.#holding[word]?.length ?? 0;
    const looked = [...words].sort((a, b) => rarity(a) - rarity(b)).slice(0, words.length - Math.ceil(share * words.length) + 1);
    const shortest = share * words.length, longest = words.length / share;
    const candidates = new Set<number>();
    for (const word of new Set(looked))
      for (const id of this.#holding[word] ?? []) {
        const length = this.#units[id]?.words.length ?? 0;
        if (length >= shortest && length <= longest) candidates.add(id);
      }
    return candidates;
  }

  /** Null below `least`. */
  #matchOf(words: Int32Array, id: number, least: number): number | null {
    const other = this.#units[id]?.words ?? new Int32Array();
    const longer = Math.max(words.length, other.length);
    if (other.length > LONGEST) return null;
    const match = Math.min(99, Math.floor((100 * (longer - editDistance(words, other))) / longer));
    return match >= least ? match : null;
  }

  #numberOf(word: string): number {
    const known = this.#words.get(word);
    if (known !== undefined) return known;
    const number = this.#holding.push([]) - 1;
    this.#words.set(word, number);
    return number;
  }
}

const sameText = (text: string): string => text.normalize('NFC').trim().replace(/\s+/g, ' ');
