/**
 * Finds many phrases in a text at once, as whole words. White space of any kind and length separates words; letter case
 * counts only where a phrase says so; composed and decomposed letters are the same (NFC). In scripts without spaces between
 * words each character is a word, so that a phrase is found anywhere in them.
 */

export interface Phrase<T> {
  readonly text: string;
  readonly caseSensitive: boolean;
  readonly value: T;
}

export interface PhraseMatch<T> {
  /** UTF-16 offsets, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** Of all phrases that match here. */
  readonly values: readonly T[];
}

export interface FinderRules {
  /** `car-sharing` does not hold the word `car`. */
  readonly hyphenJoins: boolean;
  /** Where a sentence begins, a phrase whose case matters may have a capital that it lacks. */
  readonly capitalAtStart: boolean;
}

interface Pattern<T> {
  readonly folded: readonly string[];
  readonly exact: readonly string[] | null;
  readonly value: T;
}

interface Word {
  readonly start: number;
  readonly end: number;
  readonly exact: string;
  readonly folded: string;
}

const UNSPACED = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}`;
const WORD = new RegExp(String.raw`[${UNSPACED}]\p{M}*|(?:(?![${UNSPACED}])[\p{L}\p{N}\p{M}_])+|\S`, 'gu');
const LETTER = /[\p{L}\p{N}\p{M}_]/u;
const HYPHEN = /[-\u2010\u2011]/;
const SENTENCE_START = /(?:^|[.!?:…]["'”’»)\]]*\s+|\n)[^\p{L}\p{N}]*$/u;

export class PhraseFinder<T> {
  /** By their first word, or their first two: there are many that begin with one and the same. */
  readonly #byStart = new Map<string, Pattern<T>[]>();
  readonly #rules: FinderRules;

  /** Phrases without a letter, a digit or a sign are left out. */
  constructor(phrases: Iterable<Phrase<T>>, rules: FinderRules) {
    this.#rules = rules;
    for (const { text, caseSensitive, value } of phrases) {
      const words = wordsIn(text);
      const [first] = words;
      if (first === undefined) continue;
      const pattern = { folded: words.map(({ folded }) => folded), exact: caseSensitive ? words.map(({ exact }) => exact) : null, value };
      const key = startKey(first, words[1]);
      const known = this.#byStart.get(key);
      if (known === undefined) this.#byStart.set(key, [pattern]);
      else known.push(pattern);
    }
  }

  /** Matches that do not overlap, in order: of those that would, the one with the most words stays, then the first. */
  find(text: string): PhraseMatch<T>[] {
    const words = wordsIn(text);
    const found = new Map<string, { start: number; end: number; words: number; values: T[] }>();
    words.forEach((word, i) => {
      const next = words[i + 1];
      const patterns = [...(this.#byStart.get(startKey(word)) ?? []), ...(next === undefined ? [] : (this.#byStart.get(startKey(word, next)) ?? []))];
      for (const pattern of patterns) {
        const last = words[i + pattern.folded.length - 1];
        if (last === undefined || !this.#matches(pattern, words, i, text) || (this.#rules.hyphenJoins && isJoined(text, word.start, last.end))) continue;
        const key = `${word.start} ${last.end}`;
        const known = found.get(key);
        if (known === undefined) found.set(key, { start: word.start, end: last.end, words: pattern.folded.length, values: [pattern.value] });
        else if (!known.values.includes(pattern.value)) known.values.push(pattern.value);
      }
    });
    const kept: PhraseMatch<T>[] = [];
    for (const match of [...found.values()].sort((a, b) => b.words - a.words || a.start - b.start)) {
      if (kept.every(({ start, end }) => match.end <= start || end <= match.start)) kept.push({ start: match.start, end: match.end, values: match.values });
    }
    return kept.sort((a, b) => a.start - b.start);
  }

  #matches({ folded, exact }: Pattern<T>, words: readonly Word[], at: number, text: string): boolean {
    if (!folded.every((word, i) => words[at + i]?.folded === word)) return false;
    if (exact === null) return true;
    return exact.every((word, i) => {
      const there = words[at + i];
      return there?.exact === word || (i === 0 && this.#rules.capitalAtStart && there !== undefined && there.exact === capitalized(word) && SENTENCE_START.test(text.slice(0, there.start)));
    });
  }
}

const startKey = (first: Word, second?: Word): string => (second === undefined ? first.folded : `${first.folded} ${second.folded}`);

/** The word with a capital at its start. */
export const capitalized = (text: string): string => text.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());

function wordsIn(text: string): Word[] {
  return Array.from(text.matchAll(WORD), ({ 0: raw, index }) => {
    const exact = raw.normalize('NFC').replace(/[‘’ʼ]/g, "'");
    return { start: index, end: index + raw.length, exact, folded: exact.toLowerCase().normalize('NFC') };
  });
}

/** Whether a hyphen ties the stretch to a word before or after it. */
function isJoined(text: string, start: number, end: number): boolean {
  return (HYPHEN.test(text.charAt(start - 1)) && LETTER.test(text.charAt(start - 2))) || (HYPHEN.test(text.charAt(end)) && LETTER.test(text.charAt(end + 1)));
}
