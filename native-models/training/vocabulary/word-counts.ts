/** What a vocabulary is learned from: the different words of a corpus, normalized, with their counts. */
import { Normalizer } from '../../tokenizers/normalizer.ts';
import { Utf8Buffer } from '../../tokenizers/utf8.ts';

/** U+2581, which stands for the space in front of a word. */
export const WORD_START = '\u2581';

/** Longer runs without a space are cut, so that one line of rubbish costs no more than any other. */
const LONGEST_WORD = 256;

export class WordCounts {
  /** Words with WORD_START in front. */
  readonly words = new Map<string, number>();
  lines = 0;
  readonly #normalizer: Normalizer;
  readonly #input = new Utf8Buffer();
  readonly #utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

  constructor(characterMap: Uint8Array) {
    const spec = { charsmap: characterMap, addDummyPrefix: true, removeExtraWhitespaces: true, escapeWhitespaces: true };
    this.#normalizer = new Normalizer(spec, { treatWhitespaceAsSuffix: false, protectedPieces: null });
  }

  add(line: string): void {
    this.lines++;
    this.#input.set(line);
    this.#normalizer.normalize(this.#input.bytes, this.#input.length);
    const text = this.#utf8.decode(this.#normalizer.output.subarray(0, this.#normalizer.length));
    for (const word of text.split(WORD_START)) {
      if (word === '') continue;
      const characters = Array.from(WORD_START + word);
      for (let from = 0; from < characters.length; from += LONGEST_WORD) this.#count(characters.slice(from, from + LONGEST_WORD).join(''));
    }
  }

  /**
   * The characters that make up `coverage` of the corpus, most frequent first: 0.9995 leaves out the rare ideographs of a
   * large corpus; 1 keeps every character.
   */
  characters(coverage: number): Map<string, number> {
    const counts = new Map<string, number>();
    let total = 0;
    for (const [word, count] of this.words)
      for (const character of word) {
        counts.set(character, (counts.get(character) ?? 0) + count);
        total += count;
      }
    const kept = new Map<string, number>();
    let covered = 0;
    for (const [character, count] of [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))) {
      if (covered / total >= coverage) break;
      covered += count;
      kept.set(character, count);
    }
    return kept;
  }

  #count(word: string): void {
    this.words.set(word, (this.words.get(word) ?? 0) + 1);
  }
}

/** The stretches of each word that consist of `characters` alone, with their counts, in a fixed order. */
export function stretchesOf(words: ReadonlyMap<string, number>, characters: ReadonlyMap<string, number>): [text: string, count: number][] {
  const stretches = new Map<string, number>();
  const add = (text: string, count: number): void => {
    if (text !== '') stretches.set(text, (stretches.get(text) ?? 0) + count);
  };
  for (const [word, count] of words) {
    let text = '';
    for (const character of word) {
      if (characters.has(character)) text += character;
      else {
        add(text, count);
        text = '';
      }
    }
    add(text, count);
  }
  return [...stretches].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}
