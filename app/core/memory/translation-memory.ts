/**
 * Translations that exist already, found by sources that are like a text. No match at or above the asked percentage is ever
 * missed: candidates come from an index of words by the prefix filter (Chaudhuri, Ganti and Kaushik 2006) and are measured.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { distancesFrom, memoryWords } from './word-distance.ts';

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
/** Units that are added in one go. */
const STEP = 500;

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
    this.#addTo(this.#corpora.push(corpus) - 1, units);
  }

  /** As `add`, some at a time: others have their turn in between. Throws what aborted the signal. */
  async addInSteps(corpus: string, units: readonly TranslationUnit[], signal: AbortSignal): Promise<void> {
    const number = this.#corpora.push(corpus) - 1;
    for (let from = 0; from < units.length; from += STEP) {
      this.#addTo(number, units.slice(from, from + STEP));
      await turn();
      signal.throwIfAborted();
    }
  }

  #addTo(corpus: number, units: Iterable<TranslationUnit>): void {
    for (const { source, target } of units) {
      if (source.trim() === '' || target.trim() === '') continue;
      const id = this.#units.length, words = Int32Array.from(memoryWords(source), (word) => this.#numberOf(word));
      this.#units.push({ source, target, corpus, words });
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
    const known = new Set(Array.from(found.keys(), (id) => this.#units[id]?.target));
    // None of the others is as good as the very same text.
    if (least < 100 && known.size < most) this.#findAlike(text, { least, most }, found);
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

  /** Adds the units below 100 percent to `found`: all of them, or of one match the best ones. */
  #findAlike(text: string, { least, most }: { readonly least: number; readonly most: number }, found: Map<number, number>): void {
    const words = Int32Array.from(memoryWords(text), (word) => this.#words.get(word) ?? -1);
    if (words.length === 0 || words.length > LONGEST) return;
    const distanceTo = distancesFrom(words, this.#words.size);
    let wanted = least;
    for (const id of this.#candidates(words, least)) {
      const other = this.#units[id]?.words;
      if (found.has(id) || other === undefined || other.length > LONGEST) continue;
      const longer = Math.max(words.length, other.length);
      const match = Math.min(99, Math.floor((100 * (longer - distanceTo(other, longer - leastOf(wanted, longer)))) / longer));
      if (match < wanted) continue;
      found.set(id, match);
      if (most === 1) wanted = match;
    }
  }

  /**
   * Of n words a match keeps at least `least` percent in their places. So among any n - kept + 1 of them it has one, and the
   * rarest ones are looked up.
   */
  #candidates(words: Int32Array, least: number): Set<number> {
    const rarity = (word: number): number => this.#holding[word]?.length ?? 0;
    const shortest = leastOf(least, words.length), longest = (100 * words.length) / least;
    const looked = words.toSorted((a, b) => rarity(a) - rarity(b)).slice(0, words.length - shortest + 1);
    const candidates = new Set<number>();
    for (const word of new Set(looked))
      for (const id of this.#holding[word] ?? []) {
        const length = this.#units[id]?.words.length ?? 0;
        if (length >= shortest && length <= longest) candidates.add(id);
      }
    return candidates;
  }

  #numberOf(word: string): number {
    const known = this.#words.get(word);
    if (known !== undefined) return known;
    const number = this.#holding.push([]) - 1;
    this.#words.set(word, number);
    return number;
  }
}

/** The least number of words that is `percent` of `words`; in whole numbers, since 0.56 * 25 is more than 14. */
const leastOf = (percent: number, words: number): number => Math.ceil((percent * words) / 100);

const sameText = (text: string): string => text.normalize('NFC').trim().replace(/\s+/g, ' ');
